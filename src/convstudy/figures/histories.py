"""Reads the histories of runs (history.csv) into arrays."""

import csv
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from convstudy.errors import StudyError
from convstudy.figures.drawing import Experiment

SPLITS = ("train", "test")
COLUMNS = ("accuracy", "loss", "learning_rate")

# (split, column) → values, of one run (epochs,) or of all seeds of an experiment (seeds, epochs).
Histories = dict[tuple[str, str], np.ndarray]


def read_all(runs: Path, experiments: Iterable[Experiment]) -> dict[str, Histories]:
    """Histories of all seeds by name of the experiment; all faults are reported at once."""
    found, faults = {}, []
    for one in experiments:
        try:
            found[one.name] = read_seeds(runs / one.name, one.seeds)
        except StudyError as error:
            faults.append(str(error))
    if faults:
        raise StudyError("\n".join(faults))
    return found


def read_seeds(folder: Path, seeds: Iterable[int]) -> Histories:
    """The runs of one experiment, stacked: each array (seeds, epochs)."""
    each = [read(folder / f"seed{seed}" / "history.csv") for seed in seeds]
    lengths = {len(one["test", "loss"]) for one in each}
    if len(lengths) > 1:
        raise StudyError(
            f"{folder}: its seeds were trained for {_listed(lengths)} epochs, so they have no mean."
            " Delete that folder and run snakemake again."
        )
    return {key: np.stack([one[key] for one in each]) for key in each[0]}


def read(path: Path) -> Histories:
    """One run: accuracies as fractions, one value per epoch. Raise `StudyError` if unusable."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), set(reader.fieldnames or ())
    except FileNotFoundError:
        raise _unusable(path, "is missing") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unusable(path, f"cannot be read ({error})") from None
    lacking = {"epoch", "split", *COLUMNS} - columns
    if lacking:
        raise _unusable(path, f"has no column {_listed(lacking)}")
    return {(s, c): _series(path, rows, s, c) for s in SPLITS for c in COLUMNS}


def _series(path: Path, rows: list[dict[str, str]], split: str, column: str) -> np.ndarray:
    """Values of one column over the epochs 1, 2, … of one split."""
    chosen = [row for row in rows if row["split"] == split]
    if not chosen:
        raise _unusable(path, f"holds no epoch of the split {split}")
    if [row["epoch"] for row in chosen] != [str(1 + k) for k in range(len(chosen))]:
        raise _unusable(path, f"does not count the epochs of the split {split} from 1")
    return np.array([_number(path, row, column) for row in chosen])


def _number(path: Path, row: dict[str, str], column: str) -> float:
    where = f"{column} of epoch {row['epoch']}, {row['split']},"
    try:
        value = float(row[column])
    except (TypeError, ValueError):
        raise _unusable(path, f"holds {row[column]!r} as {where} which is no number") from None
    if not math.isfinite(value):
        raise _unusable(path, f"holds {value} as {where} so there is nothing to draw")
    if column == "accuracy" and not 0 <= value <= 1:
        raise _unusable(path, f"holds {value} as {where} but accuracies are fractions from 0 to 1")
    return value


def _listed(values: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, values)))


def _unusable(path: Path, said: str) -> StudyError:
    return StudyError(f"{path} {said}. Delete that run's folder and run snakemake again.")
