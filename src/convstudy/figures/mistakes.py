"""`convstudy draw-mistakes`: the wrong answers that a network was surest of."""

import argparse
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy import language
from convstudy.errors import StudyError
from convstudy.figures import errors, style
from convstudy.language import gettext as _
from convstudy.language import number

_COLUMNS = 8
_CELL = style.PAGE_WIDTH / _COLUMNS  # inches
_WORDS = 0.42  # inches below a picture
_NAME = 20  # letters


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy draw-mistakes", description=__doc__)
    parser.add_argument("--errors", type=Path, required=True, help="JSON of the section")
    parser.add_argument("--pictures", type=Path, required=True, help="their images, NPZ")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", type=Path, required=True, help="PNG to write")
    options = parser.parse_args(argv)
    found = errors.read(options.errors)
    images = _images(options.pictures)
    if len(images) != len(found["mistakes"]):
        raise StudyError(
            f"{options.pictures} holds other images than {options.errors} lists. "
            "Delete it and run snakemake again."
        )
    with style.styled(), language.speaking(options.words):
        style.save(draw(found, images), options.output)


def _images(path: Path) -> np.ndarray:
    """uint8 (I, H, W, C), as `convstudy errors` wrote them."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            images: np.ndarray = stored["images"]
            return images
    except FileNotFoundError:
        said = "is missing"
    except (KeyError, OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        said = f"cannot be read ({error})"
    raise StudyError(f"{path} {said}. Delete it and run snakemake again.")


def draw(found: errors.Errors, images: np.ndarray) -> Figure:
    """A grid of pictures, uint8 (I, H, W, C), with the true class and what was said of each."""
    rows = max(1, -(-len(images) // _COLUMNS))
    figure = style.page(0.35 + rows * (_CELL + _WORDS))
    errors.head(figure, found, _("seed %(seed)s") % {"seed": found["seeds"][0]})
    axes = figure.subplots(rows, _COLUMNS).ravel()
    for axis in axes:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    for axis, image, mistake in zip(axes, images, found["mistakes"], strict=False):
        _picture(axis, image, mistake)
    if not found["mistakes"]:
        said = _("None of the %(n)s test images is mistaken.") % {"n": number(found["images"])}
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
