"""`convstudy draw-confusion`: which classes the best experiment of a section takes for which."""

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from convstudy import language
from convstudy.errors import StudyError
from convstudy.figures import style
from convstudy.files import read_json
from convstudy.language import gettext as _
from convstudy.language import ngettext, number

_FULL_TEXT = 11  # classes; cells of more have no room for the spread
_ANY_TEXT = 14  # classes; cells of more have no room for text of a readable size
_TICKS = 45  # names along an axis; of more classes only some are named
_NAME = 18  # letters of a class name


class Confusion(NamedTuple):
    """The file: counts (K, K), row = true class, mean and sd over seeds (no sd of one seed)."""

    title: str
    dataset: str
    classes: list[str]
    seeds: int
    mean: np.ndarray
    sd: np.ndarray | None


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy draw-confusion", description=__doc__)
    parser.add_argument("--confusion", type=Path, required=True, help="JSON of the section")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", type=Path, required=True, help="PNG to write")
    options = parser.parse_args(argv)
    found = read(options.confusion)
    with style.styled(), language.speaking(options.words):
        style.save(draw(found), options.output)


def read(path: Path) -> Confusion:
    """Raise `StudyError` if a part is missing or the matrix does not fit the classes."""
    stored: Any = read_json(path)
    try:
        sd = stored["sd"]
        found = Confusion(
            str(stored["title"]),
            str(stored["dataset"]),
            [str(name) for name in stored["classes"]],
            len(stored["seeds"]),
            np.array(stored["mean"], dtype=float),
            None if sd is None else np.array(sd, dtype=float),
        )
    except KeyError as error:
        raise _unusable(path, f"lacks {error}") from None
    except (TypeError, ValueError) as error:
        raise _unusable(path, f"holds a part of the wrong kind ({error})") from None
    square = (len(found.classes), len(found.classes))
    for name, values in (("mean", found.mean), ("sd", found.sd)):
        if values is not None and (values.shape != square or not values.size):
            raise _unusable(path, f"names {square[0]} classes, but {name} is {values.shape}")
    return found


def _unusable(path: Path, said: str) -> StudyError:
    return StudyError(f"{path} {said}. Delete it and run snakemake again.")


def draw(found: Confusion) -> Figure:
    """A heat map of the row shares with the counts in its cells."""
    classes = len(found.classes)
    figure = style.page(min(7.4, max(3.0, 1.5 + 0.47 * classes)))
    style.head(figure, _title(found))
    axis = figure.subplots()
    shares = row_shares(found.mean)
    # Confusions are a few percent beside a diagonal near 100: the square root makes both visible.
    picture = axis.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, 0, 1), aspect="auto")
    axis.set_facecolor("0.93")  # a class without test images has no shares
    _name_classes(axis, found.classes)
    if classes <= _ANY_TEXT:
        _write_cells(axis, found, shares)
    _key(figure, axis, picture)
    return figure


def row_shares(counts: np.ndarray) -> np.ndarray:
    """Share of each true class (row) given each name; NaN where a class has no test images."""
    totals = counts.sum(axis=1, keepdims=True)
    unknown = np.full_like(counts, np.nan)
    shares: np.ndarray = np.divide(counts, totals, out=unknown, where=totals > 0)
    return shares


def _title(found: Confusion) -> str:
    n = {"n": found.seeds}
    if found.seeds == 1:
        what = _("test images, one seed")
    elif len(found.classes) <= _FULL_TEXT:
        what = (
            ngettext(
                "test images, mean ± sd of %(n)s seed",
                "test images, mean ± sd of %(n)s seeds",
                found.seeds,
            )
            % n
        )
    else:
        what = (
            ngettext(
                "test images, mean of %(n)s seed", "test images, mean of %(n)s seeds", found.seeds
            )
            % n
        )
    return f"{_(found.title)} · {_(found.dataset)} · {what}"


def _name_classes(axis: Axes, classes: list[str]) -> None:
    step = -(-len(classes) // _TICKS)
    places = range(0, len(classes), step)
    names = [style.shortened(classes[place], _NAME) for place in places]
    room = (style.PAGE_WIDTH - 2) / len(names)
    upright = max(style.width(name, style.SMALL) for name in names) < room
    turned = {} if upright else {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    axis.set_xticks(places, names, **(turned if len(names) <= 20 else {"rotation": 90}))
    axis.set_yticks(places, names)
    shown = len(classes) <= _ANY_TEXT
    axis.set_xlabel(_("predicted class (empty cells: no image)") if shown else _("predicted class"))
    axis.set_ylabel(_("true class"))
    axis.tick_params(length=0 if step == 1 else 2)
    axis.grid(False)
    axis.spines[:].set_visible(False)
    if shown:
        edges = np.arange(len(classes) + 1) - 0.5
        axis.hlines(edges, edges[0], edges[-1], color="white", linewidth=1)
        axis.vlines(edges, edges[0], edges[-1], color="white", linewidth=1)


def _write_cells(axis: Axes, found: Confusion, shares: np.ndarray) -> None:
    middle: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": style.SMALL}
    for row, column in zip(*found.mean.nonzero(), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        text = cell_text(found, row, column)
        axis.text(column, row, text, color=colour, linespacing=1.05, **middle)


def cell_text(found: Confusion, row: int, column: int) -> str:
    """Mean count, its sd where there is one and room for it, and the share of the row."""
    mean = found.mean[row, column]
    lines = [_count(mean), _percent(row_shares(found.mean)[row, column])]
    if found.sd is not None and len(found.classes) <= _FULL_TEXT:
        lines[1:1] = [f"± {_count(found.sd[row, column])}"]
    return "\n".join(lines)


def _count(value: float) -> str:
    """Whole where it is whole or large; halves are rounded up."""
    whole = value == round(value) or value >= 100
    return number(value + 1e-9, ".0f") if whole else number(value, ".1f")


def _percent(share: float) -> str:
    if share < 0.0005:
        return _("<%(value)s %%") % {"value": number(0.1, ".1f")}
    digits = ".1f" if share < 0.0995 else ".0f"
    return _("%(value)s %%") % {"value": number(100 * share + 1e-9, digits)}  # halves up


def _key(figure: Figure, axis: Axes, picture: AxesImage) -> None:
    bar = figure.colorbar(picture, ax=axis, aspect=40, pad=0.015)
    bar.set_ticks(
        [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1], labels=["0", "1", "5", "10", "25", "50", "100"]
    )
    said = _("share of the true class, % (colours by its square root)")
    bar.set_label(said, fontsize=style.SMALL)
    bar.outline.set_visible(False)
