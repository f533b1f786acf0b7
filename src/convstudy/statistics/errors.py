"""`convstudy errors`: how the best experiment of a section errs, from its saved predictions.

Which classes it takes for which and how well it knows each, whether its confidence can be trusted,
and where it is sure and wrong.
"""

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from convstudy.config import read_slice
from convstudy.config.metrics import fault
from convstudy.errors import StudyError
from convstudy.files import write_json
from convstudy.sealed import read_sealed
from convstudy.statistics import confusion
from convstudy.statistics.intervals import describe
from convstudy.statistics.predictions import Predictions

_BINS = 15  # of confidence, as in Guo et al. 2017
_SHOWN = 24  # mistakes


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy errors", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, required=True, help="results/<scale>/runs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args(argv)
    write_json(options.output, of_section(options.runs, read_slice()))


def of_section(runs: Path, job: dict[str, Any]) -> dict[str, Any]:
    """The content of the JSON file (see architecture.md), for one section's slice of the config."""
    titles, seeds = candidates(job)
    best = best_experiment(runs, seeds)
    record, found = confusion.read_seeds(runs / best, seeds[best])
    classes = record["classes"]
    others = [name for name in seeds if name != best] if job.get("of") == "all" else []
    return {
        **_network(best, titles[best], seeds[best], record),
        "images": len(found[0].labels),
        "confusion": confusion.describe(found, classes),
        "calibration": calibration(found),
        "recalls": recalls(found, classes),
        "mistakes": mistakes(found[0], classes),
        **(
            {"others": [_other(runs, name, titles[name], seeds[name]) for name in others]}
            if others
            else {}
        ),
    }


def _network(name: str, title: str, seeds: list[int], record: dict[str, Any]) -> dict[str, Any]:
    known = {key: record[key] for key in ("dataset", "classes")}
    return {"experiment": name, "title": title, **known, "seeds": seeds}


def _other(runs: Path, name: str, title: str, seeds: list[int]) -> dict[str, Any]:
    """Of a network that is not the best its confusion alone."""
    record, found = confusion.read_seeds(runs / name, seeds)
    known = _network(name, title, seeds, record)
    return {**known, "confusion": confusion.describe(found, record["classes"])}


def candidates(job: dict[str, Any]) -> tuple[dict[str, str], dict[str, list[int]]]:
    """Titles and seeds by experiment, from what came on standard input."""
    try:
        experiments = job["experiments"]
        titles = {name: str(one["title"]) for name, one in experiments.items()}
        seeds = {name: list(one["seeds"]) for name, one in experiments.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise StudyError(
            f"standard input lacks or misspells a part ({error!r}). "
            'Give {"experiments": {experiment: {"title": "…", "seeds": […]}}}.'
        ) from None
    if not seeds or not all(seeds.values()):
        raise StudyError("standard input: give at least one experiment, and each a seed.")
    return titles, seeds


def best_experiment(runs: Path, seeds: dict[str, list[int]]) -> str:
    """The one with the highest mean test accuracy over its seeds; the first of equals."""
    means = {}
    for name, wanted in seeds.items():
        paths = [runs / name / f"seed{seed}" / "metrics.json" for seed in wanted]
        means[name] = float(np.mean([accuracy(path) for path in paths]))
    return max(means, key=means.__getitem__)


def accuracy(path: Path) -> float:
    """Test accuracy in the record of a run; raise `StudyError` if it is not plausible."""
    record = read_sealed(path)
    found: Any = record.get("test_accuracy") if isinstance(record, dict) else None
    said = fault("test_accuracy", found)
    if said:
        raise StudyError(f"{path}: {said}. Delete its folder and run snakemake again.")
    return float(found)


def confidence(found: Predictions) -> np.ndarray:
    """Softmax probability of the predicted class, (N,), from the half-precision logits."""
    logits = np.nan_to_num(found.logits.astype(np.float64))  # infinite ones become the largest
    logits -= logits.max(axis=1, keepdims=True)
    chosen = logits[np.arange(len(logits)), found.predicted]
    shares: np.ndarray = np.exp(chosen) / np.exp(logits).sum(axis=1)
    return shares


def calibration(seeds: list[Predictions]) -> dict[str, Any]:
    """Reliability per bin of confidence and the expected calibration error, of each seed.

    Bins are of equal width; a seed without images in one has null there. The error is the mean
    over images of |accuracy − confidence| of their bin.

    Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks, 2017, arXiv:1706.04599.
    """
    counts, confidences, accuracies = (
        np.array(sums) for sums in zip(*map(_binned, seeds), strict=True)
    )
    gaps = np.abs(np.nan_to_num(accuracies - confidences))
    errors = (counts * gaps).sum(axis=1) / counts.sum(axis=1)
    return {
        "images": counts.tolist(),
        "confidence": _without_nan(confidences),
        "accuracy": _without_nan(accuracies),
        "error": describe(errors.tolist()),
    }


def _binned(found: Predictions) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images, mean confidence and accuracy per bin, each (_BINS,); NaN where there is no image."""
    sure = confidence(found)
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    right = found.predicted == found.labels
    counts = np.bincount(bins, minlength=_BINS)
    sums = [np.bincount(bins, weights=values, minlength=_BINS) for values in (sure, right)]
    with np.errstate(invalid="ignore"):
        return counts, sums[0] / counts, sums[1] / counts


def _without_nan(values: np.ndarray) -> list[list[float | None]]:
    return [[None if math.isnan(value) else value for value in row] for row in values.tolist()]


def recalls(seeds: list[Predictions], classes: list[str]) -> list[dict[str, Any]]:
    """Share of the test images of each class that is recognised: mean and interval over seeds.

    In the order of the classes; those without test images are left out.
    """
    counts = np.array([confusion.matrix(one) for one in seeds])
    images = counts[0].sum(axis=1)  # every seed saw the same
    return [
        {"class": name, "images": int(n), **describe((counts[:, k, k] / n).tolist())}
        for k, (name, n) in enumerate(zip(classes, images, strict=True))
        if n
    ]


def mistakes(found: Predictions, classes: list[str]) -> list[dict[str, Any]]:
    """The wrong answers of one seed that it was surest of; `index` counts its test images."""
    sure = confidence(found)
    wrong = np.flatnonzero(found.predicted != found.labels)
    surest = wrong[np.argsort(-sure[wrong], kind="stable")][:_SHOWN]
    return [
        {
            "index": int(k),
            "true": classes[found.labels[k]],
            "predicted": classes[found.predicted[k]],
            "confidence": float(sure[k]),
        }
        for k in surest
    ]
