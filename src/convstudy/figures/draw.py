"""`convstudy draw`: the figures of a section, or without one those of the whole study."""

import argparse
import importlib
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from convstudy import language
from convstudy.config import read_slice
from convstudy.errors import StudyError
from convstudy.figures import style, tables
from convstudy.figures.drawing import parse
from convstudy.figures.kinds import FOREST, KINDS, Job, module


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy draw", description=__doc__)
    parser.add_argument("--section", help="key of the section; without it the forest is drawn")
    parser.add_argument("--results", type=Path, required=True, help="results/<scale>")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument(
        "--output", type=Path, nargs="+", required=True, help="PNGs to write, each <kind>.png"
    )
    options = parser.parse_args(argv)
    job = read_slice()
    with style.styled(), language.speaking(options.words):
        for path in options.output:
            style.save(figure(options.section, path.stem, job, options.results), path)


def figure(section: str | None, kind: str, job: Job, results: Path) -> Figure:
    """One figure of the files in `results`; raise `StudyError` for one that is unfit."""
    if section is None and kind == FOREST:
        return _drawn(kind, tables.claims(results / "claims.json", job["claims"]))
    if section is None or kind not in KINDS:
        known = ", ".join(KINDS) if section else FOREST
        raise StudyError(f"no figure is called {kind!r}. Name its file by one of: {known}.")
    drawing = parse(job)
    found = [tables.read(table, results, section, drawing) for table in KINDS[kind].needs]
    return _drawn(kind, drawing, *found)


def _drawn(kind: str, *tables: Any) -> Figure:
    """Imported by name, so that an edit of a kind redraws the sections that show it."""
    drawn: Figure = importlib.import_module(module(kind)).draw(*tables)
    return drawn
