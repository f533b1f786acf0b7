"""`convstudy summarise`: check every run against config and code of today, then tabulate them."""

import argparse
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from convstudy import histories
from convstudy.config import read_slice
from convstudy.errors import StudyError
from convstudy.files import write_text
from convstudy.locks import discard
from convstudy.statistics import summary
from convstudy.statistics.records import Expected, Record, check

Faults = dict[Path, list[str]]

# The same for all runs of one experiment and on one data set, whoever ran them and wherever.
OF_EXPERIMENT = ("parameters", "macs")
OF_DATASET = ("data_sha256", "classes", "generated", "dataset")


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy summarise", description=__doc__)
    parser.add_argument("--runs", type=Path, required=True, help="results/<scale>/runs")
    parser.add_argument("--states", type=Path, help="states of trainings: not needed any more")
    parser.add_argument("--output", type=Path, required=True, help="summary.csv to write")
    options = parser.parse_args(argv)
    expected = expectations(read_slice())
    summarise(options.runs, expected, options.output)
    if options.states:
        forget(options.states, expected)


def expectations(experiments: dict[str, Any]) -> list[Expected]:
    """One per run, from {experiment: {"seeds", "slice", "code"}}."""
    try:
        return [
            Expected(name, seed, experiment["slice"], experiment["code"])
            for name, experiment in experiments.items()
            for seed in experiment["seeds"]
        ]
    except (KeyError, TypeError) as error:
        raise StudyError(
            f"standard input: an experiment lacks or misspells a part ({error!r}). "
            'Give {experiment: {"seeds": […], "slice": {…}, "code": "…"}}.'
        ) from None


def summarise(runs: Path, expected: list[Expected], output: Path) -> None:
    """Write the summary of all runs and, beside it, their histories.

    If any of them is not as expected, name all that are not and write none.
    """
    records, faults = check_all(runs, expected)
    if faults:
        raise _refusal(faults, len(expected), output)
    write_text(output.with_name(histories.NAME), histories.spell(records))
    write_text(output, summary.spell(records.values()))


def check_all(runs: Path, expected: list[Expected]) -> tuple[dict[Path, Record], Faults]:
    """The records of all runs by folder, and the faults of those that have some."""
    if not expected:
        raise StudyError("standard input: there is no run to summarise. Give an experiment.")
    records: dict[Path, Record] = {}
    faults: Faults = {}
    for run in expected:
        folder = runs / run.experiment / f"seed{run.seed}"
        records[folder], found = check(folder, run)
        if found:
            faults[folder] = found
    for folder, said in (*_copies(records), *_inconsistencies(records)):
        faults.setdefault(folder, []).append(said)
    return records, faults


def forget(states: Path, runs: list[Expected]) -> None:
    """Remove the training states of these runs.

    A training cannot remove its own: until Snakemake has its end on record, it may be asked to
    train again. Whoever reads its outputs knows that it has.
    """
    for run in runs:
        discard(states / run.experiment / f"seed{run.seed}.pt")
    for folder in (*states.glob("*"), states):
        if not any(folder.glob("seed*")):
            discard(folder / "study.secret")
        with suppress(OSError):  # not empty, or not there
            folder.rmdir()


def _copies(records: dict[Path, Record]) -> Iterator[tuple[Path, str]]:
    """No two seeds give the same logits."""
    seen: dict[tuple[Path, str], Path] = {}
    for folder, record in records.items():
        files = record.get("files")
        predictions = files.get("predictions.npz") if isinstance(files, dict) else None
        twin = seen.setdefault((folder.parent, str(predictions)), folder)
        if predictions and twin != folder:
            yield folder, f"predictions.npz is the file of {twin.name}: a copy, or an unused seed"


def _inconsistencies(records: dict[Path, Record]) -> Iterator[tuple[Path, str]]:
    """What only shows when runs are laid side by side."""
    first: dict[str, tuple[Path, Record]] = {}
    for folder, record in records.items():
        if not isinstance(record.get("slice"), dict):
            continue
        groups = {
            f"experiment {folder.parent.name}": OF_EXPERIMENT,
            f"dataset {record['slice'].get('dataset')}": OF_DATASET,
        }
        for group, names in groups.items():
            reference, other = first.setdefault(group, (folder, record))
            for name in names:
                if record.get(name) != other.get(name):
                    yield folder, f"{name} is not that of {reference}"


def _refusal(faults: Faults, runs: int, output: Path) -> StudyError:
    lines = [f"{len(faults)} of {runs} runs cannot be used, {output} was not written:"]
    for folder, found in faults.items():
        lines.append(f"  {folder}")
        lines += [f"    - {said}" for said in found]
    lines.append("  Delete these folders and run snakemake again; it trains them anew.")
    return StudyError("\n".join(lines))
