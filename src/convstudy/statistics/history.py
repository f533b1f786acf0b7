"""Reads a run's history: holds it against the record and the recipe, and measures its curves."""

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from convstudy.errors import StudyError
from convstudy.training.recipe import Recipe, learning_rate

# (split, column) of the last epoch → field of the record that states the same.
_LAST = {
    ("train", "accuracy"): "train_accuracy_running",
    ("test", "accuracy"): "test_accuracy",
    ("test", "loss"): "test_loss",
}


Rows = dict[tuple[int, str], dict[str, str]]  # by epoch and split


def _rows(path: Path) -> Rows:
    rows: Rows = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if rows.setdefault((int(row["epoch"]), row["split"]), row) is not row:
                raise ValueError(f"epoch {row['epoch']} has two rows of {row['split']}")
    return rows


def contradictions(path: Path, record: dict[str, Any]) -> Iterator[str]:
    """Each statement of the record that its own history does not bear out."""
    try:
        found = _rows(path)
        epochs = max(epoch for epoch, _ in found)
        last = {
            field: float(found[epochs, split][column]) for (split, column), field in _LAST.items()
        }
    except FileNotFoundError:
        return  # found missing among the run's files
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        yield f"history.csv cannot be read ({error!r})"
        return
    if record.get("epochs") != epochs:
        yield f"epochs is {record.get('epochs')}, history.csv ends with {epochs}"
    for name, value in last.items():
        stated = record.get(name)
        if isinstance(stated, int | float) and not math.isclose(stated, value, rel_tol=1e-6):
            yield f"{name} is {stated}, history.csv ends with {value}"
    yield from _departures(found, record)


def _departures(rows: Rows, record: dict[str, Any]) -> Iterator[str]:
    """Where a history is not that of a training by the recipe of its slice."""
    try:
        recipe = Recipe(**record["slice"]["recipe"])
        steps = math.ceil(record["train_images"] / recipe.batch_size)  # of an epoch
        rates = {key: float(row["learning_rate"]) for key, row in rows.items()}
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        yield f"history.csv cannot be compared with the recipe ({error!r})"
        return
    epochs = range(1, recipe.epochs + 1)
    if set(rows) != {(epoch, split) for epoch in epochs for split in ("train", "test")}:
        yield f"history.csv does not have the {recipe.epochs} epochs of the recipe, and these alone"
    for (epoch, _), rate in rates.items():
        wanted = learning_rate(recipe, epoch * steps - 1, recipe.epochs * steps)
        if not math.isclose(rate, wanted, rel_tol=1e-9):
            yield f"learning_rate is {rate} in epoch {epoch} of history.csv, by the recipe {wanted}"
            return


def measure(metric: str, path: Path) -> float | None:
    """One number of a run's curves; None if it has too few epochs for it."""
    split, column, function = _CURVES[metric]
    try:
        rows = _rows(path)
        epochs = sorted(epoch for epoch, of in rows if of == split)
        values = [float(rows[epoch, split][column]) for epoch in epochs]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise StudyError(
            f"{path} cannot be read ({error!r}). Delete that run's folder and run snakemake again."
        ) from None
    return function(values)


def roughness(values: Sequence[float]) -> float | None:
    """Mean absolute second difference: 0 for a curve that rises evenly; from three epochs."""
    bends = [a - 2 * b + c for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    return math.fsum(map(abs, bends)) / len(bends) if bends else None


def late_change(values: Sequence[float]) -> float | None:
    """Last value less that at half the epochs (of five, the second); from two epochs."""
    return values[-1] - values[len(values) // 2 - 1] if len(values) > 1 else None


# metric → split and column of history.csv, and what is measured of it
_CURVES = {
    "roughness": ("test", "accuracy", roughness),
    "late_test_loss": ("test", "loss", late_change),
    "late_train_loss": ("train", "loss", late_change),
}
