"""Random crops and mirror images, whole batches at a time, on the device of the images."""

import torch
from torch import Tensor
from torch.nn import functional as F

from convstudy.errors import StudyError
from convstudy.training.recipe import Recipe
from convstudy.training.seeding import MIRRORED, stream


def augment(images: Tensor, recipe: Recipe, mirrored: Tensor | None = None) -> Tensor:
    """Each image uint8 (N, H, W, C) cropped and mirrored as the recipe says, anew every time.

    From PyTorch's random state of the device, like dropout; `mirrored`, int64 (N,), says which
    images are where chance does not.
    """
    if not (recipe.crop_padding or recipe.flip):
        return images
    count, device, padding = len(images), images.device, recipe.crop_padding
    tops, lefts = torch.randint(0, 2 * padding + 1, (2, count), device=device)
    if mirrored is None:
        mirrored = torch.randint(0, 2, (count,), device=device) * bool(recipe.flip)
    return crop_and_flip(images, padding, tops, lefts, mirrored, recipe.crop_fill)


def alternating(seed: int, epoch: int, images: int) -> Tensor:
    """Which of a training set's images an epoch mirrors: int64 (images,), 0 or 1.

    Half of them, drawn once a run, in odd epochs and the others in even ones: two epochs show each
    image both ways, where coins show a half of them twice the same (Jordan 2024, arXiv:2404.00498).
    """
    generator = torch.Generator().manual_seed(stream(MIRRORED, seed))
    return (torch.randint(0, 2, (images,), generator=generator) + epoch) % 2


def crop_and_flip(
    images: Tensor,
    padding: int,
    tops: Tensor,
    lefts: Tensor,
    mirrored: Tensor,
    fill: str = "black",
) -> Tensor:
    """What torchvision's pad, crop and hflip make of each image, in one look-up.

    images: uint8 (N, H, W, C); tops, lefts: int64 (N,), corner within the padded image; mirrored:
    int64 (N,), 0 or 1; fill: what the padding shows, black | reflect (the image, without its edge
    twice). Raises `StudyError` for a padding that is larger than what could be reflected.
    """
    count, height, width, _ = images.shape
    numbers = torch.arange(max(count, height, width), device=images.device)
    across = numbers[:width].expand(count, width)
    across = torch.where(mirrored[:, None] == 1, width - 1 - across, across) + lefts[:, None]
    down = numbers[:height] + tops[:, None]
    if fill == "reflect":
        if padding >= min(height, width):
            raise StudyError(
                f"recipe.crop_padding: {padding} pixels cannot be reflected from images of "
                f"{height}×{width} pixels. Give at most {min(height, width) - 1}."
            )
        across, down = _reflected(across - padding, width), _reflected(down - padding, height)
    else:
        images = F.pad(images, (0, 0, padding, padding, padding, padding))
    return images[numbers[:count, None, None], down[:, :, None], across[:, None, :]]


def _reflected(places: Tensor, size: int) -> Tensor:
    """Places beyond either end of 0 … size - 1, as many steps back inside."""
    return size - 1 - (size - 1 - places.abs()).abs()
