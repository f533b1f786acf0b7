"""One image file → pixels as a person sees them in a viewer."""

import io
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

# What torchvision's ImageFolder lists, and gif.
SUFFIXES = (
    *(".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"),
    ".gif",
)
_FORMATS = ("PNG", "JPEG", "PPM", "BMP", "TIFF", "WEBP", "GIF")
# A transparent image takes 13 bytes per pixel here, so less than 1 GB.
MOST_PIXELS = 64_000_000


class NotReadableError(Exception):
    """What is wrong with one image, in a phrase that follows its name."""


def decode(content: bytes, options: Mapping[str, Any]) -> tuple[np.ndarray, list[str]]:
    """Pixels uint8 (C, H, W), and what was done to them that a reader should know.

    Upright, as its EXIF data say; laid on option `background` (white) where it is transparent; the
    first frame of an animation; 16 bits per channel scaled to 8. C is 3, or 1 with `colour: false`;
    `image_size` [H, W] resizes (bilinear, antialiased). Raises `NotReadableError`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow's on oddities that do not matter
            return _decode(content, options)
    except UnidentifiedImageError:
        raise NotReadableError("damaged, or of another format than its name says") from None
    except Exception as error:  # decoders raise nearly anything at a damaged file
        raise NotReadableError(str(error) or type(error).__name__) from None


def _decode(content: bytes, options: Mapping[str, Any]) -> tuple[np.ndarray, list[str]]:
    done = []
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise ValueError(f"{height}×{width} pixels: a decompression bomb, or too large")
        # The second image of an MPO is a preview or the other eye's.
        if getattr(image, "is_animated", False) and image.format != "MPO":
            done.append("animated")
        picture: Image.Image = image
        if image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PNG", "PPM")):
            deep = np.asarray(image).astype(np.float32)
            picture = Image.fromarray(np.rint(deep / 257).clip(0, 255).astype(np.uint8))
            picture.info.update(exif=image.getexif().tobytes())
            done.append("deep")
        elif image.mode in ("I", "F"):
            raise ValueError("32 bits per channel; convert it: magick FILE -depth 8 NEW.png")
        picture = ImageOps.exif_transpose(picture)
    if picture.has_transparency_data:
        picture, is_seen = _composed(picture, options.get("background", "#ffffff"))
        done += ["transparent"] * is_seen
    if options.get("colour", True):
        done += ["coloured"] * (picture.mode in ("L", "1"))
        picture = picture.convert("RGB")
    else:
        picture = picture.convert("L")
    size = options.get("image_size")
    if size and picture.size != (size[1], size[0]):
        done.append("resized")
        picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    pixels = np.asarray(picture)
    pixels = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    return np.ascontiguousarray(pixels), done  # np.stack would keep the order of the axes in memory


def _composed(picture: Image.Image, background: str) -> tuple[Image.Image, bool]:
    """The picture on its background, and whether any of that shows."""
    clear = picture.convert("RGBA")
    alpha = clear.getchannel("A")
    ground = Image.new("RGB", clear.size, background)
    ground.paste(clear, mask=alpha)
    return ground, alpha.getextrema() != (255, 255)
