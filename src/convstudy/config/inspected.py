"""Networks of the study's own and of libraries, built once in a process of its own.

So a network that cannot be trained is refused before anything runs, and a training asks for what
its network takes. What was found is kept: importing torch costs a dry run some seconds.
"""

import hashlib
import subprocess
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from convstudy import named
from convstudy.config import cost
from convstudy.errors import StudyError
from convstudy.files import canonical_json, read_json, write_json
from convstudy.fingerprint import fingerprint

KEPT = Path(".snakemake/convstudy/networks.json")

_COMMAND = "from convstudy.cli import main; main()"
_SECONDS = 120  # for all networks that are left: those after one at which it dies have as many
_COUNTS = ("parameters", "macs", "activations")
Config = dict[str, Any]
Sure = Literal["all", "shape", "nothing"]  # of what images_of says


def images_of(description: Path, dataset: Config | None) -> tuple[Config, Sure]:
    """Shape, classes and images of a data set, and what of it the config vouches for.

    A description may be older than the config, so what `dataset` says comes first. Without it
    (nobody is going to prepare it anew) the description has to be there.
    """
    if dataset is None:
        return _described(description), "all"
    expected, known = cost.expected_data(dataset), cost.is_known(dataset)
    sure: Sure = "all" if known else "shape" if "image_size" in dataset else "nothing"
    try:
        found = _described(description)
    except StudyError:  # until it is prepared
        return expected, sure
    given = {"all": ("shape", "classes"), "shape": ("shape",), "nothing": ()}[sure]
    return {**found, **{name: expected[name] for name in given}}, sure


def _described(description: Path) -> Config:
    found = read_json(description)
    try:
        return {**found, "classes": len(found["classes"])}
    except (KeyError, TypeError):
        raise StudyError(
            f"{description} lacks its classes. Delete it and run snakemake again."
        ) from None


def inspect(
    trainings: dict[str, tuple[Config, Config, Sure]], kept: Path = KEPT
) -> dict[str, cost.Layer]:
    """What the networks of these experiments count, each as if it were one layer.

    `trainings`: of each experiment its slice, its data set, and what of that is sure. The package's
    own networks, and those that cannot be built on this machine, are not in the answer. Raises one
    `StudyError` for all that surely cannot be trained.
    """
    asked = {
        name: {"model": job["model"], "shape": data["shape"], "classes": data["classes"]}
        for name, (job, data, _) in trainings.items()
        if not named.is_ours(job["model"]["name"])
    }
    versions = _versions() if asked else []
    keys = {name: _key(one, versions) for name, one in asked.items()}
    known = _read(kept) if asked else {}
    if missing := {key: asked[name] for name, key in keys.items() if key not in known}:
        known |= _inspected(missing)
        with suppress(StudyError):  # Snakemake says what it cannot write
            write_json(kept, {key: one for key, one in known.items() if _is_counted(one)})
    found = {name: known[key] for name, key in keys.items() if key in known}
    refused = [
        f"\n  - experiments.{name}: {one['fault']}"
        for name, one in found.items()
        if _is_refused(one, trainings[name][2])
    ]
    if refused:
        count = f"{len(refused)} network{'s' * (len(refused) > 1)}"
        raise StudyError(f"{count} cannot be trained, nothing was run:{''.join(refused)}")
    return {name: _layer(one) for name, one in found.items() if _is_counted(one)}


def _versions() -> list[str]:
    found = []
    for library in ("torch", *named.LIBRARIES):
        with suppress(metadata.PackageNotFoundError):
            found.append(metadata.version(library))
    return found


def _key(one: Config, versions: list[str]) -> str:
    """Of a network with its code and libraries, for images of that shape."""
    code = fingerprint("convstudy.evaluation.inspection", named.network(one["model"]["name"])[0])
    about = canonical_json({**one, "code": code, "versions": versions})
    return hashlib.sha256(about.encode()).hexdigest()[:16]


def _read(kept: Path) -> dict[str, Config]:
    """Only what is whole: a damaged file is as good as none."""
    try:
        return {key: one for key, one in read_json(kept).items() if _is_counted(one)}
    except (StudyError, OSError, AttributeError):
        return {}


def _inspected(asked: dict[str, Config]) -> dict[str, Config]:
    """What `convstudy inspect` finds; without those at which it dies, or that take too long."""
    command = [sys.executable, "-c", _COMMAND, "inspect", "--output"]
    found: dict[str, Config] = {}
    with TemporaryDirectory() as folder:
        output = Path(folder, "found.json")
        while rest := {key: one for key, one in asked.items() if key not in found}:
            with suppress(subprocess.TimeoutExpired):
                subprocess.run(
                    [*command, str(output)],
                    input=canonical_json(rest).encode(),
                    # What networks print is nobody's here, where a graph of the DAG may be printed.
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=_SECONDS,
                )
            with suppress(StudyError):  # it may have died at the first one
                found |= read_json(output)
            output.unlink(missing_ok=True)
            if died_at := next((key for key in sorted(rest) if key not in found), None):
                found[died_at] = {"fault": "its process ended", "of_network": False}
    return found


def _is_counted(one: Any) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(name), int) for name in _COUNTS)


def _is_refused(one: Config, sure: Sure) -> bool:
    """Another number of classes or another machine might do; larger images alone will not."""
    if "fault" not in one or not one["of_network"]:
        return False
    return one["of_all_images"] or sure == "all" or (sure == "shape" and one["of_size"])


def _layer(one: Config) -> cost.Layer:
    # Twice what a step keeps, for the gradients that meet it; `Cost` takes values three times.
    values = 2 * one["activations"] // (3 * cost.FLOAT)
    return cost.Layer(values=values, macs=one["macs"], parameters=one["parameters"])
