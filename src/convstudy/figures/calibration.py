"""`convstudy draw-calibration`: how often a network is right that is so sure."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy.figures import errors, style
from convstudy.language import gettext as _
from convstudy.language import number


def main(argv: list[str]) -> None:
    errors.command(argv, "draw-calibration", __doc__, draw)


def draw(found: errors.Errors) -> Figure:
    """Accuracy over confidence, and how many images have which confidence."""
    images, sure, right = (
        np.array(found["calibration"][key], dtype=float)  # (seeds, bins)
        for key in ("images", "confidence", "accuracy")
    )
    figure = style.page(3.3)
    errors.head(figure, found, errors.seeds_in_words(len(found["seeds"])))
    curve, shares = figure.subplots(1, 2)
    _curve(curve, images, sure, right)
    curve.set_title(_error(found["calibration"]["error"]), loc="left")
    _shares(shares, images)
    for axis in (curve, shares):
        axis.set(xlabel=_("confidence, %"), xlim=(0, 100), ylim=(0, 100))
    return figure


def _curve(axis: Axes, images: np.ndarray, sure: np.ndarray, right: np.ndarray) -> None:
    """Each seed faint, all of their images together strong, beside what would be calibrated."""
    colour = style.PALETTE[0]
    diagonal: dict[str, Any] = {"color": style.QUIET, "linewidth": 0.8, "linestyle": "--"}
    axis.plot([0, 100], [0, 100], **diagonal, label=_("calibrated"))
    if len(images) > 1:
        axis.plot(100 * sure.T, 100 * right.T, color=colour, linewidth=0.7, alpha=0.4)
        axis.lines[-1].set_label(_("each seed"))
    filled = images.sum(axis=0) > 0
    together = [
        100 * np.nansum(images * values, axis=0)[filled] / images.sum(axis=0)[filled]
        for values in (sure, right)
    ]
    strong: dict[str, Any] = {"color": colour, "linewidth": 1.6, "marker": "o", "markersize": 4}
    strong["clip_on"] = False  # shares of 0 and 100 % lie on the frame
    axis.plot(*together, **strong, label=errors.seeds_in_words(len(images)))
    axis.legend(loc="upper left")
    axis.set_ylabel(_("accuracy, %"))


def _shares(axis: Axes, images: np.ndarray) -> None:
    shares = 100 * images.sum(axis=0) / images.sum()
    edges = np.linspace(0, 100, len(shares) + 1)
    axis.stairs(shares, edges, fill=True, color=style.PALETTE[1])
    axis.set_ylabel(_("images, %"))
    axis.set_title(_("images of each confidence"), loc="left")


def _error(error: dict[str, float | None]) -> str:
    found = {key: number(100 * max(error[key] or 0, 0), ".2f") for key in ("mean", "low", "high")}
    if error["low"] is None:
        return _("expected calibration error: %(mean)s points") % found
    return _("expected calibration error: %(mean)s points (%(low)s to %(high)s)") % found
