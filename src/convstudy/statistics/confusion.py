"""`convstudy confusion`: which classes the best experiment of a section takes for which."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from convstudy.config import read_slice
from convstudy.config.metrics import fault
from convstudy.errors import StudyError
from convstudy.files import write_json
from convstudy.recorded import as_recorded
from convstudy.sealed import read_sealed
from convstudy.statistics import predictions


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy confusion", description=__doc__)
    parser.add_argument("--runs", type=Path, required=True, help="results/<scale>/runs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args(argv)
    write_json(options.output, of_section(options.runs, read_slice()))


def of_section(runs: Path, job: dict[str, Any]) -> dict[str, Any]:
    """The content of the JSON file (see architecture.md), for one section's slice of the config."""
    titles, seeds = candidates(job)
    best = best_experiment(runs, seeds)
    found = {
        name: describe(runs / name, name, titles[name], seeds[name])
        for name in (seeds if job.get("of") == "all" else [best])
    }
    others = [one for name, one in found.items() if name != best]
    return {**found[best], **({"others": others} if others else {})}


def candidates(job: dict[str, Any]) -> tuple[dict[str, str], dict[str, list[int]]]:
    """Titles and seeds by experiment, from what came on standard input."""
    try:
        experiments = job["experiments"]
        titles = {name: str(one["title"]) for name, one in experiments.items()}
        seeds = {name: list(one["seeds"]) for name, one in experiments.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise StudyError(
            f"standard input lacks or misspells a part ({error!r}). "
            'Give {"section": "…", "experiments": {experiment: {"title": "…", "seeds": […]}}}.'
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


def describe(runs: Path, experiment: str, title: str, seeds: list[int]) -> dict[str, Any]:
    """The content of the JSON file, from the predictions of all seeds (see architecture.md)."""
    record, found = read_seeds(runs, seeds)
    classes = record["classes"]
    counts = np.stack([matrix(one) for one in found])
    return {
        "experiment": experiment,
        "title": title,
        "dataset": record["dataset"],
        "classes": classes,
        "seeds": seeds,
        "mean": counts.mean(axis=0).tolist(),
        "sd": _sd(counts),
        "pairs": confused_pairs(counts, classes),
        "recalls": recalls(counts, classes),
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


def recalls(counts: np.ndarray, classes: list[str]) -> list[dict[str, Any]]:
    """Share of each class that is recognised, best first; classes without test images are left out.

    The rows of all seeds have the same sums, since they saw the same images.
    """
    found = []
    for k, name in enumerate(classes):
        images, hits = counts[0, k].sum(), counts[:, k, k]
        if images:
            sd = float(hits.std(ddof=1) / images) if len(hits) > 1 else None
            found.append({"class": name, "mean": float(hits.mean() / images), "sd": sd})
    return sorted(found, key=lambda recall: -recall["mean"])
