"""How many of the test images of each class are recognised."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy.figures import style
from convstudy.figures.drawing import Drawing
from convstudy.figures.tables import Errors
from convstudy.language import gettext as _

_ROWS = 50  # classes in one panel; more stand side by side
_ROW = 0.165  # inches
_NAME = 24  # letters
_STARTS = (95, 80, 50, 0)  # percent: few axes, so that figures of a report can be compared


def draw(drawing: Drawing, errors: Errors) -> Figure:
    """A point and an interval per class, best first."""
    shares = errors.recalls.sort_values("mean", ascending=False, kind="stable")
    shares = shares.assign(**{end: 100 * _ends(shares, end) for end in ("mean", "low", "high")})
    panels = -(-len(shares) // _ROWS)
    rows = -(-len(shares) // panels)
    figure = style.page(0.9 + _ROW * max(rows, 3))
    seeds = style.seeds_in_words(len(errors.seeds))
    title = style.of_network(errors.title, errors.dataset, _("accuracy per class"), seeds)
    style.head(figure, title)
    start = next(one for one in _STARTS if one <= shares["low"].min())
    for place, axis in enumerate(figure.subplots(1, panels, squeeze=False)[0]):
        _panel(axis, shares[place * rows : (place + 1) * rows], rows)
        axis.set_xlim(start, 100)
    return figure


def _panel(axis: Axes, shares: pd.DataFrame, rows: int) -> None:
    places = np.arange(len(shares))
    axis.hlines(places, shares["low"], shares["high"], color=style.PALETTE[0], linewidth=1.2)
    points: dict[str, Any] = {"color": style.PALETTE[0], "markersize": 4, "linestyle": "none"}
    points |= {"errorbar": None, "orient": "y", "native_scale": True}
    points |= {"clip_on": False}  # 0 and 100 % lie on the frame
    sns.pointplot(shares.assign(place=places), x="mean", y="place", ax=axis, **points)
    axis.set_yticks(places, [style.shortened(name, _NAME) for name in shares["class"]])
    axis.set_ylim(rows - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.xaxis.set_major_formatter(style.Numbers())
    axis.set(xlabel=_("test images recognised, %"), ylabel=_("true class"))


def _ends(shares: pd.DataFrame, end: str) -> pd.Series:
    """Means, or ends of intervals cut at what a share can be; of one seed there is none."""
    return shares[end].fillna(shares["mean"]).clip(0, 1)
