"""Reads a run's history and holds its last epoch against the record."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# (split, column) of the last epoch → field of the record that states the same.
_LAST = {
    ("train", "accuracy"): "train_accuracy_running",
    ("test", "accuracy"): "test_accuracy",
    ("test", "loss"): "test_loss",
}


def contradictions(path: Path, record: dict[str, Any]) -> Iterator[str]:
    """Each statement of the record that its own history does not bear out."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        found = {(int(row["epoch"]), row["split"]): row for row in rows}
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
