"""Residual networks for small images (He et al., Deep Residual Learning, 2016, arXiv:1512.03385).

ResNet-18's plan, as is usual for CIFAR: a 3×3 stem of stride 1 and no pool. The bottleneck's stride
is in its 3×3 convolution (torchvision's "v1.5").
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from torch import Tensor, nn
from torch.nn import functional as F

from convstudy.errors import StudyError
from convstudy.models.arguments import Count, Len, Share
from convstudy.models.dropout import Dropout

_STRIDES = (1, 2, 2, 2)
_BLOCKS_PER_STAGE = 2


def build(
    shape: tuple[int, int, int],
    classes: int,
    *,
    block: Literal["basic", "bottleneck"],
    widths: Annotated[Sequence[Count], Len(4, 4)] = (64, 128, 256, 512),
    dropout: Share = 0.0,
) -> nn.Module:
    """See `ResNet`. Raises `StudyError` for an unknown block or not one width per stage."""
    if block not in _BLOCKS:
        raise StudyError(f"model.block: there is no '{block}'; give {' or '.join(_BLOCKS)}.")
    if len(widths) != len(_STRIDES):
        raise StudyError(
            f"model.widths: {len(widths)} given; give {len(_STRIDES)}, one for each stage."
        )
    return ResNet(shape[0], classes, _BLOCKS[block], widths, dropout)


class ResNet(nn.Module):
    """Stem, four stages of two blocks, mean over each map, dropout, linear: → (N, classes).

    Takes images (N, C, H, W) of any height and width. `widths`: channels of the 3×3 convolutions
    of each stage; a stage's output has `block.expansion` times as many.
    """

    def __init__(
        self,
        channels: int,
        classes: int,
        block: "type[BasicBlock | BottleneckBlock]",
        widths: Sequence[int],
        dropout: float,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(channels, widths[0], 3, padding=1, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
        )
        depth = widths[0]
        stages = []
        for width, stride in zip(widths, _STRIDES, strict=True):
            blocks = []
            for number in range(_BLOCKS_PER_STAGE):
                blocks.append(block(depth, width, stride if number == 0 else 1))
                depth = width * block.expansion
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.dropout = Dropout(dropout)
        self.classifier = nn.Linear(depth, classes)

    def forward(self, images: Tensor) -> Tensor:
        # In brackets: sizes for 32×32 images, basic blocks and the published widths.
        maps = self.stem(images)  # (N, 64, 32, 32)
        maps = self.stages(maps)  # (N, 64, 32, 32) → (N, 128, 16, 16) → … → (N, 512, 4, 4)
        pooled = F.adaptive_avg_pool2d(maps, 1).flatten(1)  # (N, 512)
        logits: Tensor = self.classifier(self.dropout(pooled))
        return logits


class BasicBlock(nn.Module):
    """conv3 (with the stride) → BN → ReLU → conv3 → BN, plus the shortcut, → ReLU.

    (N, channels, H, W) → (N, width, H/stride, W/stride), rounded up.
    """

    expansion = 1

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(channels, width, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )
        self.shortcut = _shortcut(channels, width, stride)

    def forward(self, maps: Tensor) -> Tensor:
        answer: Tensor = self.residual(maps).add_(self.shortcut(maps)).relu_()
        return answer


class BottleneckBlock(nn.Module):
    """conv1 → BN → ReLU → conv3 (with the stride) → BN → ReLU → conv1 → BN, plus shortcut, → ReLU.

    (N, channels, H, W) → (N, 4·width, H/stride, W/stride), rounded up.
    """

    expansion = 4

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        wide = width * self.expansion
        self.residual = nn.Sequential(
            nn.Conv2d(channels, width, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, wide, 1, bias=False),
            nn.BatchNorm2d(wide),
        )
        self.shortcut = _shortcut(channels, wide, stride)

    def forward(self, maps: Tensor) -> Tensor:
        answer: Tensor = self.residual(maps).add_(self.shortcut(maps)).relu_()
        return answer


def _shortcut(channels: int, wanted: int, stride: int) -> nn.Module:
    """The identity where shapes agree, else a 1×1 convolution with batch normalisation."""
    if stride == 1 and channels == wanted:
        return nn.Identity()
    return nn.Sequential(nn.Conv2d(channels, wanted, 1, stride, bias=False), nn.BatchNorm2d(wanted))


_BLOCKS: dict[str, type[BasicBlock | BottleneckBlock]] = {
    "basic": BasicBlock,
    "bottleneck": BottleneckBlock,
}
