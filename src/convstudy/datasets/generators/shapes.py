"""Ten shapes in colour, 32 × 32, on cluttered backgrounds; stands in for CIFAR-10, in its format.

Colours carry nothing about the class, and shapes move, turn and change size, so that only their
outlines tell them apart.
"""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from convstudy.datasets.generators import warp

CLASSES = [
    "arrow", "crescent", "cross", "disc", "heart", "ring", "square", "star", "triangle", "wave",
]  # fmt: skip
SIZE = 32
TEMPLATE_SIDE = 64
OVERSAMPLING = 8
DISTORTION = warp.Distortion(
    rotation=20, scale=(0.65, 1.0), aspect=0.15, shear=0.12, shift=0.32, elastic=0.05
)
BARS = 5  # pieces of clutter per image
CHUNK = 250


def draw(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`count` images uint8 (N, 3, 32, 32) and labels int64 (N,)."""
    outlines = np.stack([_template(name) for name in CLASSES])
    labels = warp.balanced_labels(rng, count, len(CLASSES))
    chunks = [_draw(outlines, labels[i : i + CHUNK], rng) for i in range(0, count, CHUNK)]
    return np.concatenate(chunks), labels


def _draw(outlines: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    count = len(labels)
    # Shapes are lighter than what lies behind them, as if lit; the hue of either is anything.
    colour = rng.uniform(0.35, 1.0, (count, 3, 1, 1))
    behind = rng.uniform(0.0, 0.6, (count, 3, 1, 1))
    picture = _background(behind, rng)
    x, y = warp.coordinates(rng, count, SIZE, DISTORTION)
    mask = np.clip((warp.sample(outlines, labels, x, y) - 0.5) * 2.5 + 0.5, 0, 1)[:, None]
    shade = 0.15 * warp.smooth_field(rng, (count, 1), SIZE)
    picture += mask * (colour + shade - picture)
    grain = warp.noise(rng, picture.shape) * rng.uniform(0.01, 0.06, (count, 1, 1, 1))
    return warp.to_bytes(picture + grain)


def _background(colour: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A smooth change of colour, and bars and specks across it: float64 (N, 3, 32, 32)."""
    count = len(colour)
    picture = colour + 0.2 * warp.smooth_field(rng, (count, 3), SIZE)
    axis = (np.arange(SIZE) + 0.5) * 2 / SIZE - 1
    for _ in range(BARS):
        angle = rng.uniform(0, math.pi, (count, 1, 1))
        centre_x, centre_y = rng.uniform(-1, 1, (2, count, 1, 1))
        x, y = axis[None, None, :] - centre_x, axis[None, :, None] - centre_y
        along = np.abs(np.cos(angle) * x + np.sin(angle) * y)
        across = np.abs(np.cos(angle) * y - np.sin(angle) * x)
        length = rng.uniform(0.1, 0.7, (count, 1, 1))
        width = rng.uniform(0.05, 0.14, (count, 1, 1))
        outside = np.maximum(along - length, across - width)
        mask = np.clip(0.5 - outside * SIZE / 2, 0, 1)[:, None]
        picture += mask * (rng.random((count, 3, 1, 1)) - picture)
    return picture


def _template(name: str) -> np.ndarray:
    """float64 (64, 64): the outline filled, slightly blurred so that it can be sampled smoothly."""
    side = TEMPLATE_SIDE * OVERSAMPLING
    image = Image.new("L", (side, side))
    pen = ImageDraw.Draw(image)
    for fill, kind, points in _outline(name):
        scaled = [(side * (1 + x) / 2, side * (1 + y) / 2) for x, y in points]
        getattr(pen, kind)(scaled, fill=255 * fill)
    small = image.resize((TEMPLATE_SIDE, TEMPLATE_SIDE), Image.Resampling.BOX)
    return np.asarray(small.filter(ImageFilter.GaussianBlur(0.8)), np.float64) / 255


def _outline(name: str) -> list[tuple[int, str, list[tuple[float, float]]]]:
    """Steps (1 fills, 0 clears; "polygon" or "ellipse"; its points or box) in [-1, 1]², y down."""
    match name:
        case "arrow":
            head = [(-0.7, -0.05), (0, -0.75), (0.7, -0.05)]
            return [(1, "polygon", head), (1, "polygon", _box(-0.24, -0.1, 0.24, 0.75))]
        case "crescent":
            return [(1, "ellipse", _disc(0, 0, 0.72)), (0, "ellipse", _disc(0.38, 0, 0.58))]
        case "cross":
            bars = (_box(-0.22, -0.72, 0.22, 0.72), _box(-0.72, -0.22, 0.72, 0.22))
            return [(1, "polygon", bar) for bar in bars]
        case "disc":
            return [(1, "ellipse", _disc(0, 0, 0.66))]
        case "heart":
            lobes = [(1, "ellipse", _disc(x, -0.28, 0.38)) for x in (-0.34, 0.34)]
            return [*lobes, (1, "polygon", [(-0.68, -0.12), (0.68, -0.12), (0, 0.75)])]
        case "ring":
            return [(1, "ellipse", _disc(0, 0, 0.7)), (0, "ellipse", _disc(0, 0, 0.38))]
        case "square":
            return [(1, "polygon", _box(-0.58, -0.58, 0.58, 0.58))]
        case "star":
            return [(1, "polygon", _spikes(5, 0.82, 0.34))]
        case "triangle":
            return [(1, "polygon", [(0, -0.72), (0.74, 0.58), (-0.74, 0.58)])]
        case "wave":
            steps = [-0.75 + 1.5 * i / 40 for i in range(41)]
            upper = [(x, 0.35 * math.sin(4.2 * x) - 0.2) for x in steps]
            return [(1, "polygon", upper + [(x, y + 0.4) for x, y in reversed(upper)])]
    raise ValueError(name)


def _box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _disc(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [(x - radius, y - radius), (x + radius, y + radius)]


def _spikes(count: int, outer: float, inner: float) -> list[tuple[float, float]]:
    corners = []
    for i in range(2 * count):
        radius = inner if i % 2 else outer
        angle = math.pi * i / count
        corners.append((radius * math.sin(angle), -radius * math.cos(angle)))
    return corners
