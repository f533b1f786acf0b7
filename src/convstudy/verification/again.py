"""Files that their own command makes again in a moment: figures, what is drawn, layer checks."""

import importlib
import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from convstudy.errors import StudyError
from convstudy.figures.kinds import FOREST, OF_LAYERS
from convstudy.files import canonical_json, read_json
from convstudy.verification.alike import close, json_file
from convstudy.verification.networks import tolerance_of

Study = dict[str, Any]

_EVALUATION, _DRAW = "convstudy.evaluation", "convstudy.figures.draw"


class Made(NamedTuple):
    """A file, and the call of a command that makes it."""

    path: Path
    module: str
    arguments: list[str]  # without --output
    given: str = "{}"  # on standard input


def of_study(study: Study, results: Path, data: Path, words: Path) -> Iterator[Made]:
    """All of them, in the order in which they were made."""
    yield from _layers(study, results)
    yield from _of_networks(study, results, data)
    for section, job in study["drawn"]["pictures"].items():
        given = ["--errors", str(results / "errors" / f"{section}.json"), *_tensors(data, job)]
        yield Made(
            results / "errors" / f"{section}.npz",
            f"{_EVALUATION}.mistakes",
            given,
            canonical_json(job),
        )
    given = ["--results", str(results), "--words", str(words)]
    for section, job in study["drawn"]["sections"].items():
        for kind in job["figures"]:
            path = results / "figures" / section / f"{kind}.png"
            yield Made(path, _DRAW, ["--section", section, *given], canonical_json(job))
    forest = canonical_json(study["drawn"]["forest"])
    yield Made(results / "figures" / f"{FOREST}.png", _DRAW, given, forest)


def _layers(study: Study, results: Path) -> Iterator[Made]:
    for section in study["report"]["sections"]:
        for layer in section["layers"]:
            path = results / "layers" / f"{layer}.json"
            yield Made(path, f"{_EVALUATION}.check_layer", ["--layer", layer])


def _of_networks(study: Study, results: Path, data: Path) -> Iterator[Made]:
    """Activations of the seeds that are drawn, frequencies of all that claims are about."""
    runs = results / "runs"
    drawn = study["drawn"]
    shown = {
        (one["experiment"], one["seeds"][0])
        for job in drawn["sections"].values()
        for one in job["experiments"]
        for kind in OF_LAYERS
        if one["experiment"] in job["figures"].get(kind, {}).get("experiments", ())
    }
    for experiment, seed in sorted(shown):
        job, folder = study["runs"][experiment]["slice"], runs / experiment / f"seed{seed}"
        given = ["--checkpoint", str(folder / "checkpoint.pt"), "--device", "cpu"]
        given += ["--layers", *drawn["drawn_layers"][experiment], *_tensors(data, job)]
        module = f"{_EVALUATION}.activations"
        yield Made(folder / "activations.npz", module, given, canonical_json(job))
    given = ["--runs", str(runs), "--data", str(data), "--device", "cpu"]
    for experiment, layers in drawn["measured_layers"].items():
        job = study["runs"][experiment]
        for seed in job["seeds"]:
            one = {experiment: {"slice": job["slice"], "seeds": [seed], "layers": layers}}
            path = runs / experiment / f"seed{seed}" / "frequency.json"
            yield Made(path, f"{_EVALUATION}.frequency", given, canonical_json(one))


def _tensors(data: Path, job: Study) -> list[str]:
    path = data / job["dataset"]
    return ["--tensors", f"{path}.pt", "--description", f"{path}.json"]


def compare(made: Made) -> list[str]:
    """Make the file once more, elsewhere, and say how it differs."""
    if not made.path.is_file():
        return [f"{made.path} is missing"]
    with TemporaryDirectory() as folder:
        again = Path(folder, made.path.name)
        logging.disable(logging.WARNING)  # checks of layers tell a log what they found
        try:
            with patch.object(sys, "stdin", io.StringIO(made.given)):
                command = importlib.import_module(made.module)
                command.main([*made.arguments, "--output", str(again)])
        except StudyError as error:
            return [f"{made.path} cannot be made again: {error}"]
        finally:
            logging.disable(logging.NOTSET)
        return [*_differences(made.path, again)]


def _differences(path: Path, again: Path) -> Iterator[str]:
    """By kind of file; bits of networks have to agree only where they were computed alike."""
    tolerance = 0.0
    if (record := path.with_name("metrics.json")).is_file():
        tolerance = tolerance_of(read_json(record)["environment"])
    if path.suffix == ".png":
        if path.read_bytes() != again.read_bytes():
            yield f"{path} is not the figure that is drawn of these results here"
    elif path.suffix == ".npz":
        if not _same_arrays(path, again, tolerance):
            yield f"{path} holds other values than its network and images give"
    elif path.parent.name == "layers":
        yield from _layer(path, read_json(path), read_json(again))
    else:
        made = read_json(again)
        made.pop("seal")
        yield from json_file(path, made, tolerance)


def _layer(path: Path, found: Study, again: Study) -> Iterator[str]:
    """Deviations are roundings, and may differ by a hundredth of what is allowed."""
    pairs = [
        (one.pop("value"), other.pop("value"), one["limit"])
        for one, other in zip(found["checks"], again["checks"], strict=False)
    ]
    near = all(
        one == other or (None not in (one, other, limit) and abs(one - other) <= limit / 100)
        for one, other, limit in pairs
    )
    for record in (found, again):
        record.pop("seal", None)
    if found != again or not near:
        yield f"{path} is not what the checks of this layer find here"


def _same_arrays(path: Path, again: Path, tolerance: float) -> bool:
    with np.load(path, allow_pickle=False) as one, np.load(again, allow_pickle=False) as other:
        return {*one} == {*other} and all(close(one[key], other[key], tolerance) for key in other)
