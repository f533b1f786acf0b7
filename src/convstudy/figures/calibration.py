"""`convstudy draw-calibration`: how often a network is right that is so sure."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy.figures import errors, style


def main(argv: list[str]) -> None:
    errors.command(argv, "draw-calibration", __doc__, draw)


def draw(found: errors.Errors) -> Figure:
    """Accuracy over confidence, and how many images have which confidence."""
    images, sure, right = (
        np.array(found["calibration"][key], dtype=float)  # (seeds, bins)
        for key in ("images", "confidence", "accuracy")
    )
    figure = style.page(3.3)
    style.head(figure, f"{found['title']} · {found['dataset']} · {errors.seeds_in_words(found)}")
    curve, shares = figure.subplots(1, 2)
    _curve(curve, images, sure, right)
    curve.set_title(_error(found["calibration"]["error"]), loc="left")
    _shares(shares, images)
    for axis in (curve, shares):
        axis.set(xlabel="confidence, %", xlim=(0, 100), ylim=(0, 100))
    return figure


def _curve(axis: Axes, images: np.ndarray, sure: np.ndarray, right: np.ndarray) -> None:
    """Each seed faint, all of their images together strong, beside what would be calibrated."""
    colour = style.PALETTE[0]
    diagonal = {"color": style.QUIET, "linewidth": 0.8, "linestyle": "--"}
    axis.plot([0, 100], [0, 100], **diagonal, label="calibrated")
    if len(images) > 1:
        axis.plot(100 * sure.T, 100 * right.T, color=colour, linewidth=0.7, alpha=0.4)
        axis.lines[-1].set_label("each seed")
    filled = images.sum(axis=0) > 0
    together = [
        100 * np.nansum(images * values, axis=0)[filled] / images.sum(axis=0)[filled]
        for values in (sure, right)
    ]
    strong = {"color": colour, "linewidth": 1.6, "marker": "o", "markersize": 4}
    axis.plot(*together, **strong, label=f"{len(images)} seeds" if len(images) > 1 else "network")
    axis.legend(loc="upper left")
    axis.set_ylabel("accuracy, %")


def _shares(axis: Axes, images: np.ndarray) -> None:
    shares = 100 * images.sum(axis=0) / images.sum()
    edges = np.linspace(0, 100, len(shares) + 1)
    axis.stairs(shares, edges, fill=True, color=style.PALETTE[1])
    axis.set_ylabel("images, %")
    axis.set_title("images of each confidence", loc="left")


def _error(error: dict[str, float | None]) -> str:
    said = f"expected calibration error {100 * error['mean']:.1f} %"
    if error["low"] is None:
        return said
    return f"{said} ({100 * max(error['low'], 0):.1f} to {100 * error['high']:.1f})"
