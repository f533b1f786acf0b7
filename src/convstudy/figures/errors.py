"""What the figures share that are drawn from the JSON of `convstudy errors`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from convstudy import language
from convstudy.errors import StudyError
from convstudy.figures import style
from convstudy.files import read_json
from convstudy.language import gettext as _
from convstudy.language import ngettext

Errors = dict[str, Any]  # docs/architecture.md, results/<scale>/errors/<section>.json
_PARTS = {
    **{"title": str, "dataset": str, "seeds": list, "images": int},
    **{"calibration": dict, "recalls": list, "mistakes": list},
}


def command(
    argv: list[str], name: str, description: str | None, draw: Callable[[Errors], Figure]
) -> None:
    """`convstudy NAME --errors JSON --output PNG`: read, draw, save."""
    parser = argparse.ArgumentParser(prog=f"convstudy {name}", description=description)
    parser.add_argument("--errors", type=Path, required=True, help="JSON of the section")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", type=Path, required=True, help="PNG to write")
    options = parser.parse_args(argv)
    found = read(options.errors)
    with style.styled(), language.speaking(options.words):
        style.save(draw(found), options.output)


def read(path: Path) -> Errors:
    """Raise `StudyError` unless the file has every part that figures are drawn from."""
    found: Errors = read_json(path)
    wrong = [
        name
        for name, kind in _PARTS.items()
        if not isinstance(found, dict) or not isinstance(found.get(name), kind)
    ]
    if wrong:
        raise StudyError(
            f"{path} lacks or misspells {', '.join(wrong)}. Delete it and run snakemake again."
        )
    return found


def head(figure: Figure, found: Errors, *more: str) -> None:
    """Title of the figure: network, data set and what else is given."""
    network, dataset = found["title"], found["dataset"]
    style.head(figure, " · ".join([_(network), _(dataset), *more]))


def seeds_in_words(seeds: int) -> str:
    """`1 seed` or `5 seeds`."""
    return ngettext("%(n)s seed", "%(n)s seeds", seeds) % {"n": seeds}
