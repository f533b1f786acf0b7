"""`convstudy draw-recalls`: how many of the test images of each class are recognised."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy.config.metrics import as_shares
from convstudy.figures import errors, style
from convstudy.language import gettext as _

_ROWS = 50  # classes in one panel; more stand side by side
_ROW = 0.165  # inches
_NAME = 24  # letters


def main(argv: list[str]) -> None:
    errors.command(argv, "draw-recalls", __doc__, draw)


def draw(found: errors.Errors) -> Figure:
    """A point and an interval per class, best first."""
    classes = sorted(found["recalls"], key=lambda one: -one["mean"])
    panels = -(-len(classes) // _ROWS)
    rows = -(-len(classes) // panels)
    figure = style.page(0.9 + _ROW * max(rows, 3))
    errors.head(figure, found, _("accuracy per class"), errors.seeds_in_words(len(found["seeds"])))
    lowest = min(100 * _reach(one)[0] for one in classes)
    span = max(100 - lowest, 1)  # points
    for place, axis in enumerate(figure.subplots(1, panels, squeeze=False)[0]):
        _panel(axis, classes[place * rows : (place + 1) * rows], rows)
        axis.set_xlim(max(0, 100 - 1.05 * span), 100 + 0.02 * span)
    return figure


def _panel(axis: Axes, classes: list[dict[str, Any]], rows: int) -> None:
    places = np.arange(len(classes))
    reach = 100 * np.array([_reach(one) for one in classes]).T
    means = [100 * one["mean"] for one in classes]
    axis.hlines(places, *reach, color=style.PALETTE[0], linewidth=1.2)
    points: dict[str, Any] = {"color": style.PALETTE[0], "markersize": 4}
    axis.plot(means, places, "o", **points, clip_on=False)  # 0 and 100 % lie on the frame
    axis.set_yticks(places, [style.shortened(one["class"], _NAME) for one in classes])
    axis.set_ylim(rows - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.xaxis.set_major_formatter(style.Numbers())
    axis.set_xlabel(_("recognised, %"))


def _reach(one: dict[str, Any]) -> tuple[float, float]:
    """The interval, cut at what a share can be; of one seed there is none."""
    if one["low"] is None:
        return one["mean"], one["mean"]
    return as_shares(one["low"], one["high"])
