"""Reads the histories of runs (history.csv) into one tidy table."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from convstudy.errors import StudyError
from convstudy.figures.drawing import Experiment

SPLITS = ("train", "test")
COLUMNS = ("accuracy", "loss", "learning_rate")
_TYPES = {"epoch": "int64", "split": "str", **dict.fromkeys(COLUMNS, "float64")}


def read_all(runs: Path, experiments: Iterable[Experiment]) -> pd.DataFrame:
    """A row per experiment, seed, epoch (from 1) and split; all faults are reported at once.

    Columns: `experiment`, `seed`, `epoch`, `split`, `accuracy` (a fraction), `loss`,
    `learning_rate`.
    """
    found, faults = [], []
    for one in experiments:
        try:
            found.append(read_seeds(runs / one.name, one.seeds).assign(experiment=one.name))
        except StudyError as error:
            faults.append(str(error))
    if faults:
        raise StudyError("\n".join(faults))
    return pd.concat(found, ignore_index=True)


def read_seeds(folder: Path, seeds: Iterable[int]) -> pd.DataFrame:
    """The runs of one experiment, with their `seed`."""
    each = {seed: read(folder / f"seed{seed}" / "history.csv") for seed in seeds}
    lengths = {int(one["epoch"].max()) for one in each.values()}
    if len(lengths) > 1:
        raise StudyError(
            f"{folder}: its seeds were trained for {_listed(lengths)} epochs, so they have no mean."
            " Delete that folder and run snakemake again."
        )
    return pd.concat([one.assign(seed=seed) for seed, one in each.items()], ignore_index=True)


def read(path: Path) -> pd.DataFrame:
    """One run: accuracies as fractions. Raise `StudyError` if unusable."""
    columns = ["epoch", "split", *COLUMNS]
    try:
        words = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise _unusable(path, "is missing") from None
    except pd.errors.EmptyDataError:
        raise _unusable(path, f"has no column {_listed(columns)}") from None
    except (OSError, ValueError) as error:  # of pandas too: bad rows, bad letters
        raise _unusable(path, f"cannot be read ({str(error).strip()})") from None
    if lacking := set(columns) - set(words.columns):
        raise _unusable(path, f"has no column {_listed(lacking)}")
    _check(path, words)
    return pd.read_csv(path, dtype=_TYPES, usecols=columns, encoding="utf-8")


def _check(path: Path, words: pd.DataFrame) -> None:
    """Raise `StudyError` for epochs that are not counted from 1 and values that are no numbers."""
    for split in SPLITS:
        chosen = words[words["split"] == split]
        if chosen.empty:
            raise _unusable(path, f"holds no epoch of the split {split}")
        if chosen["epoch"].tolist() != [str(1 + k) for k in range(len(chosen))]:
            raise _unusable(path, f"does not count the epochs of the split {split} from 1")
        for column in COLUMNS:
            _check_numbers(path, chosen, column)


def _check_numbers(path: Path, chosen: pd.DataFrame, column: str) -> None:
    values = pd.to_numeric(chosen[column], errors="coerce")
    shares = values.between(0, 1) if column == "accuracy" else True
    wrong = chosen[~(np.isfinite(values) & shares)]
    if wrong.empty:
        return
    row = wrong.iloc[0]
    said = f"{row[column]!r} as {column} of epoch {row['epoch']}, {row['split']},"
    value = values[wrong.index[0]]
    if np.isfinite(value):
        raise _unusable(path, f"holds {said} but accuracies are fractions from 0 to 1")
    raise _unusable(path, f"holds {said} which is no finite number")


def _listed(values: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, values)))


def _unusable(path: Path, said: str) -> StudyError:
    return StudyError(f"{path} {said}. Delete that run's folder and run snakemake again.")
