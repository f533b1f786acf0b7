"""Metrics that only claims ask for, read from what stands beside the records of runs.

Each is measured once per seed (of a timing: once per repeat). Where a run cannot have one (a class
that its data do not know, too few epochs) the list of its experiment stays empty.
"""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from convstudy import histories
from convstudy.config.claim_kinds import EVERY_CLASS, Claim, column, compared
from convstudy.config.metrics import METRICS, fault
from convstudy.errors import StudyError
from convstudy.sealed import read_sealed
from convstudy.statistics import confusion, history
from convstudy.statistics.summary import Runs, Summary

Values = list[float]


def add(table: Summary, claims: Iterable[Claim], runs: Path, timing: Path) -> None:
    """Fill in what the claims name and summary.csv does not hold, in place.

    `runs` is the folder of all runs, with their histories beside it, `timing` the file of the rule
    of that name; each is read only if a claim is about it. Raises `StudyError` for files that are
    missing, unreadable or implausible.
    """
    seeds = {name: one.seeds for name, one in table.items()}
    curves = cache(lambda: histories.read(runs.with_name(histories.NAME), seeds))
    for claim in claims:
        if claim["kind"] == "all_of":
            continue
        metric = METRICS[claim["metric"]]
        for name in compared(claim):
            one, folder = table[name], runs / name
            if metric.source == "predictions" or claim["metric"] == "test_accuracy":
                _answers(one, folder)
            if metric.source == "record" or column(claim) in one.values:
                continue
            if metric.source == "predictions":
                classes = one.classes if claim["class"] == EVERY_CLASS else [claim["class"]]
                for each in classes:
                    about = {**claim, "class": each}
                    one.values[column(about)] = _of_matrices(about, one)
            elif metric.source == "history":
                rows = curves()[curves()["experiment"] == name]
                measured = history.measure(claim["metric"], rows)
                found = [value for value in measured if value is not None]
                one.values[column(claim)] = found if len(found) == len(one.seeds) else []
            elif metric.source == "activations":
                one.values[column(claim)] = _frequencies(claim["layer"], one, folder)
            else:
                one.values[column(claim)] = _checked(timing, name, read_sealed(timing))


def timed_on(claims: Iterable[Claim], timing: Path) -> dict[str, Any] | None:
    """Device and threads of the timed steps; None where no claim is about time."""
    metrics = {claim["metric"] for claim in claims if claim["kind"] != "all_of"}
    if not any(METRICS[metric].source == "timing" for metric in metrics):
        return None
    record = read_sealed(timing)
    return {key: record.get(key) for key in ("device", "threads")}


def _answers(runs: Runs, folder: Path) -> None:
    """What each seed answered to each test image; and the names of the classes."""
    if runs.right is not None:
        return
    record, found = confusion.read_seeds(folder, runs.seeds)
    runs.right = np.stack([one.predicted == one.labels for one in found])
    runs.matrices = [confusion.matrix(one) for one in found]
    runs.classes = list(map(str, record["classes"]))


def _of_matrices(claim: Claim, runs: Runs) -> Values:
    """Recall, its lead or a confusion, from each seed's confusion matrix."""
    wanted = [claim[key] for key in METRICS[claim["metric"]].needs]
    if not set(wanted) <= set(runs.classes):
        return []
    places = [runs.classes.index(name) for name in wanted]
    found = []
    for matrix in runs.matrices:
        if not matrix.sum(axis=1).all():
            return []  # a class without a test image has no recall
        found.append(_OF_SHARES[claim["metric"]](matrix / matrix.sum(axis=1)[:, None], *places))
    return found


def recall(shares: np.ndarray, of: int) -> float:
    """Share of the images of a class that are recognised; rows of `shares` (K, K) sum to 1."""
    return float(shares[of, of])


def recall_lead(shares: np.ndarray, of: int) -> float:
    """The same, less the mean over all classes."""
    return float(shares[of, of] - shares.diagonal().mean())


def confusion_of(shares: np.ndarray, of: int, other: int) -> float:
    """How often two classes are taken for each other, in multiples of the average pair of classes.

    0 where nothing is taken for anything else.
    """
    classes = len(shares)
    average = (1 - shares.diagonal()).sum() / (classes * (classes - 1))
    between = (shares[of, other] + shares[other, of]) / 2
    return float(between / average) if average else 0.0


_OF_SHARES: dict[str, Callable[..., float]] = {
    "recall": recall,
    "recall_lead": recall_lead,
    "confusion": confusion_of,
}


def _frequencies(layer: str, runs: Runs, folder: Path) -> Values:
    found = []
    for seed in runs.seeds:
        path = folder / f"seed{seed}" / "frequency.json"
        record = read_sealed(path)
        value = record.get("frequencies", {}).get(layer) if isinstance(record, dict) else None
        found.append(_plausible(path, "activation_frequency", value))
    return found


def _checked(path: Path, name: str, record: Any) -> Values:
    """Seconds of a training step, one per repeat."""
    networks = record.get("step_seconds") if isinstance(record, dict) else None
    values = networks.get(name) if isinstance(networks, dict) else None
    if not isinstance(values, list) or not values:
        raise StudyError(f"{path} holds no times of {name}. Delete it and run snakemake again.")
    return [_plausible(path, "step_seconds", value) for value in values]


def _plausible(path: Path, metric: str, value: Any) -> float:
    said = fault(metric, value)
    if said:
        raise StudyError(f"{path}: {said}. Delete it and run snakemake again.")
    return float(value)
