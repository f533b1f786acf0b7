"""The wrong answers that a network was surest of."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy.figures import style
from convstudy.figures.drawing import Drawing
from convstudy.figures.tables import Errors
from convstudy.language import gettext as _
from convstudy.language import number

_COLUMNS = 8
_CELL = style.PAGE_WIDTH / _COLUMNS  # inches
_WORDS = 0.42  # inches below a picture
_NAME = 20  # letters


def draw(drawing: Drawing, errors: Errors, pictures: np.ndarray) -> Figure:
    """A grid of pictures, uint8 (I, H, W, C), with the true class and what was said of each."""
    rows = max(1, -(-len(pictures) // _COLUMNS))
    figure = style.page(0.35 + rows * (_CELL + _WORDS))
    seed = _("seed %(seed)s") % {"seed": errors.seeds[0]}
    style.head(figure, style.of_network(errors.title, errors.dataset, seed))
    axes = figure.subplots(rows, _COLUMNS).ravel()
    for axis in axes:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    mistakes = errors.mistakes.to_dict("records")
    for axis, image, mistake in zip(axes, pictures, mistakes, strict=False):
        _picture(axis, image, mistake)
    if not mistakes:
        said = _("None of the %(n)s test images is mistaken.") % {"n": number(errors.images)}
        figure.text(0.01, 0.4, said)
    return figure


def _picture(axis: Axes, image: np.ndarray, mistake: dict[str, Any]) -> None:
    axis.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=255)
    width = _CELL - 0.1
    true, predicted = (
        style.wrapped(style.shortened(text, _NAME), width, style.SMALL)
        for text in (mistake["true"], _("as %(predicted)s") % mistake)
    )
    sure = _("%(value)s %%") % {"value": number(100 * mistake["confidence"], ".1f")}
    words = f"{true}\n{predicted}\n{sure}"
    axis.set_xlabel(words, fontsize=style.SMALL, linespacing=1.05)
