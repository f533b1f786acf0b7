"""`convstudy draw-grid`: test accuracy over the one or two axes of a grid."""

import argparse
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy import language
from convstudy.errors import StudyError
from convstudy.figures import style
from convstudy.files import read_json
from convstudy.language import gettext as _
from convstudy.language import listing, number, value_in_words

_WRITTEN = 14  # columns; cells of more have no room for their values
_ROW = 0.3  # inches
_NAME = 16  # letters of a value

Grid = dict[str, Any]  # docs/architecture.md, results/<scale>/grids/<section>.json


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy draw-grid", description=__doc__)
    parser.add_argument("--grid", type=Path, required=True, help="JSON of the section")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", type=Path, required=True, help="PNG to write")
    options = parser.parse_args(argv)
    found = read(options.grid)
    with style.styled(), language.speaking(options.words):
        style.save(draw(found), options.output)


def read(path: Path) -> Grid:
    """Raise `StudyError` unless the file has the parts that are drawn."""
    found: Grid = read_json(path)
    try:
        axes = [axis["values"] for axis in found["axes"]]
        cells = [cell["values"] for cell in found["cells"]]
        fits = all(v in axis for cell in cells for v, axis in zip(cell, axes, strict=True))
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits or not cells:
        raise StudyError(f"{path} is not a grid. Delete it and run snakemake again.")
    return found


def draw(found: Grid) -> Figure:
    """A line with intervals over one axis, a heat map over two, grey where no cell was run."""
    names = [
        [style.shortened(value_in_words(value), _NAME) for value in axis["values"]]
        for axis in found["axes"]
    ]
    if len(names) == 1:
        figure = style.page(3.2)
        _line(figure.subplots(), found, names[0])
    else:
        figure = style.page(1.2 + _ROW * max(4, len(names[0])))
        _map(figure, found, names)
    network, dataset = found["title"], found["dataset"]
    style.head(figure, " · ".join([_(network), _(dataset), _counted(found)]))
    return figure


def _counted(found: Grid) -> str:
    counts = sorted({cell["n"] for cell in found["cells"]})
    if counts == [1]:
        return _("test accuracy, one seed")
    return _("test accuracy, mean of seeds (n = %(counts)s)") % {"counts": listing(counts, "or")}


def _line(axis: Axes, found: Grid, names: list[str]) -> None:
    values = found["axes"][0]["values"]
    places = [values.index(cell["values"][0]) for cell in found["cells"]]
    means = np.array([100 * cell["mean"] for cell in found["cells"]])
    low, high = (
        100 * np.clip([cell["mean" if cell[end] is None else end] for cell in found["cells"]], 0, 1)
        for end in ("low", "high")
    )
    look = style.look(0)
    shown: dict[str, Any] = {"color": look.colour, "marker": look.marker, "linewidth": 1.6}
    axis.errorbar(places, means, [means - low, high - means], **shown, capsize=3)
    _name(axis, "x", names)
    axis.yaxis.set_major_formatter(style.Numbers())
    (name,) = (one["name"] for one in found["axes"])
    axis.set_xlabel(_(name))
    axis.set_ylabel(_("test accuracy, %"))


def _map(figure: Figure, found: Grid, names: list[list[str]]) -> None:
    axis = figure.subplots()
    shares = table(found)
    picture = axis.imshow(100 * shares, cmap="viridis", aspect="auto")
    axis.set_facecolor("0.85")
    axis.grid(False)
    axis.spines[:].set_visible(False)
    _name(axis, "y", names[0])
    _name(axis, "x", names[1])
    first, second = (one["name"] for one in found["axes"])
    axis.set_ylabel(_(first))
    axis.set_xlabel(_(second))
    if len(names[1]) <= _WRITTEN:
        middle: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": style.SMALL}
        dark = (np.nanmin(shares) + np.nanmax(shares)) / 2
        for (row, column), share in np.ndenumerate(shares):
            if not np.isnan(share):
                colour = "white" if share < dark else "black"
                axis.text(column, row, number(100 * share, ".1f"), color=colour, **middle)
    bar = figure.colorbar(picture, ax=axis, aspect=40, pad=0.015, format=style.Numbers())
    bar.set_label(_("test accuracy, %"), fontsize=style.SMALL)
    bar.outline.set_visible(False)


def table(found: Grid) -> np.ndarray:
    """Mean accuracies (values of the first axis, of the second); NaN where no cell was run."""
    rows, columns = (axis["values"] for axis in found["axes"])
    means = np.full((len(rows), len(columns)), np.nan)
    for cell in found["cells"]:
        row, column = cell["values"]
        means[rows.index(row), columns.index(column)] = cell["mean"]
    return means


def _name(axis: Axes, which: Literal["x", "y"], names: list[str]) -> None:
    """The values along an axis, upright only where they have room."""
    room = (style.PAGE_WIDTH - 2) / len(names)
    narrow = which == "x" and max(style.width(name, style.SMALL) for name in names) > room
    turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if narrow else {}
    getattr(axis, f"set_{which}ticks")(range(len(names)), names, **turned)
    axis.tick_params(axis=which, length=0)
