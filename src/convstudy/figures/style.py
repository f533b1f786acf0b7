"""What all figures share: palette, sizes of page and type, and how a figure becomes a file."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import matplotlib
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.textpath import text_to_path
from matplotlib.ticker import ScalarFormatter

from convstudy.files import replacing
from convstudy.language import gettext as _
from convstudy.language import localised, ngettext

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

PAGE_WIDTH = 7.0  # inches; the text of an A4 page
PAGE_HEIGHT = 9.6  # inches; no figure is taller
DPI = 200
TEXT, SMALL, TITLE = 8.0, 7.0, 9.5  # points
QUIET = "0.35"  # grey of what accompanies the data

# Eight colours that stay apart with normal sight, protanopia, deuteranopia and tritanopia, found by
# search over sRGB: maximal smallest distance in OKLab, contrast with white at least 3, and
# neighbours (the networks of one section) furthest apart. A test holds distances and contrast.
PALETTE = (
    *("#00255A", "#2331FF", "#AD210E", "#2397FA"),
    *("#A88F05", "#782B9F", "#570000", "#ED46A5"),
)
# Nine markers, so that colour and marker together recur only after 72 experiments.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))

# Where DejaVu has no glyph (Chinese, Japanese, Korean), the first of these that is installed has.
FALLBACKS = (
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans JP", "Noto Sans SC", "Noto Sans KR"),
    *("Source Han Sans", "WenQuanYi Zen Hei", "Droid Sans Fallback", "IPAGothic", "NanumGothic"),
    *("Hiragino Sans", "PingFang SC", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic"),
)

_SETTINGS: "dict[RcKeyType, Any]" = {
    "font.size": TEXT,
    "patch.linewidth": 0.6,
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same on every machine
    "text.parse_math": False,  # a `$` in a class name is a dollar
    "axes.titlesize": TEXT,
    "axes.labelsize": TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.edgecolor": "0.15",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "0.9",
    "grid.linewidth": 0.6,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": TEXT,
    "legend.frameon": False,
    "legend.handlelength": 2.2,
    "legend.columnspacing": 1.3,
    "legend.borderaxespad": 0.15,
    "figure.titlesize": TITLE,
    "figure.titleweight": "bold",
    "lines.solid_capstyle": "round",
    "image.interpolation": "nearest",
}


class Look(NamedTuple):
    """How an experiment looks in every figure."""

    colour: str
    marker: str
    dash: object


def look(index: int) -> Look:
    """The look of the experiment at this place of the config; beyond the palette dashes differ."""
    return Look(
        PALETTE[index % len(PALETTE)],
        MARKERS[index % len(MARKERS)],
        DASHES[index // len(PALETTE) % len(DASHES)],
    )


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style, whatever matplotlibrc the user has."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        sns.set_theme("paper", "whitegrid", PALETTE, rc=_SETTINGS)
        installed = {font.name for font in fontManager.ttflist}
        matplotlib.rcParams["font.family"] += [one for one in FALLBACKS if one in installed]
        yield


def page(
    height: float, layout: Literal["constrained"] | None = "constrained", pages: int = 1
) -> Figure:
    """An empty figure as wide as the text, `height` inches tall, at most as many pages."""
    tall = min(height, pages * PAGE_HEIGHT)
    return Figure(figsize=(PAGE_WIDTH, tall), dpi=DPI, layout=layout)


def head(figure: Figure, text: str) -> None:
    """Title of the figure, flush left."""
    figure.suptitle(
        wrapped(" ".join(text.split()), PAGE_WIDTH - 0.2, TITLE), x=0.01, horizontalalignment="left"
    )


def seeds_in_words(seeds: int) -> str:
    """`1 seed` or `5 seeds`."""
    return ngettext("%(n)s seed", "%(n)s seeds", seeds) % {"n": seeds}


def of_network(title: str, dataset: str, *more: str) -> str:
    """A title of a figure of one network: it, its data set and what else is given."""
    return " · ".join([_(title), _(dataset), *more])


def wrapped(text: str, inches: float, points: float) -> str:
    """`text` in lines of at most `inches`; a line holds at least six letters, though."""
    for letters in range(max(6, len(text)), 5, -1):
        lines = textwrap.wrap(text, letters)
        if all(width(line, points) <= inches for line in lines):
            break
    return "\n".join(lines) or " "


def shortened(text: str, letters: int) -> str:
    """`text` on one line of at most so many letters."""
    text = " ".join(text.split())
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def width(text: str, points: float, weight: str = "bold") -> float:
    """Inches that one line of text takes; in bold it takes the most."""
    face = FontProperties(family="DejaVu Sans", weight=weight, size=points)
    return text_to_path.get_text_width_height_descent(text, face, ismath=False)[0] / 72


class Numbers(ScalarFormatter):
    """Numbers along an axis with the signs of the language."""

    def __call__(self, value: float, place: int | None = None) -> str:
        return localised(super().__call__(value, place))


def save(figure: Figure, path: Path) -> None:
    """Write a PNG with the same bytes each time: no date, no version of matplotlib in it."""
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=DPI, metadata={"Software": None})
