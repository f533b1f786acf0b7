"""Which classes a network takes for which, from the predictions of its seeds."""

from pathlib import Path
from typing import Any

import numpy as np

from convstudy.errors import StudyError
from convstudy.recorded import as_recorded
from convstudy.sealed import read_sealed
from convstudy.statistics import predictions


def describe(seeds: list[predictions.Predictions], classes: list[str]) -> dict[str, Any]:
    """Mean and standard deviation of the counts (K × K) over seeds, and the pairs of classes."""
    counts = np.stack([matrix(one) for one in seeds])
    return {
        "mean": counts.mean(axis=0).tolist(),
        "sd": _sd(counts),
        "pairs": confused_pairs(counts, classes),
    }


def read_seeds(
    runs: Path, seeds: list[int]
) -> tuple[dict[str, Any], list[predictions.Predictions]]:
    """The record of the first seed and the predictions of all.

    Raises `StudyError` unless all are of the same images, and of the classes that have names.
    """
    record = read_sealed(runs / f"seed{seeds[0]}" / "metrics.json")
    paths = [as_recorded(runs / f"seed{seed}" / "predictions.npz") for seed in seeds]
    found = [predictions.read(path) for path in paths]
    classes = record.get("classes", [])
    if not all(np.array_equal(one.labels, found[0].labels) for one in found):
        raise _unusable(runs, "its seeds were tested on different images")
    if any(one.logits.shape[1] != len(classes) for one in found):
        raise _unusable(runs, f"{len(classes)} classes have names, predictions.npz has others")
    return record, found


def _unusable(runs: Path, said: str) -> StudyError:
    return StudyError(f"{runs}: {said}. Delete that folder and run snakemake again.")


def matrix(found: predictions.Predictions) -> np.ndarray:
    """Counts (K, K): row true class, column predicted class."""
    classes = found.logits.shape[1]
    cells = found.labels.astype(np.int64) * classes + found.predicted.astype(np.int64)
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def _sd(values: np.ndarray) -> Any:
    """Standard deviation over seeds, the first axis; one seed has none."""
    return values.std(axis=0, ddof=1).tolist() if len(values) > 1 else None


def confused_pairs(counts: np.ndarray, classes: list[str]) -> list[dict[str, Any]]:
    """Every confusion that occurs, by falling share of the images of the true class."""
    pairs = [
        {
            "true": classes[true],
            "predicted": classes[predicted],
            "mean": float(cell.mean()),
            "sd": _sd(cell),
            "share": float(cell.mean() / counts[0, true].sum()),
        }
        for true, predicted in np.ndindex(counts.shape[1:])
        if true != predicted and (cell := counts[:, true, predicted]).any()
    ]
    return sorted(pairs, key=lambda pair: -pair["share"])
