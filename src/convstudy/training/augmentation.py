"""Random crops and mirror images, whole batches at a time, on the device of the images."""

import torch
from torch import Tensor
from torch.nn import functional as F

from convstudy.training.recipe import Recipe


def augment(images: Tensor, recipe: Recipe) -> Tensor:
    """Each image uint8 (N, H, W, C) cropped and mirrored as the recipe says, anew every time.

    From PyTorch's random state of the device, like dropout.
    """
    if not (recipe.crop_padding or recipe.flip):
        return images
    count, device, padding = len(images), images.device, recipe.crop_padding
    tops, lefts = torch.randint(0, 2 * padding + 1, (2, count), device=device)
    mirrored = torch.randint(0, 2, (count,), device=device) * recipe.flip
    return crop_and_flip(images, padding, tops, lefts, mirrored)


def crop_and_flip(
    images: Tensor, padding: int, tops: Tensor, lefts: Tensor, mirrored: Tensor
) -> Tensor:
    """What torchvision's pad, crop and hflip make of each image, in one look-up.

    images: uint8 (N, H, W, C); tops, lefts: int64 (N,), corner within the padded image; mirrored:
    int64 (N,), 0 or 1.
    """
    count, height, width, _ = images.shape
    padded = F.pad(images, (0, 0, padding, padding, padding, padding))
    numbers = torch.arange(max(count, height, width), device=images.device)
    across = numbers[:width].expand(count, width)
    across = torch.where(mirrored[:, None] == 1, width - 1 - across, across) + lefts[:, None]
    down = numbers[:height] + tops[:, None]
    return padded[numbers[:count, None, None], down[:, :, None], across[:, None, :]]
