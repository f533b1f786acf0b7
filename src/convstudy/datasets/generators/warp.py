"""Templates under random affine and elastic distortion, many images at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

KNOTS = 5  # per side of the coarse grid that carries the elastic displacement


@dataclass(frozen=True)
class Distortion:
    """Ranges to draw from, uniformly; lengths as shares of half the image's side."""

    rotation: float  # degrees, to either side
    scale: tuple[float, float]  # of the template
    aspect: float  # widening or narrowing, to either side
    shear: float  # to either side
    shift: float  # to either side
    elastic: float  # displacement of each knot of a coarse grid, to either side


def coordinates(
    rng: np.random.Generator, count: int, size: int, distortion: Distortion
) -> tuple[Floats, Floats]:
    """Where in its template each pixel looks: x, y float64 (N, size, size), template = [-1, 1]²."""
    axis = (np.arange(size) + 0.5) * 2 / size - 1
    shift = _either_side(rng, (2, count, 1, 1), distortion.shift)
    x, y = axis[None, None, :] - shift[0], axis[None, :, None] - shift[1]
    angle = np.deg2rad(_either_side(rng, (count, 1, 1), distortion.rotation))
    scale = rng.uniform(*distortion.scale, (count, 1, 1))
    stretch = 1 + _either_side(rng, (count, 1, 1), distortion.aspect)
    shear = _either_side(rng, (count, 1, 1), distortion.shear)
    turned_x = (np.cos(angle) * x + np.sin(angle) * y) / (scale * stretch)
    turned_y = (np.cos(angle) * y - np.sin(angle) * x) / scale
    displaced = _either_side(rng, (2, count, KNOTS, KNOTS), distortion.elastic)
    bend = _smooth_interpolation(size)
    bent_x, bent_y = bend @ displaced @ bend.T
    return turned_x + shear * turned_y + bent_x, turned_y + bent_y


def sample(templates: Floats, which: Integers, x: Floats, y: Floats) -> Floats:
    """Read templates (T, S, S) at x, y (N, H, W) in [-1, 1], bilinearly; outside is the border.

    `which` (N,) says which template each image uses. Returns float64 (N, H, W).
    """
    side = templates.shape[-1]
    column = np.clip((x + 1) * side / 2 - 0.5, 0, side - 1.001)
    row = np.clip((y + 1) * side / 2 - 0.5, 0, side - 1.001)
    left, top = column.astype(np.int64), row.astype(np.int64)
    across, down = column - left, row - top
    corner = (which[:, None, None] * side + top) * side + left
    flat = templates.reshape(-1)
    upper = flat[corner] * (1 - across) + flat[corner + 1] * across
    lower = flat[corner + side] * (1 - across) + flat[corner + side + 1] * across
    read: Floats = upper * (1 - down) + lower * down
    return read


def smooth_field(rng: np.random.Generator, shape: tuple[int, ...], size: int) -> Floats:
    """Smooth random fields in [-1, 1]: float64 (*shape, size, size)."""
    bend = _smooth_interpolation(size)
    return bend @ _either_side(rng, (*shape, KNOTS, KNOTS), 1.0) @ bend.T


def noise(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Bell-shaped noise of mean 0 and standard deviation 1: four uniform draws, float64."""
    drawn: Floats = (rng.random((4, *shape)).sum(0) - 2) * np.sqrt(3.0)
    return drawn


def to_bytes(values: Floats) -> NDArray[np.uint8]:
    """Brightness 0-1 to uint8."""
    whole: Floats = np.rint(np.clip(values, 0, 1) * 255)
    return whole.astype(np.uint8)


def balanced_labels(rng: np.random.Generator, count: int, classes: int) -> Integers:
    """int64 (N,): each class as often as the others (to within one), in random order."""
    return rng.permutation(np.arange(count, dtype=np.int64) % classes)


def _either_side(rng: np.random.Generator, shape: tuple[int, ...], reach: float) -> Floats:
    return rng.uniform(-reach, reach, shape)


def _smooth_interpolation(size: int) -> Floats:
    """Weights (size, KNOTS) from knots to pixels; smoothstep, so that no edge shows at a knot."""
    position = np.arange(size) * (KNOTS - 1) / (size - 1)
    left = np.minimum(position.astype(np.int64), KNOTS - 2)
    t = position - left
    t = t * t * (3 - 2 * t)
    weights = np.zeros((size, KNOTS))
    weights[np.arange(size), left] = 1 - t
    weights[np.arange(size), left + 1] = t
    return weights
