"""Grey digits, 28 × 28: glyphs of the fonts that come with matplotlib, distorted.

Stands in for MNIST, in its format. Each image has a font, an affine and an elastic distortion,
a stroke width, an ink, fragments of other strokes and noise of its own; digits move far enough
(±4 pixels) that a network which knows nothing of neighbourhoods is at a disadvantage.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from convstudy.datasets.generators import warp
from convstudy.errors import StudyError

CLASSES = [str(digit) for digit in range(10)]
SIZE = 28
FONTS = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansMono",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "DejaVuSerif-Italic",
    "STIXGeneral",
    "STIXGeneralBol",
    "STIXGeneralItalic",
    "cmr10",
    "cmss10",
    "cmtt10",
    "cmti10",
)
TEMPLATE_SIDE = 64
GLYPH_HEIGHT = 44  # of TEMPLATE_SIDE
DISTORTION = warp.Distortion(
    rotation=15, scale=(0.8, 1.1), aspect=0.15, shear=0.2, shift=4 / 14, elastic=0.1
)
CHUNK = 500  # images at a time: their coordinates stay in the processor's cache


def draw(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`count` images uint8 (N, 1, 28, 28), white on black, and labels int64 (N,)."""
    glyphs = _templates()
    labels = warp.balanced_labels(rng, count, len(CLASSES))
    chunks = [_draw(glyphs, labels[i : i + CHUNK], rng) for i in range(0, count, CHUNK)]
    return np.concatenate(chunks)[:, None], labels


def _draw(glyphs: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    count = len(labels)
    which = rng.integers(len(FONTS), size=count) * len(CLASSES) + labels
    x, y = warp.coordinates(rng, count, SIZE, DISTORTION)
    # Templates are blurred outlines: the level at which one is cut sets the width of its strokes.
    level = rng.uniform(0.2, 0.42, (count, 1, 1))
    soft = rng.uniform(0.15, 0.35, (count, 1, 1))
    ink = np.clip((warp.sample(glyphs, which, x, y) - level) / soft + 0.5, 0, 1)
    evenness = 0.85 + 0.15 * warp.smooth_field(rng, (count,), SIZE)
    ink *= rng.uniform(0.6, 1.0, (count, 1, 1)) * evenness
    stray = _stray_ink(glyphs, count, rng)
    grain = warp.noise(rng, ink.shape) * rng.uniform(0.02, 0.12, (count, 1, 1))
    return warp.to_bytes(np.maximum(ink, stray) + grain)


def _stray_ink(glyphs: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Pieces of other digits at the edge, fainter: float64 (N, 28, 28)."""
    which = rng.integers(len(glyphs), size=count)
    x, y = warp.coordinates(rng, count, SIZE, DISTORTION)
    quarter = rng.integers(4, size=count)
    away_x = np.where(quarter % 2, 1.45, -1.45) * (quarter < 2)
    away_y = np.where(quarter % 2, 1.45, -1.45) * (quarter >= 2)
    ink = warp.sample(glyphs, which, x + away_x[:, None, None], y + away_y[:, None, None])
    strength = rng.uniform(0, 0.6, (count, 1, 1))
    return np.clip((ink - 0.35) / 0.25 + 0.5, 0, 1) * strength


def _templates() -> np.ndarray:
    """float64 (fonts × 10, 64, 64): each digit of each font, centred, of one height, blurred."""
    folder = _font_folder()
    return np.stack([_glyph(folder / f"{font}.ttf", digit) for font in FONTS for digit in CLASSES])


def _font_folder() -> Path:
    # Found without importing matplotlib, which costs seconds and is for `figures` alone.
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise StudyError("generator digits: matplotlib, whose fonts it draws with, is missing.")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


def _glyph(path: Path, digit: str) -> np.ndarray:
    try:
        # Basic layout: the better one depends on a library that some builds of Pillow lack.
        font = ImageFont.truetype(str(path), 4 * GLYPH_HEIGHT, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        raise StudyError(
            f"generator digits: the font {path} is missing. Install the locked matplotlib."
        ) from None
    left, top, right, bottom = map(int, font.getbbox(digit))
    large = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(large).text((-left, -top), digit, fill=255, font=font)
    width = max(round((right - left) * GLYPH_HEIGHT / (bottom - top)), 1)
    glyph = large.resize((width, GLYPH_HEIGHT), Image.Resampling.BOX)
    canvas = Image.new("L", (TEMPLATE_SIDE, TEMPLATE_SIDE))
    canvas.paste(glyph, ((TEMPLATE_SIDE - width) // 2, (TEMPLATE_SIDE - GLYPH_HEIGHT) // 2))
    return np.asarray(canvas.filter(ImageFilter.GaussianBlur(1.6)), np.float64) / 255
