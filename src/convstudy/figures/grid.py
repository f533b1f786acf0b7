"""Test accuracy over the one or two axes of a grid."""

from typing import Any, Literal

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy.figures import style
from convstudy.figures.drawing import Drawing
from convstudy.figures.tables import Grid
from convstudy.language import gettext as _
from convstudy.language import listing, number, value_in_words

_WRITTEN = 14  # columns; cells of more have no room for their values
_ROW = 0.3  # inches
_NAME = 16  # letters of a value


def draw(drawing: Drawing, grid: Grid) -> Figure:
    """A line with intervals over one axis, a heat map over two, grey where no cell was run."""
    names = [
        [style.shortened(value_in_words(value), _NAME) for value in axis["values"]]
        for axis in grid.axes
    ]
    if len(names) == 1:
        figure = style.page(3.2)
        _line(figure.subplots(), grid, names[0])
    else:
        figure = style.page(1.2 + _ROW * max(4, len(names[0])))
        _map(figure.subplots(), grid, names)
    style.head(figure, style.of_network(grid.title, grid.dataset, _counted(grid.cells)))
    return figure


def _counted(cells: pd.DataFrame) -> str:
    counts = sorted(cells["n"].unique().tolist())
    if counts == [1]:
        return _("test accuracy, one seed")
    return _("test accuracy, mean of seeds (n = %(counts)s)") % {"counts": listing(counts, "or")}


def _line(axis: Axes, grid: Grid, names: list[str]) -> None:
    cells = grid.cells
    means = 100 * cells["mean"]
    low, high = (100 * cells[end].fillna(cells["mean"]).clip(0, 1) for end in ("low", "high"))
    look = style.look(0)
    shown: dict[str, Any] = {"color": look.colour, "marker": look.marker, "linewidth": 1.6}
    places = [place for (place,) in cells["place"]]
    axis.errorbar(places, means, [means - low, high - means], **shown, capsize=3)
    _name(axis, "x", names, range(len(names)))
    axis.yaxis.set_major_formatter(style.Numbers())
    (name,) = (one["name"] for one in grid.axes)
    axis.set(xlabel=_(name), ylabel=_("test accuracy, %"))


def _map(axis: Axes, grid: Grid, names: list[list[str]]) -> None:
    shares = table(grid)
    written = len(names[1]) <= _WRITTEN
    values = shares.map(lambda share: "" if np.isnan(share) else number(100 * share, ".1f"))
    sns.heatmap(
        100 * shares,
        ax=axis,
        cmap="viridis",
        annot=values if written else None,
        fmt="",
        annot_kws={"fontsize": style.SMALL},
        cbar_kws={"aspect": 40, "pad": 0.015, "format": style.Numbers()},
    )
    axis.set_facecolor("0.85")
    _name(axis, "y", names[0], np.arange(len(names[0])) + 0.5)
    _name(axis, "x", names[1], np.arange(len(names[1])) + 0.5)
    first, second = (one["name"] for one in grid.axes)
    axis.set(ylabel=_(first), xlabel=_(second))
    bar = axis.collections[0].colorbar
    assert bar is not None
    bar.set_label(_("test accuracy, %"), fontsize=style.SMALL)
    bar.outline.set_visible(False)


def table(grid: Grid) -> pd.DataFrame:
    """Mean accuracies (values of the first axis, of the second); NaN where no cell was run."""
    rows, columns = (range(len(axis["values"])) for axis in grid.axes)
    places = pd.MultiIndex.from_tuples(grid.cells["place"])
    means = pd.Series(grid.cells["mean"].to_numpy(), index=places)
    return means.unstack().reindex(index=rows, columns=columns)


def _name(axis: Axes, which: Literal["x", "y"], names: list[str], places: Any) -> None:
    """The values along an axis, upright only where they have room."""
    room = (style.PAGE_WIDTH - 2) / len(names)
    narrow = which == "x" and max(style.width(name, style.SMALL) for name in names) > room
    turned: dict[str, Any] = {"rotation": 0}
    if narrow:
        turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    getattr(axis, f"set_{which}ticks")(places, names, **turned)
    axis.tick_params(axis=which, length=0)
