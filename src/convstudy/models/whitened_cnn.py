"""A small wide network that starts from whitened patches of the training images.

After airbench94 (Jordan 2024, arXiv:2404.00498, https://github.com/KellerJordan/cifar10-airbench,
MIT licence): what trains CIFAR-10 to 94 % with the fewest multiplications that are published.
"""

from collections.abc import Sequence
from typing import Annotated

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from convstudy.errors import StudyError
from convstudy.models.arguments import Count, Len, Share
from convstudy.models.dropout import Dropout

_PATCH = 2  # pixels, of the first convolution
_LEAST_VARIANCE = 5e-4  # added to each direction's before it is divided by
_NORM_MOMENTUM = 0.4  # weight of the newest batch, airbench's 1 - 0.6: trainings are short
_OUTPUT_SCALE = 1 / 9  # logits begin small
_AT_ONCE = 500  # images whose patches are in memory


def build(
    shape: tuple[int, int, int],
    classes: int,
    *,
    widths: Annotated[Sequence[Count], Len(1, 8)] = (64, 256, 256),
    whitening: bool = True,
    dropout: Share = 0.0,
) -> nn.Module:
    """See `WhitenedCNN`. Raises `StudyError` for images that the pools leave nothing of."""
    channels, height, width = shape
    least = 2 ** len(widths) + _PATCH - 1
    if min(height, width) < least:
        raise StudyError(
            f"model.widths: {len(widths)} pools leave nothing of images of {height}×{width} "
            f"pixels. Give fewer widths, or images of at least {least} pixels."
        )
    return WhitenedCNN(channels, classes, widths, whitening, dropout)


class WhitenedCNN(nn.Module):
    """Convolution 2×2, a stage of two convolutions 3×3 per width, maximum of each map, linear.

    (N, C, H, W) → (N, classes). With `whitening` the first weights come from `initialise_from` and
    are not learned; without, they are learned from chance like any others.
    """

    def __init__(
        self,
        channels: int,
        classes: int,
        widths: Sequence[int],
        whitening: bool,
        dropout: float,
    ) -> None:
        super().__init__()
        depth = 2 * channels * _PATCH**2  # each direction of a patch, and its opposite
        self.patches = nn.Conv2d(channels, depth, _PATCH)
        nn.init.zeros_(self.patches.bias)  # type: ignore[arg-type]  # it has one
        self.whitening = whitening
        self.patches.weight.requires_grad_(not whitening)
        stages = []
        for width in widths:
            stages.append(_stage(depth, width))
            depth = width
        self.stages = nn.Sequential(*stages)
        self.dropout = Dropout(dropout)
        self.classifier = nn.Linear(depth, classes, bias=False)

    def forward(self, images: Tensor) -> Tensor:
        # In brackets: sizes for 32×32 images and widths 64, 256, 256.
        maps = F.gelu(self.patches(images))  # (N, 24, 31, 31)
        maps = self.stages(maps)  # (N, 64, 15, 15) → (N, 256, 7, 7) → (N, 256, 3, 3)
        largest = F.max_pool2d(maps, maps.shape[2:]).flatten(1)  # (N, 256)
        logits: Tensor = self.classifier(self.dropout(largest))
        return logits * _OUTPUT_SCALE

    @torch.no_grad()
    def initialise_from(self, images: Tensor) -> None:
        """Set what follows from training images, normalised float32 (N, C, H, W), not from chance.

        The first convolution then gives each patch in its principal directions, at equal
        variance, and the same with the other sign, since GELU passes one sign only.
        """
        if self.whitening:
            directions = _whitening(images).reshape(-1, *self.patches.weight.shape[1:])
            self.patches.weight.copy_(torch.cat((directions, -directions)))


def _stage(inputs: int, width: int) -> nn.Module:
    """Two convolutions that begin as the identity, as far as they have inputs; halves the maps."""
    first, second = (nn.Conv2d(maps, width, 3, padding=1, bias=False) for maps in (inputs, width))
    for layer in (first, second):
        nn.init.dirac_(layer.weight[: layer.in_channels])
    return nn.Sequential(
        first, nn.MaxPool2d(2), _norm(width), nn.GELU(), second, _norm(width), nn.GELU()
    )  # fmt: skip


def _norm(width: int) -> nn.BatchNorm2d:
    """Batch normalisation that learns its shift and not its scale."""
    norm = nn.BatchNorm2d(width, momentum=_NORM_MOMENTUM)
    norm.weight.requires_grad_(False)
    return norm


def _whitening(images: Tensor) -> Tensor:
    """Rows (D, D): principal directions of patches (D = C·2·2), by falling variance, scaled to 1.

    In float64 and with signs of their own, so that machines agree as far as they can.
    """
    size = images.shape[1] * _PATCH**2
    products, count = torch.zeros(size, size, dtype=torch.float64), 0
    for some in images.cpu().split(_AT_ONCE):
        patches = F.unfold(some, _PATCH).transpose(1, 2).reshape(-1, size).double()
        products += patches.T @ patches
        count += len(patches)
    variances, directions = torch.linalg.eigh(products / count)
    rows = directions.T.flip(0)
    rows = rows * rows.gather(1, rows.abs().argmax(1, keepdim=True)).sign()
    scaled: Tensor = rows / (variances.flip(0)[:, None].clamp(min=0) + _LEAST_VARIANCE).sqrt()
    return scaled
