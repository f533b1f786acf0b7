"""Reading the histories of a section's runs."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convstudy.errors import StudyError


@dataclass(frozen=True)
class Curves:
    """One experiment's learning curves; arrays are float64 (seeds, epochs).

    `values[split][quantity]` for split train and test, quantity accuracy (fraction) and loss.
    """

    title: str
    colour: int
    values: dict[str, dict[str, np.ndarray]]

    @property
    def epochs(self) -> np.ndarray:
        return np.arange(1, self.values["test"]["loss"].shape[1] + 1)


def read(runs: Path, experiments: list[dict[str, Any]]) -> list[Curves]:
    """Histories of all seeds; `StudyError` names a file that is missing or has not the columns."""
    return [
        Curves(
            one["title"],
            one["colour"],
            _stack(
                [_read(runs / one["experiment"] / f"seed{k}/history.csv") for k in one["seeds"]]
            ),
        )
        for one in experiments
    ]


def _stack(seeds: list[dict[str, dict[str, list[float]]]]) -> dict[str, dict[str, np.ndarray]]:
    return {
        split: {
            quantity: np.array([seed[split][quantity] for seed in seeds])
            for quantity in ("accuracy", "loss")
        }
        for split in ("train", "test")
    }


def _read(path: Path) -> dict[str, dict[str, list[float]]]:
    found: dict[str, dict[str, list[float]]] = {
        split: {"accuracy": [], "loss": []} for split in ("train", "test")
    }
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                for quantity, values in found[row["split"]].items():
                    values.append(float(row[quantity]))
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to make it.") from None
    except (KeyError, ValueError, TypeError) as error:
        raise StudyError(
            f"{path} is no history of a training run ({error!r}). Delete it and run snakemake again."
        ) from None
    if not found["test"]["loss"] or len(found["test"]["loss"]) != len(found["train"]["loss"]):
        raise StudyError(
            f"{path} has no epochs, or half of one. Delete it and run snakemake again."
        )
    return found
