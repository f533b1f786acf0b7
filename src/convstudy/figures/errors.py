"""What the figures share that are drawn from the JSON of `convstudy errors`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from convstudy.errors import StudyError
from convstudy.figures import style
from convstudy.files import read_json

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
    parser.add_argument("--output", type=Path, required=True, help="PNG to write")
    options = parser.parse_args(argv)
    found = read(options.errors)
    with style.styled():
        style.save(draw(found), options.output)


def read(path: Path) -> Errors:
    """Raise `StudyError` unless the file has every part that figures are drawn from."""
    found = read_json(path)
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


def seeds_in_words(found: Errors) -> str:
    """`one seed` or `5 seeds`."""
    return "one seed" if len(found["seeds"]) == 1 else f"{len(found['seeds'])} seeds"
