"""Which classes the best experiment of a section, or each of them, takes for which."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from convstudy.figures import style
from convstudy.figures.drawing import Drawing
from convstudy.figures.tables import Confusion
from convstudy.language import gettext as _
from convstudy.language import ngettext, number

_ANY_TEXT = 14  # classes; cells of more have no room for text of a readable size
_TICKS = 45  # names along an axis; of more classes only some are named
_NAME = 18  # letters of a class name
_KEY = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1]  # shares that are named beside their colours


def draw(drawing: Drawing, confusion: list[Confusion]) -> Figure:
    """A heat map of the row shares of each network, below each other; the best one first."""
    classes = len(confusion[0].mean)
    height = min(5.6, max(3.0, 1.5 + 0.36 * classes))
    figure = style.page(len(confusion) * height, pages=len(confusion))
    axes = figure.subplots(len(confusion), 1, squeeze=False)[:, 0]
    for axis, one in zip(axes, confusion, strict=True):
        _map(axis, one)
        if len(confusion) > 1:
            axis.set_title(_title(one), loc="left", fontweight="bold")
    title = _title(confusion[0]) if len(confusion) == 1 else f"{drawing.title} · {drawing.dataset}"
    style.head(figure, title)
    return figure


def _map(axis: Axes, confusion: Confusion) -> None:
    """Its cells give the shares where they have room."""
    shares = row_shares(confusion.mean)
    shown = len(shares) <= _ANY_TEXT
    sns.heatmap(
        shares,
        ax=axis,
        cmap="Blues",
        # Confusions are a few percent beside a diagonal near 100: the root makes both visible.
        norm=PowerNorm(0.5, 0, 1),
        annot=shares.map(percent) if shown else None,
        fmt="",
        annot_kws={"fontsize": style.SMALL},
        linewidths=1 if shown else 0,
        cbar_kws={"aspect": 40, "pad": 0.015, "ticks": _KEY},
    )
    axis.set_facecolor("0.93")  # a class without test images has no shares
    _name_classes(axis, list(shares.index))
    bar = axis.collections[0].colorbar
    assert bar is not None
    bar.ax.set_yticklabels([f"{100 * share:g}" for share in _KEY])
    bar.set_label(_("share of the true class, % (colours by its square root)"), size=style.SMALL)
    bar.outline.set_visible(False)


def row_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Share of each true class (row) given each name; NaN where a class has no test images."""
    totals = counts.sum(axis="columns")
    return counts.div(totals.where(totals > 0), axis="index")


def percent(share: float) -> str:
    """A share as its cell gives it; nothing of no image."""
    if not share > 0:
        return ""
    if share < 0.0005:
        return f"<{number(0.1, '.1f')}"
    return number(100 * share + 1e-9, ".1f" if share < 0.0995 else ".0f")  # halves up


def _title(confusion: Confusion) -> str:
    seeds = confusion.seeds
    what = ngettext(
        "test images, mean of %(n)s seed", "test images, mean of %(n)s seeds", seeds
    ) % {"n": seeds}
    what = _("test images, one seed") if seeds == 1 else what
    return style.of_network(confusion.title, confusion.dataset, what)


def _name_classes(axis: Axes, classes: list[str]) -> None:
    step = -(-len(classes) // _TICKS)
    places = range(0, len(classes), step)
    names = [style.shortened(classes[place], _NAME) for place in places]
    room = (style.PAGE_WIDTH - 2) / len(names)
    upright = max(style.width(name, style.SMALL) for name in names) < room
    turned: dict[str, Any] = {"rotation": 0}
    if not upright:
        turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    middles = np.array(places) + 0.5
    axis.set_xticks(middles, names, **(turned if len(names) <= 20 else {"rotation": 90}))
    axis.set_yticks(middles, names, rotation=0)
    shown = len(classes) <= _ANY_TEXT
    said = _("predicted class (in %; empty: no image)") if shown else _("predicted class")
    axis.set(xlabel=said, ylabel=_("true class"))
    axis.tick_params(length=0 if step == 1 else 2)
