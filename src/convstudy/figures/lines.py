"""Lines over epochs, alike in all figures that have them: each seed faint, their mean strong."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, NullFormatter

from convstudy.figures import style
from convstudy.language import gettext as _
from convstudy.language import ngettext, number

# column of the histories → factor from the file to the axis
FACTORS = {"accuracy": 100.0, "loss": 1.0, "learning_rate": 1.0}

_HANDLE = 0.49  # inches of a legend's entry beside its words
MEAN, SEEDS = "mean", "seeds"  # gids of lines
_MARKED = 12  # markers on more epochs than these run into each other
_WIDE = 50  # times; on a linear axis over more than that, only the worst epochs can be told apart


def wide(histories: pd.DataFrame, quantity: str, *splits: str) -> bool:
    """Whether the values of these splits lie so far apart that they need a logarithmic axis."""
    values = histories.loc[histories["split"].isin(splits), quantity]
    return bool(0 < _WIDE * values.min() < values.max())


def of(histories: pd.DataFrame, name: str, split: str, quantity: str) -> pd.DataFrame:
    """The rows of an experiment and a split, `quantity` in the units of the axis."""
    rows = histories[(histories["experiment"] == name) & (histories["split"] == split)]
    return rows.assign(**{quantity: FACTORS[quantity] * rows[quantity]})


def draw_seeds(axis: Axes, rows: pd.DataFrame, quantity: str, look: style.Look) -> None:
    """One faint line per seed; `rows` of one experiment and split."""
    values = rows.pivot(index="epoch", columns="seed", values=quantity)
    epochs, seeds = values.shape
    if seeds == 1:
        return  # the mean is that line
    alpha = max(0.12, 0.5 / seeds**0.4)  # many lines need more transparency to stay faint
    faint: dict[str, Any] = {"color": look.colour, "alpha": alpha, "zorder": 2, "gid": SEEDS}
    if epochs == 1:  # a line needs two to be seen
        faint |= {"linestyle": "none", "marker": "o", "markersize": 3, "markeredgewidth": 0}
        axis.plot(np.repeat(values.index, seeds), values.to_numpy()[0], **faint)
        return
    # One collection: a line of its own per seed takes a quarter of the time of a figure of fifty.
    each = [np.column_stack([values.index, line]) for line in values.to_numpy().T]
    drawn = LineCollection(each, linestyles=[look.dash], linewidths=0.7, **faint)
    axis.add_collection(drawn, autolim=False)
    axis.update_datalim(np.concatenate(each))  # what is plotted next, their mean, scales the axis


def draw_mean(
    axis: Axes, rows: pd.DataFrame, quantity: str, look: style.Look, label: str, **more: Any
) -> None:
    """The mean over seeds as a strong line with markers; `rows` as for `draw_seeds`."""
    means = rows.groupby("epoch")[quantity].mean()
    settings: dict[str, Any] = {
        **{"color": look.colour, "linestyle": look.dash, "linewidth": 1.6, "zorder": 3},
        **{"marker": look.marker, "markersize": 5.2, "markevery": -(-len(means) // _MARKED)},
        **{"markeredgecolor": "white", "markeredgewidth": 0.4, "gid": MEAN},
    }
    axis.plot(means.index, means, label=label, **settings | more)


def number_epochs(axis: Axes, epochs: int) -> None:
    """Whole epochs on the x axis, first to last with a little room; plain numbers on the other."""
    room = 0.03 * (epochs - 1) + 0.15
    axis.set_xlim(1 - min(room, 0.9), epochs + room)  # there is no epoch 0
    axis.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
    if axis.get_yscale() == "log":
        axis.yaxis.set_major_formatter(lambda value, place: number(value, "g"))
        axis.yaxis.set_minor_formatter(NullFormatter())
    else:
        axis.yaxis.set_major_formatter(style.Numbers())


def end_at_100_percent(axis: Axes) -> None:
    """No accuracy lies above, and half a marker that lies on it is to be seen."""
    low, high = axis.get_ylim()
    if high > 100:
        axis.set_ylim(low, 100 + 0.02 * (100 - low))


def columns(labels: list[str]) -> int:
    """Most columns in which a legend, filled column by column, is no wider than the page."""
    sizes = [_HANDLE + style.width(label, style.TEXT, "normal") for label in labels]
    for columns in range(len(sizes), 1, -1):
        # matplotlib deals the entries out as array_split does
        if sum(part.max() for part in np.array_split(sizes, columns)) <= style.PAGE_WIDTH:
            return columns
    return 1


def key_to_seeds(counts: Iterable[int]) -> list[Line2D]:
    """Entries of a legend that say what faint and strong lines are, if there is any faint one."""
    numbers = set(counts)
    if numbers == {1}:
        return []
    mean = _("mean of n seeds")
    if len(numbers) == 1:
        n = numbers.pop()
        mean = ngettext("mean of %(n)s seed", "mean of %(n)s seeds", n) % {"n": n}
    return [
        Line2D([], [], color=style.QUIET, linewidth=1.6, label=mean),
        Line2D([], [], color=style.QUIET, linewidth=0.7, alpha=0.6, label=_("each seed")),
    ]
