"""Learning curves of each experiment of a section, train against test."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from convstudy.figures import lines, style
from convstudy.figures.drawing import Drawing, Experiment
from convstudy.language import gettext as _

_PER_BAND = 4  # experiments side by side
_PANELS = (1.75, 1.35, 1.1, 0.95)  # inches of height, by number of bands; four fill a page
_SURROUNDINGS = 0.75  # inches of a band beside its panels
_DASHED = (0, (3, 1.3))
_HOLLOW: dict[str, Any] = {"markerfacecolor": "white", "markeredgewidth": 1.0, "markersize": 4.2}


def draw(drawing: Drawing, histories: pd.DataFrame) -> Figure:
    """A pair of panels per experiment: accuracy above loss, each on one scale in all pairs."""
    shown = drawing.experiments
    bands = -(-len(shown) // _PER_BAND)
    columns = -(-len(shown) // bands)
    panel = _PANELS[min(bands, len(_PANELS)) - 1]
    figure = style.page(bands * (2 * panel + _SURROUNDINGS) + 0.55)
    style.head(figure, f"{drawing.title} · {drawing.dataset}")
    grid = figure.add_gridspec(2 * bands, columns)
    logarithmic = lines.wide(histories, "loss", "train", "test")
    first: dict[str, Axes] = {}
    for place, one in enumerate(shown):
        band, column = divmod(place, columns)
        upper = None
        for row, quantity in enumerate(("accuracy", "loss")):
            axis = figure.add_subplot(
                grid[2 * band + row, column], sharex=upper, sharey=first.get(quantity)
            )
            first.setdefault(quantity, axis)
            if quantity == "loss" and logarithmic:
                axis.set_yscale("log")
            _panel(axis, quantity, one, histories)
            _name_axes(axis, quantity, leftmost=column == 0, lowest=row == 1)
            if upper is None:
                upper = axis
                axis.set_title(_title(one, columns), loc="left", fontweight="bold")
    handles = [*_key(), *lines.key_to_seeds(len(one.seeds) for one in shown)]
    entries = lines.columns([str(line.get_label()) for line in handles])
    figure.legend(handles=handles, loc="outside lower center", ncols=entries)
    return figure


def _panel(axis: Axes, quantity: str, one: Experiment, histories: pd.DataFrame) -> None:
    look = style.look(one.colour)
    for split, split_look, marks in (
        ("train", look._replace(dash=_DASHED), _HOLLOW | {"markeredgecolor": look.colour}),
        ("test", look._replace(dash="-"), {}),
    ):
        rows = lines.of(histories, one.name, split, quantity)
        lines.draw_seeds(axis, rows, quantity, split_look)
        lines.draw_mean(axis, rows, quantity, split_look, split, **marks)
    lines.number_epochs(axis, int(rows["epoch"].max()))


def _name_axes(axis: Axes, quantity: str, leftmost: bool, lowest: bool) -> None:
    """Words and numbers only where the axis is not that of the panel beside or below."""
    if leftmost:
        loss = _("loss, log scale") if axis.get_yscale() == "log" else _("loss")
        axis.set_ylabel(_("accuracy, %") if quantity == "accuracy" else loss)
    if lowest:
        axis.set_xlabel(_("epoch"))
    axis.tick_params(labelleft=leftmost, labelbottom=lowest)


def _title(one: Experiment, columns: int) -> str:
    width = (style.PAGE_WIDTH - 0.6) / columns
    return style.wrapped(style.shortened(one.title, 60), width, style.TEXT)


def _key() -> list[Line2D]:
    train = _("train (running mean, train mode: dropout on)")
    both: dict[str, Any] = {"color": style.QUIET, "linewidth": 1.6, "marker": "o"}
    return [
        Line2D([], [], **both, label=_("test"), markersize=5),
        Line2D([], [], **both, label=train, linestyle=_DASHED, **_HOLLOW),
    ]
