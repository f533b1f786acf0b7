"""`summary.csv`: one row per run, for every later stage to read."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from convstudy.config.metrics import RECORDED, fault
from convstudy.errors import StudyError
from convstudy.statistics.records import ENVIRONMENT, Record

COLUMNS = (
    *("experiment", "seed", "origin", "dataset", "generated"),
    *("train_images", "test_images", "epochs", "sessions"),
    *RECORDED,
    *ENVIRONMENT,
    *("code", "data_sha256"),
)


@dataclass
class Runs:
    """All runs of one experiment, in the order of their seeds in the file."""

    seeds: list[int] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in RECORDED})
    # Where claims ask for it (statistics.measures): each seed's answers, and the classes.
    right: np.ndarray | None = None  # bool (seeds, test images)
    matrices: list[np.ndarray] = field(default_factory=list)  # counts (classes, classes) of a seed
    classes: list[str] = field(default_factory=list)


Summary = dict[str, Runs]


def spell(records: Iterable[Record]) -> str:
    """One row per checked record; numbers read back the same, null is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(record) for record in records)
    return text.getvalue()


def _row(record: Record) -> Record:
    row = {name: record[name] for name in COLUMNS if name in record}
    row |= {name: record["environment"][name] for name in ENVIRONMENT}
    row["gap"] = record["train_accuracy"] - record["test_accuracy"]
    return row


def read(path: Path, experiments: Iterable[str]) -> Summary:
    """Read the runs by experiment; `StudyError` names every fault, `experiments` that lack too."""
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        raise _unusable(path, ["is missing"]) from None
    except UnicodeDecodeError as error:
        raise _unusable(path, [f"is not text ({error})"]) from None
    summary: Summary = {}
    faults = []
    for line, row in enumerate(rows, start=2):
        faults += [f"line {line}: {said}" for said in _take(row, summary)]
    for name in experiments:
        if name not in summary and not faults:
            faults.append(f"holds no run of {name}")
    if faults:
        raise _unusable(path, faults)
    return summary


def _take(row: dict[str, str], summary: Summary) -> list[str]:
    """Add one row to the summary, or say what is wrong with it."""
    missing = [name for name in ("experiment", "seed", *RECORDED) if not row.get(name)]
    if missing:
        return [f"no value for {', '.join(missing)}"]
    try:
        seed, values = int(row["seed"]), {name: float(row[name]) for name in RECORDED}
    except ValueError as error:
        return [str(error)]
    runs = summary.setdefault(row["experiment"], Runs())
    faults = [said for name in RECORDED if (said := fault(name, values[name]))]
    if seed in runs.seeds:
        faults.append(f"seed {seed} of {row['experiment']} occurs twice")
    runs.seeds.append(seed)
    for name in RECORDED:
        runs.values[name].append(values[name])
    return faults


def _unusable(path: Path, faults: list[str]) -> StudyError:
    said = "".join(f"\n  - {line}" for line in faults)
    return StudyError(
        f"{path} cannot be used:{said}\n  Delete it and run snakemake again to make it anew."
    )
