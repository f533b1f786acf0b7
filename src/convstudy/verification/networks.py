"""Each trained network once more: what its record and its predictions say follows from both.

The weights and the images are what is believed here; the record's seal and the checksums in it say
that they are those of the training.
"""

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from convstudy import models
from convstudy.datasets.prepared import Prepared, Split, load
from convstudy.device import keep_freed_memory
from convstudy.evaluation.predictions import loss_and_accuracy, predict
from convstudy.files import canonical_json, read_json
from convstudy.models.cost import macs, parameters
from convstudy.statistics import predictions
from convstudy.tensors import load_tensors
from convstudy.training.environment import describe
from convstudy.training.recipe import Recipe
from convstudy.verification.alike import ELSEWHERE, close

# Of an environment, what decides no bits; whatever else it names does.
_IDLE = {"python", "convstudy", "platform", "commit", "dirty"}
_BATCH = 250  # of `predict`: only whole batches of the same images give the same bits
_BUDGET = 1e10  # multiply-accumulates per network without --thorough: half a second of a core


class Again(NamedTuple):
    """What was found of one run."""

    faults: list[str]
    images: int  # of the test set
    exact: bool  # whether bits were compared, or values up to rounding


def of_run(folder: Path, data: Path, thorough: bool) -> Again:
    """Compute a run again from its checkpoint and as many images as the budget allows, or all."""
    record = read_json(folder / "metrics.json")
    job, environment = record["slice"], record["environment"]
    tolerance = tolerance_of(environment)
    keep_freed_memory()
    images = prepared(data, canonical_json(job))
    model = models.build(**job["model"], shape=images.shape, classes=len(images.classes))
    model = model.to(memory_format=torch.channels_last)
    model.load_state_dict(load_tensors(folder / "checkpoint.pt"))
    faults = [f"{folder}: {said}" for said in _counts(record, model, images)]
    asked, views = len(images.test), Recipe(**job["recipe"]).views
    if not thorough:
        asked = min(asked, _BATCH * max(1, int(_BUDGET / record["macs"] / views / _BATCH)))
    said = [*_answers(folder, record, model, first(images.test, asked), views, tolerance)]
    if thorough:
        logits = predict(model, images.train, views)
        said += _measured(record, "train", logits, images.train, tolerance)
    return Again([*faults, *(f"{folder}: {one}" for one in said)], asked, not tolerance)


@lru_cache(maxsize=2)
def prepared(data: Path, job: str) -> Prepared:
    """The images of a run, kept for the next one on the same; `job` is its slice as JSON."""
    chosen = json.loads(job)
    name = chosen["dataset"]
    return load(data / f"{name}.pt", data / f"{name}.json", chosen, "cpu")


def tolerance_of(environment: dict[str, Any]) -> float:
    """0 where bits have to be the same: on the machine, threads and versions of the run."""
    precision = environment["precision"]
    torch.set_num_threads(environment["threads"])
    here = _here(precision, environment["threads"])
    if all(here.get(name) == value for name, value in environment.items() if name not in _IDLE):
        return 0.0
    return ELSEWHERE.get(precision, max(ELSEWHERE.values()))


@cache
def _here(precision: str, threads: int) -> dict[str, Any]:
    """This machine; asking git for the commit takes longer than most networks."""
    return describe("cpu", precision)


def first(split: Split, count: int) -> Split:
    return Split(split.images[:count], split.labels[:count], split.mean, split.std)


def _counts(record: dict[str, Any], model: nn.Module, images: Prepared) -> Iterator[str]:
    """What is counted or copied and not measured."""
    about = images.description
    wanted = {
        "parameters": parameters(model),
        "macs": macs(model, images.shape),
        "train_images": len(images.train),
        "test_images": len(images.test),
        "epochs": Recipe(**record["slice"]["recipe"]).epochs,
        "classes": images.classes,
        "data_sha256": about["sha256"],
        "generated": about["generated"],
    }
    for name, value in wanted.items():
        if record[name] != value:
            yield f"{name} is {record[name]}, its network and images give {value}"


def _answers(
    folder: Path,
    record: dict[str, Any],
    model: nn.Module,
    split: Split,
    views: int,
    tolerance: float,
) -> Iterator[str]:
    """Whether predictions.npz, and with all images the record, is what the weights answer."""
    found = predictions.read(folder / "predictions.npz")
    logits, labels = predict(model, split, views), split.labels.numpy()
    count = len(labels)
    if not np.array_equal(found.labels[:count], labels):
        yield "predictions.npz has other labels than the test set"
    if not close(found.logits[:count], logits.half().numpy(), tolerance):
        yield "predictions.npz holds other logits than its checkpoint.pt gives"
    stated = logits.gather(1, torch.from_numpy(found.predicted[:count])[:, None])[:, 0]
    behind = (logits.max(dim=1).values - stated).max().item()
    if behind > 2 * tolerance * max(1.0, logits.abs().max().item()):
        yield "predictions.npz predicts other classes than its checkpoint.pt"
    if count == record["test_images"]:
        yield from _measured(record, "test", logits, split, tolerance)


def _measured(
    record: dict[str, Any], name: str, logits: torch.Tensor, split: Split, tolerance: float
) -> Iterator[str]:
    """Loss and accuracy. On another machine a share of the images may change sides."""
    given = dict(zip(("loss", "accuracy"), loss_and_accuracy(logits, split.labels), strict=True))
    for quantity, value in given.items():
        stated = record[f"{name}_{quantity}"]
        allowed = tolerance * max(1.0, stated) if quantity == "loss" else tolerance
        if abs(stated - value) > allowed:
            yield f"{name}_{quantity} is {stated}, its weights give {value}"
