"""`convstudy grid`: test accuracy of each cell of a grid, over seeds."""

import argparse
from pathlib import Path
from typing import Any

from convstudy.config import read_slice
from convstudy.errors import StudyError
from convstudy.files import write_json
from convstudy.statistics.confusion import accuracy
from convstudy.statistics.intervals import describe


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy grid", description=__doc__)
    parser.add_argument("--runs", type=Path, required=True, help="results/<scale>/runs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args(argv)
    write_json(options.output, of_section(options.runs, read_slice()))


def of_section(runs: Path, job: dict[str, Any]) -> dict[str, Any]:
    """The content of the JSON file (see architecture.md), for one section's slice of the config."""
    try:
        cells = [(one["experiment"], one["values"], one["seeds"]) for one in job["cells"]]
        head = {key: job[key] for key in ("title", "dataset", "axes")}
    except (KeyError, TypeError) as error:
        raise StudyError(
            f"standard input lacks or misspells a part ({error!r}). "
            "It is what config.slices.grid gives."
        ) from None
    return {
        **head,
        "cells": [
            {
                "experiment": name,
                "values": values,
                "n": len(seeds),
                **_described(runs / name, seeds),
            }
            for name, values, seeds in cells
        ],
    }


def _described(folder: Path, seeds: list[int]) -> dict[str, float | None]:
    return describe([accuracy(folder / f"seed{seed}" / "metrics.json") for seed in seeds])
