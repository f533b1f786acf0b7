"""Test accuracy and loss of all experiments of a section over the epochs, and where they end."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from convstudy.figures import lines, style
from convstudy.figures.drawing import Drawing, Experiment
from convstudy.language import gettext as _

_PANEL = 2.3  # inches of height
_ROW = 0.26  # inches of an experiment's seeds
_NAME = 30  # letters
_ASIDE = (0.0, 0.07, -0.07, 0.035, -0.035)  # rows, so that equal seeds can be told apart
_ABOVE, _BELOW = -0.17, 0.2  # rows: seeds, and below them their mean
INTERVAL = "interval"  # gid of the bars
PUBLISHED = {"results": "D", "log": "x"}  # gids and markers


def draw(drawing: Drawing, histories: pd.DataFrame, comparisons: pd.DataFrame) -> Figure:
    """Accuracy in percent and loss over the epochs; below, the last accuracy of every seed."""
    labels = _labels(drawing.experiments)
    key = lines.key_to_seeds(len(one.seeds) for one in drawing.experiments)
    sources = {source for one in drawing.experiments for source in one.published}
    key += [_published(source) for source in PUBLISHED if source in sources]
    columns = lines.columns([*labels, *(str(line.get_label()) for line in key)])
    rows = -(-(len(labels) + len(key)) // columns)
    seeds = _ROW * len(labels) + 0.25
    figure = style.page(_PANEL + seeds + 0.8 + 0.16 * rows)
    style.head(figure, f"{drawing.title} · {drawing.dataset}")
    grid = figure.add_gridspec(2, 2, height_ratios=[_PANEL, seeds])
    for place, quantity in enumerate(("accuracy", "loss")):
        axis = figure.add_subplot(grid[0, place])
        _panel(axis, quantity, drawing, histories, labels)
    means = [line for line in axis.lines if line.get_gid() == lines.MEAN]
    _seeds(figure.add_subplot(grid[1, :]), drawing, histories, comparisons)
    figure.legend(handles=[*means, *key], loc="outside lower center", ncols=columns)
    return figure


def _seeds(
    axis: Axes, drawing: Drawing, histories: pd.DataFrame, comparisons: pd.DataFrame
) -> None:
    """Every seed a dot, below it their mean with its interval, which may run out of the panel."""
    order = [one.name for one in drawing.experiments]
    looks = [style.look(one.colour) for one in drawing.experiments]
    last = histories[
        (histories["split"] == "test")
        & (histories["epoch"] == histories.groupby("experiment")["epoch"].transform("max"))
    ]
    place = last["experiment"].map({name: row for row, name in enumerate(order)})
    aside = last.groupby("experiment").cumcount().map(lambda k: _ASIDE[k % len(_ASIDE)])
    last = last.assign(percent=100 * last["accuracy"], row=place + _ABOVE + aside)
    means = comparisons.assign(
        row=np.arange(len(order)) + _BELOW,
        **{end: 100 * comparisons[end] for end in ("mean", "low", "high")},
    )
    same: dict[str, Any] = {
        **{"y": "row", "hue": "experiment", "hue_order": order, "orient": "y", "ax": axis},
        **{"palette": [look.colour for look in looks], "native_scale": True, "legend": False},
    }
    sns.stripplot(last, x="percent", jitter=False, size=3.6, alpha=0.55, linewidth=0, **same)
    strong: dict[str, Any] = {"errorbar": None, "linestyle": "none", "markersize": 5.2, "zorder": 3}
    strong |= {"markeredgecolor": "white", "markeredgewidth": 0.4}
    sns.pointplot(means, x="mean", markers=[look.marker for look in looks], **strong, **same)
    for one, look in zip(means.itertuples(), looks, strict=True):
        if not np.isnan(one.low):
            bar: dict[str, Any] = {"color": look.colour, "linewidth": 1.6, "gid": INTERVAL}
            axis.add_line(Line2D([one.low, one.high], [one.row] * 2, **bar))
    stated = []
    for row, one in enumerate(drawing.experiments):
        for source, value in one.published.items():
            stated.append(100 * value)
            axis.add_line(_published(source, stated[-1], row + _BELOW))
    shown = [*last["percent"], *means["mean"], *stated]
    room = 0.35 * (max(shown) - min(shown)) or 1.0
    axis.set_xlim(max(min(shown) - room, 0), min(max(shown) + room, 100))
    axis.set_ylim(len(order) - 0.5, -0.5)
    names = [style.shortened(one.title, _NAME) for one in drawing.experiments]
    axis.set_yticks(range(len(order)), names)
    axis.tick_params(axis="y", length=0)
    axis.grid(False, axis="y")
    axis.xaxis.set_major_formatter(style.Numbers())
    axis.set(
        ylabel="", xlabel=_("test accuracy after the last epoch, %: seeds, mean, 95 % interval")
    )


def _published(source: str, percent: float = 0.0, row: float = 0.0) -> Line2D:
    """A mark where the published study has its one run, by its text or by its log."""
    said = {"results": _("published, one run"), "log": _("the same in its log")}
    hollow: dict[str, Any] = {"color": "0.15", "markerfacecolor": "white", "linestyle": "none"}
    hollow |= {"marker": PUBLISHED[source], "markersize": 4.6, "zorder": 4, "gid": source}
    return Line2D([percent], [row], label=said[source], **hollow)


def _labels(experiments: tuple[Experiment, ...]) -> list[str]:
    """Titles for the legend, with the number of seeds where it is not the same for all."""
    if len({len(one.seeds) for one in experiments}) == 1:
        return [style.shortened(one.title, 60) for one in experiments]
    return [f"{style.shortened(one.title, 40)}, n = {len(one.seeds)}" for one in experiments]


def _panel(
    axis: Axes, quantity: str, drawing: Drawing, histories: pd.DataFrame, labels: list[str]
) -> None:
    logarithmic = quantity == "loss" and lines.wide(histories, "loss", "test")
    if logarithmic:
        axis.set_yscale("log")
    for one, label in zip(drawing.experiments, labels, strict=True):
        rows = lines.of(histories, one.name, "test", quantity)
        look = style.look(one.colour)
        lines.draw_seeds(axis, rows, quantity, look._replace(dash="-"))
        lines.draw_mean(axis, rows, quantity, look, label)
    loss = _("test loss, log scale") if logarithmic else _("test loss")
    axis.set_title(_("test accuracy, %") if quantity == "accuracy" else loss, loc="left")
    if quantity == "accuracy":
        lines.end_at_100_percent(axis)
    axis.set_xlabel(_("epoch"))
    lines.number_epochs(axis, int(histories["epoch"].max()))
