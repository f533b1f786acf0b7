"""What the accuracy of each network of a section costs: parameters and training time."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from convstudy.config.metrics import as_shares
from convstudy.figures import lines, style
from convstudy.figures.drawing import Drawing
from convstudy.gettext_noop import N_
from convstudy.language import gettext as _
from convstudy.language import number

FRONT, POINT = "front", "point"  # gids of the line through networks that none beats in both, …
_WIDE = 5  # times; over more than that, the cheap ones lie on top of each other on a linear axis
# What a unit of the axis is, from which largest value on.
_UNITS = {
    "parameters": ((1e6, 1e6, N_("parameters, millions")), (0, 1e3, N_("parameters, thousands"))),
    "seconds": ((7200, 3600, N_("training time, h")), (0, 1, N_("training time, s"))),
}


def draw(drawing: Drawing, costs: pd.DataFrame) -> Figure:
    """Mean accuracy with its interval over each cost, and the Pareto front of the means."""
    labels = [style.shortened(one.title, 60) for one in drawing.experiments]
    fronts = {cost: front(costs, cost) for cost in ("parameters", "seconds")}
    key = Line2D([], [], color=style.QUIET, linewidth=0.9, linestyle=":")
    key.set_label(_("none is both cheaper and more accurate"))
    keys = [key] if max(map(len, fronts.values())) > 1 else []  # one point is no line
    columns = lines.columns([*labels, *(str(one.get_label()) for one in keys)])
    figure = style.page(2.7 + 0.16 * -(-(len(labels) + len(keys)) // columns))
    style.head(figure, f"{drawing.title} · {drawing.dataset}")
    axes = figure.subplots(1, len(fronts), sharey=True)
    for axis, (cost, best) in zip(axes, fronts.items(), strict=True):
        _panel(axis, cost, drawing, costs, best)
    axes[0].set_ylabel(_("test accuracy, %"))
    axes[0].yaxis.set_major_formatter(style.Numbers())
    looks = [style.look(one.colour) for one in drawing.experiments]
    points = [
        Line2D([], [], color=look.colour, marker=look.marker, linestyle="none", label=label)
        for look, label in zip(looks, labels, strict=True)
    ]
    figure.legend(handles=[*points, *keys], loc="outside lower center", ncols=columns)
    return figure


def front(costs: pd.DataFrame, cost: str) -> pd.DataFrame:
    """The networks that none beats in accuracy at the same or a lower cost, cheapest first."""
    ordered = costs.sort_values([cost, "mean"], ascending=[True, False])
    return ordered[ordered["mean"] > ordered["mean"].cummax().shift(fill_value=-1.0)]


def _panel(
    axis: Axes, cost: str, drawing: Drawing, costs: pd.DataFrame, best: pd.DataFrame
) -> None:
    most = costs[cost].max()
    unit, said = next((unit, said) for least, unit, said in _UNITS[cost] if most >= least)
    dotted: dict[str, Any] = {"color": style.QUIET, "linewidth": 0.9, "linestyle": ":"}
    axis.step(best[cost] / unit, 100 * best["mean"], where="post", zorder=1, gid=FRONT, **dotted)
    for one, row in zip(drawing.experiments, costs.to_dict("records"), strict=True):
        look, where = style.look(one.colour), row[cost] / unit
        ends = [100 * end for end in as_shares(row["low"], row["high"])]
        axis.plot([where] * 2, ends, color=look.colour, linewidth=1.4)
        filled = row["experiment"] in set(best["experiment"])
        shown: dict[str, Any] = {"color": look.colour, "markersize": 6.5, "zorder": 3}
        shown["markerfacecolor"] = look.colour if filled else "white"
        axis.plot(where, 100 * row["mean"], look.marker, gid=POINT, **shown)
    if most > _WIDE * costs[cost].min():
        axis.set_xscale("log")
        axis.margins(x=0.15)
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=6))
        axis.xaxis.set_minor_formatter(NullFormatter())
    else:
        axis.set_xlim(0, 1.1 * most / unit)
        axis.xaxis.set_major_locator(MaxNLocator(6))
    axis.xaxis.set_major_formatter(lambda value, place: number(value, ",g"))
    axis.set_xlabel(_(said))
