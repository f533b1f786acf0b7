"""A run's history held against its record and the recipe; and what is measured of curves."""

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convstudy.config.metrics import METRICS, fault
from convstudy.histories import COLUMNS
from convstudy.training.recipe import Recipe, learning_rate

if TYPE_CHECKING:
    import pandas as pd

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
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"its columns are not {', '.join(COLUMNS)}")
        for row in reader:
            if rows.setdefault((int(row["epoch"]), row["split"]), row) is not row:
                raise ValueError(f"epoch {row['epoch']} has two rows of {row['split']}")
    return rows


def contradictions(path: Path, record: dict[str, Any]) -> Iterator[str]:
    """Each statement of the record that its own history does not bear out."""
    try:
        found = _rows(path)
        epochs = max(epoch for epoch, _ in found)
        values = {
            (epoch, split, column): float(row[column])
            for (epoch, split), row in found.items()
            for column in ("loss", "accuracy", "seconds")
        }
        last = {field: values[epochs, *of] for of, field in _LAST.items()}
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
    for (epoch, split, column), value in values.items():
        metric = f"{split}_{column}"
        if metric in METRICS and (said := fault(metric, value)):
            yield f"history.csv, epoch {epoch}: {said}"
            break
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
    if [*rows] != [(epoch, split) for epoch in epochs for split in ("train", "test")]:
        yield (
            f"history.csv does not have the {recipe.epochs} epochs of the recipe, and these alone, "
            "in their order"
        )
    for (epoch, _), rate in rates.items():
        wanted = learning_rate(recipe, epoch * steps - 1, recipe.epochs * steps)
        if not math.isclose(rate, wanted, rel_tol=1e-9):
            yield f"learning_rate is {rate} in epoch {epoch} of history.csv, by the recipe {wanted}"
            return


def measure(metric: str, curves: "pd.DataFrame") -> list[float | None]:
    """One number of the curves of each seed, for rows of one experiment; None of too few epochs."""
    split, column, function = _CURVES[metric]
    seeds = curves[curves["split"] == split].groupby("seed", sort=False)[column]
    return [function(values.tolist()) for _, values in seeds]


def roughness(values: Sequence[float]) -> float | None:
    """Mean absolute second difference: 0 for a curve that rises evenly; from three epochs."""
    bends = [a - 2 * b + c for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    return math.fsum(map(abs, bends)) / len(bends) if bends else None


def late_change(values: Sequence[float]) -> float | None:
    """Last value less that at half the epochs (of five, the second); from two epochs."""
    return values[-1] - values[len(values) // 2 - 1] if len(values) > 1 else None


# metric → split and column of the history, and what is measured of it
_CURVES: dict[str, tuple[str, str, Callable[[Sequence[float]], float | None]]] = {
    "roughness": ("test", "accuracy", roughness),
    "late_test_loss": ("test", "loss", late_change),
    "late_train_loss": ("train", "loss", late_change),
}
