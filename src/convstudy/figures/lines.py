"""Lines over epochs, alike in all figures that have them: each seed faint, their mean strong."""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, NullFormatter

from convstudy import language
from convstudy.config import read_slice
from convstudy.figures import style
from convstudy.figures.drawing import Drawing, parse
from convstudy.figures.histories import Histories, read_all
from convstudy.language import gettext as _
from convstudy.language import ngettext, number

# column of history.csv → factor from the file to the axis
FACTORS = {"accuracy": 100.0, "loss": 1.0}

_HANDLE = 0.49  # inches of a legend's entry beside its words
MEAN = "mean"  # gid of the lines that show means
_MARKED = 12  # markers on more epochs than these run into each other
_WIDE = 50  # times; on a linear axis over more than that, only the worst epochs can be told apart


def command(
    argv: list[str],
    name: str,
    description: str | None,
    draw: Callable[[Drawing, dict[str, Histories]], Figure],
) -> None:
    """`convstudy NAME --runs RUNS --output PNG`: read a section's histories, draw, save."""
    parser = argparse.ArgumentParser(prog=f"convstudy {name}", description=description)
    parser.add_argument("--runs", type=Path, required=True, help="results/<scale>/runs")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", type=Path, required=True, help="PNG to write")
    options = parser.parse_args(argv)
    job = read_slice()
    with style.styled(), language.speaking(options.words):
        drawing = parse(job)
        found = read_all(options.runs, drawing.experiments)
        style.save(draw(drawing, found), options.output)


def wide(histories: Iterable[Histories], quantity: str, *splits: str) -> bool:
    """Whether the values of these splits lie so far apart that they need a logarithmic axis."""
    values = [one[split, quantity] for one in histories for split in splits]
    lowest = min(float(each.min()) for each in values)
    return 0 < _WIDE * lowest < max(float(each.max()) for each in values)


def draw_seeds(axis: Axes, values: np.ndarray, colour: str, dash: object = "-") -> None:
    """One faint line per seed; `values` (seeds, epochs) in the units of the axis."""
    if len(values) == 1:
        return  # the mean is that line
    epochs = np.arange(1, values.shape[1] + 1)
    alpha = max(0.12, 0.5 / len(values) ** 0.4)  # many lines need more transparency to stay faint
    faint: dict[str, Any] = {"color": colour, "alpha": alpha, "zorder": 2}
    if len(epochs) == 1:  # a line needs two to be seen
        at = np.ones(len(values))
        axis.plot(at, values[:, 0], "o", **faint, markersize=3, markeredgewidth=0)
        return
    # One collection: as lines of their own, those of a study of many seeds take seconds.
    each = [np.column_stack([epochs, seed]) for seed in values]
    axis.add_collection(LineCollection(each, **faint, linestyles=dash, linewidths=0.7))


def draw_mean(axis: Axes, values: np.ndarray, look: style.Look, label: str, **more: Any) -> None:
    """The mean over seeds as a strong line with markers; `values` as for `draw_seeds`."""
    epochs = np.arange(1, values.shape[1] + 1)
    settings: dict[str, Any] = {
        **{"color": look.colour, "linestyle": look.dash, "linewidth": 1.6, "zorder": 3},
        **{"marker": look.marker, "markersize": 5.2, "markevery": -(-len(epochs) // _MARKED)},
        **{"markeredgecolor": "white", "markeredgewidth": 0.4},
    }
    axis.plot(epochs, values.mean(axis=0), label=label, gid=MEAN, **settings | more)


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
