"""`convstudy errors`: how the best experiment of a section errs, from its saved predictions.

Where it is sure and wrong, whether its confidence can be trusted, and how well it knows each class.
"""

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from convstudy.config import read_slice
from convstudy.files import write_json
from convstudy.statistics.confusion import best_experiment, candidates, matrix, read_seeds
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
    record, found = read_seeds(runs / best, seeds[best])
    classes = record["classes"]
    return {
        "experiment": best,
        "title": titles[best],
        "dataset": record["dataset"],
        "classes": classes,
        "seeds": seeds[best],
        "images": len(found[0].labels),
        "calibration": calibration(found),
        "recalls": recalls(found, classes),
        "mistakes": mistakes(found[0], classes),
    }


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
    counts = np.array([matrix(one) for one in seeds])
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
