"""The kernels that a convolution has learned, each above the map that it makes of one image."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from convstudy.figures import style
from convstudy.figures.activations import axes, place, scale, sheet
from convstudy.figures.drawing import Drawing
from convstudy.figures.maps import Kernels
from convstudy.gettext_noop import N_
from convstudy.language import gettext as _
from convstudy.language import layer_in_words, ngettext

_MOST = 16  # kernels shown
_IMAGE = 2.25  # widths of a map: the image is two high, and a gap
_ACROSS = _IMAGE + _MOST
_LEFT = 0.75  # inches for the words beside the lines
_MARGIN = 0.08
_HEAD, _BETWEEN, _FOOT = 0.2, 0.3, 0.36  # inches
_NOTE = N_(
    "Trained networks, after the last epoch. Kernels: orange is positive, violet negative, white "
    "zero; each network has a scale of its own. All are drawn equally large."
)


def draw(drawing: Drawing, kernels: list[Kernels]) -> Figure:
    """Two lines per network and layer: the kernels, and below each its map of the same image."""
    size = (style.PAGE_WIDTH - _LEFT - _MARGIN) / _ACROSS
    height = 2 * size
    total = _HEAD + len(kernels) * (height + _BETWEEN) + _FOOT
    figure = sheet(total, drawing, _(_NOTE))
    top = total - _HEAD
    for one in kernels:
        top -= _BETWEEN + height
        _draw_layer(figure, one, top, size)
    return figure


def _draw_layer(figure: Figure, one: Kernels, bottom: float, size: float) -> None:
    """The image, beside it kernels above maps; `bottom` and `size` of a square in inches."""
    axis = axes(figure, _LEFT, bottom, _ACROSS * size, 2 * size)
    place(axis, one.block.images[0].squeeze(), 0, 0, 2, cmap="gray", vmin=0, vmax=255)
    weights, answers = _signed(one.kernels), scale(one.block.maps)
    for number in range(min(_MOST, len(one.kernels))):
        left = _IMAGE + number
        place(axis, one.kernels[number], left, 0, 1, cmap=weights.cmap, norm=weights.norm)
        answer = one.block.maps[0, number]
        place(axis, answer, left, 1, 1, cmap=answers.cmap, norm=answers.norm)
    axis.set(xlim=(0, _ACROSS), ylim=(2, 0), aspect="auto")
    axis.set_axis_off()
    words: dict[str, Any] = {"ha": "right", "va": "center", "fontsize": style.SMALL}
    for line, said in enumerate((_("kernels"), _("maps"))):
        axis.text(-0.2, line + 0.5, said, **words)
    total = figure.get_size_inches()[1]
    figure.text(0.01, (bottom + 2 * size + 0.04) / total, _title(one))


def _signed(kernels: np.ndarray) -> Any:
    """Colours that diverge around white = 0, also where all weights have one sign."""
    return scale(np.stack([kernels, -kernels]))


def _title(one: Kernels) -> str:
    channels, high, wide = one.kernels.shape
    shown = min(_MOST, channels)
    counts = {"shown": shown, "channels": channels}
    if shown == channels:
        part = ngettext("all %(channels)s kernel", "all %(channels)s kernels", channels) % counts
    else:
        part = _("kernels 1-%(shown)s of %(channels)s") % counts
    more = [_("means over %(n)s input channels") % {"n": one.depth}] if one.depth > 1 else []
    seed = _("seed %(seed)s") % {"seed": one.block.experiment.seeds[0]}
    name = style.shortened(one.block.experiment.title, 40)
    layer = layer_in_words(one.block.layer)
    return " · ".join([name, layer, f"{part}, {high}×{wide}", *more, seed])
