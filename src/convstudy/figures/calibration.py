"""How often a network is right that is so sure."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy.config.metrics import PLACES
from convstudy.figures import style
from convstudy.figures.drawing import Drawing
from convstudy.figures.tables import Errors
from convstudy.language import gettext as _
from convstudy.language import number

_HALF = (style.PAGE_WIDTH - 1) / 2  # inches of a panel
_AREAS = (8.0, 70.0)  # square points, of an empty bin and of one that holds all images
_FEW = 10  # images; a share of fewer says little, so no line leads through it
CALIBRATED, SEEDS = "calibrated", "seeds"  # gids of the diagonal and of single seeds


def draw(drawing: Drawing, errors: Errors) -> Figure:
    """Accuracy over confidence, and how many images have which confidence."""
    figure = style.page(3.5)
    title = style.of_network(errors.title, errors.dataset, style.seeds_in_words(len(errors.seeds)))
    style.head(figure, title)
    curve, shares = figure.subplots(1, 2)
    _curve(curve, errors.bins)
    _shares(shares, errors.bins)
    for axis, said in ((curve, _error(errors.error)), (shares, _("images of each confidence"))):
        axis.set_title(style.wrapped(said, _HALF, style.TEXT), loc="left")
        axis.set(xlabel=_("confidence, %"), xlim=(0, 100), ylim=(0, 100))
    figure.legend(*curve.get_legend_handles_labels(), loc="outside lower left", ncols=4)
    return figure


def together(bins: pd.DataFrame) -> pd.DataFrame:
    """Confidence and accuracy in percent of all seeds' images of each bin that has any."""
    filled = bins[bins["images"] > 0]
    weighted = filled.assign(
        **{key: 100 * filled[key] * filled["images"] for key in ("confidence", "accuracy")}
    )
    sums = weighted.groupby("bin")[["images", "confidence", "accuracy"]].sum()
    return sums.assign(
        **{key: sums[key] / sums["images"] for key in ("confidence", "accuracy")}
    ).reset_index()


def _curve(axis: Axes, bins: pd.DataFrame) -> None:
    """Each seed faint, all their images together strong, by how many; and what is calibrated."""
    colour = style.PALETTE[0]
    diagonal: dict[str, Any] = {"color": style.QUIET, "linewidth": 0.8, "linestyle": "--"}
    axis.plot([0, 100], [0, 100], **diagonal, label=_("calibrated"), gid=CALIBRATED)
    seeds = bins["seed"].nunique()
    each = bins[bins["images"] >= _FEW]
    if seeds > 1 and len(each):
        each = each.assign(confidence=100 * each["confidence"], accuracy=100 * each["accuracy"])
        faint: dict[str, Any] = {"color": colour, "linewidth": 0.6, "alpha": 0.35, "gid": SEEDS}
        faint |= {"units": "seed", "estimator": None, "legend": False}
        sns.lineplot(each, x="confidence", y="accuracy", ax=axis, **faint)
        axis.lines[-1].set_label(_("each seed"))
    strong = together(bins)
    said = style.seeds_in_words(seeds)
    few = _("fewer than %(n)s images") % {"n": _FEW}
    for rows, face, label in (
        (strong[strong["images"] >= _FEW], colour, said),
        (strong[strong["images"] < _FEW], "white", few),
    ):
        if len(rows):
            _points(axis, rows, rows["images"] / strong["images"].sum(), face, label)
    axis.set(xlabel=_("confidence, %"), ylabel=_("accuracy, %"))


def _points(axis: Axes, rows: pd.DataFrame, shares: pd.Series, face: str, label: str) -> None:
    """The bins, larger for more images; a line through those that are not nearly empty."""
    colour = style.PALETTE[0]
    if face == colour:
        axis.plot(rows["confidence"], rows["accuracy"], color=colour, linewidth=1.2)
    least, most = _AREAS
    axis.scatter(
        rows["confidence"],
        rows["accuracy"],
        s=least + (most - least) * np.sqrt(shares),
        facecolor=face,
        edgecolor=colour,
        linewidth=0.8,
        zorder=3,
        clip_on=False,  # shares of 0 and 100 % lie on the frame
        label=label,
    )


def _shares(axis: Axes, bins: pd.DataFrame) -> None:
    images = bins.groupby("bin")["images"].sum()
    edges = np.linspace(0, 100, len(images) + 1)
    axis.stairs(100 * images / images.sum(), edges, fill=True, color=style.PALETTE[1])
    axis.set_ylabel(_("images, %"))


def _error(error: dict[str, float | None]) -> str:
    shown = {key: 100 * max(error[key] or 0, 0) for key in ("mean", "low", "high")}
    found = {key: number(value, f".{PLACES}f") for key, value in shown.items()}
    if error["low"] is None:
        return _("expected calibration error: %(mean)s points") % found
    return _("expected calibration error: %(mean)s points (%(low)s to %(high)s)") % found
