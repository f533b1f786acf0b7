"""What layers of trained networks answer to the same test images."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from convstudy.figures import style
from convstudy.figures.drawing import Drawing
from convstudy.figures.maps import Block
from convstudy.gettext_noop import N_
from convstudy.language import gettext as _
from convstudy.language import layer_in_words, ngettext

_MAPS = 16  # shown per layer and image
_COLUMNS = 16  # of maps, side by side
_GAP = 0.06  # between maps, in widths of a map
_RIGHT = 0.62  # inches for the colour scale
_HEAD, _BETWEEN, _FOOT = 0.2, 0.3, 0.36  # inches
_LARGEST = 0.72  # inches of a map
_NOTE = N_(
    "Trained networks, after the last epoch; the same test images for all. A column is one map. "
    "One colour scale per network and layer: its ends hold 99 % of the values."
)


def draw(drawing: Drawing, activations: list[Block]) -> Figure:
    """A block per network and layer; in it a line per image: the image, then its maps."""
    blocks = activations
    left = _room_for_names(blocks)
    # Blocks of the same layer are compared, so their maps have the same size.
    sizes = [min(_cell(b, left) for b in blocks if b.layer == one.layer) for one in blocks]
    heights = [_lines(block) * size for block, size in zip(blocks, sizes, strict=True)]
    total = _HEAD + sum(heights) + _BETWEEN * len(blocks) + _FOOT
    figure = sheet(total, drawing, _(_NOTE))
    top = total - _HEAD
    for block, size, height in zip(blocks, sizes, heights, strict=True):
        top -= _BETWEEN
        top -= height
        _draw_block(figure, block, (left, top, size * _across(block), height))
    return figure


def sheet(total: float, drawing: Drawing, note: str) -> Figure:
    """A page that is laid out in inches, `total` of them high, with its title and a note."""
    figure = style.page(total, layout=None)
    title = style.shortened(f"{drawing.title} · {drawing.dataset}", 80)
    bold: dict[str, Any] = {"fontsize": style.TITLE, "fontweight": "bold", "va": "top"}
    figure.text(0.01, 1 - 0.06 / total, title, **bold)
    quiet: dict[str, Any] = {"fontsize": style.SMALL, "color": style.QUIET, "va": "bottom"}
    words = style.wrapped(note, style.PAGE_WIDTH, style.SMALL)
    figure.text(0.01, 0.06 / total, words, **quiet)
    return figure


def _shown(block: Block) -> int:
    channels: int = block.maps.shape[1]
    return min(_MAPS, channels)


def _lines(block: Block) -> int:
    """Height of a block in maps: each image takes as many lines as its maps."""
    return len(block.maps) * -(-_shown(block) // _COLUMNS)


def _across(block: Block) -> float:
    """Width of a block in maps: the image, a gap and the maps beside each other."""
    return _lines(block) / len(block.maps) + 0.25 + min(_shown(block), _COLUMNS)


def _cell(block: Block, left: float) -> float:
    """Inches of a map, so that the block fills the page."""
    return min(_LARGEST, (style.PAGE_WIDTH - left - _RIGHT) / _across(block))


def _room_for_names(blocks: list[Block]) -> float:
    """Inches at the left, for the longest name of a class."""
    names = [_name(name) for block in blocks for name in block.names]
    return 0.15 + max(style.width(part, style.SMALL) for name in names for part in name.split("\n"))


def _name(text: str) -> str:
    return style.wrapped(style.shortened(text, 24), 0.7, style.SMALL)


def _draw_block(figure: Figure, block: Block, where: tuple[float, float, float, float]) -> None:
    """Draw into `where`: left, bottom, width and height in inches."""
    left, bottom, width, height = where
    axis = axes(figure, *where)
    colours = scale(block.maps)
    per_image = _lines(block) // len(block.maps)
    for row, (image, maps) in enumerate(zip(block.images, block.maps, strict=True)):
        top = row * per_image
        place(axis, image.squeeze(), 0, top, per_image, cmap="gray", vmin=0, vmax=255)
        beside = -0.06 * _across(block) / width
        name: dict[str, Any] = {"ha": "right", "va": "center", "fontsize": style.SMALL}
        axis.text(beside, top + per_image / 2, _name(block.names[row]), **name)
        for number, one in enumerate(maps[:_MAPS]):
            down, along = divmod(number, _COLUMNS)
            corner = (per_image + 0.25 + along, top + down)
            place(axis, one, *corner, 1, cmap=colours.cmap, norm=colours.norm)
    axis.set(xlim=(0, _across(block)), ylim=(_lines(block), 0), aspect="auto")
    axis.set_axis_off()
    total = figure.get_size_inches()[1]
    figure.text(0.01, (bottom + height + 0.04) / total, _title(block))
    bar = figure.colorbar(colours, cax=axes(figure, left + width + 0.06, bottom, 0.09, height))
    bar.locator = MaxNLocator(4)
    bar.formatter = style.Numbers()
    bar.ax.tick_params(labelsize=style.SMALL, length=2, pad=1)
    bar.set_label(_("value of the map"), fontsize=style.SMALL, labelpad=1)
    bar.outline.set_visible(False)


def axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place given in inches."""
    page, total = figure.get_size_inches()
    return figure.add_axes((left / page, bottom / total, width / page, height / total))


def place(
    axis: Axes, picture: np.ndarray, left: float, top: float, size: float, **colours: Any
) -> None:
    """Draw a picture into a square of the axis, in maps, with a gap around it."""
    near, far = _GAP / 2, size - _GAP / 2
    axis.imshow(picture, extent=(left + near, left + far, top + far, top + near), **colours)


def scale(maps: np.ndarray) -> ScalarMappable:
    """Colours of a layer: diverging around white = 0 if it answers with both signs."""
    signed = bool((maps < 0).any())
    end = float(np.percentile(np.abs(maps), 99)) or float(np.abs(maps).max()) or 1.0
    low = -end if signed else 0.0
    return ScalarMappable(Normalize(low, end, clip=True), "PuOr_r" if signed else "viridis")


def _title(block: Block) -> str:
    channels, high, wide = block.maps.shape[1:]
    shown = _shown(block)
    counts = {"shown": shown, "channels": channels}
    if shown == channels:
        part = ngettext("all %(channels)s map", "all %(channels)s maps", channels) % counts
    else:
        part = _("maps 1-%(shown)s of %(channels)s") % counts
    one = block.experiment
    seed = _("seed %(seed)s") % {"seed": one.seeds[0]}
    layer = layer_in_words(block.layer)
    return f"{style.shortened(one.title, 40)} · {layer} · {part}, {high}×{wide} · {seed}"
