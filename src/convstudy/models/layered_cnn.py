"""A plain convolutional network whose parts can be exchanged for the custom layers, one by one."""

from collections.abc import Sequence
from typing import Literal

from torch import Tensor, nn

from convstudy.errors import StudyError
from convstudy.layers.channel_attention import ChannelAttention
from convstudy.layers.gated_conv2d import GatedConv2d
from convstudy.layers.l2_pool2d import L2Pool2d
from convstudy.layers.swish import Swish
from convstudy.models.arguments import Widths

_REDUCTION = 4  # of channel attention, as published


def build(
    shape: tuple[int, int, int],
    classes: int,
    *,
    channels: Widths,
    activation: Literal["relu", "swish"] = "relu",
    attention: bool = False,
    gated: bool = False,
    pool: Literal["max", "l2"] = "max",
) -> nn.Module:
    """See `LayeredCNN`. Raises `StudyError` for unknown parts and channels that do not fit."""
    for key, name, known in (("activation", activation, _ACTIVATIONS), ("pool", pool, _POOLS)):
        if name not in known:
            raise StudyError(f"model.{key}: there is no '{name}'; give {' or '.join(known)}.")
    _, height, width = shape
    if min(height, width) < 2 ** len(channels):
        raise StudyError(
            f"model.channels: {len(channels)} pools leave nothing of images of {height}×{width} "
            f"pixels. Give fewer channels, or images of at least {2 ** len(channels)} pixels."
        )
    odd = [maps for maps in channels if maps % _REDUCTION]
    if attention and odd:
        raise StudyError(
            f"model.channels: channel attention divides them by {_REDUCTION}, and "
            f"{', '.join(map(str, odd))} cannot be. Give multiples of {_REDUCTION}."
        )
    convolution = GatedConv2d if gated else nn.Conv2d
    return LayeredCNN(
        shape, classes, channels, convolution, _ACTIVATIONS[activation], attention, _POOLS[pool]
    )


class LayeredCNN(nn.Module):
    """Per stage: conv 3×3 → norm → activation → pool 2×2 [→ attention]; then linear.

    (N, C, H, W) → (N, classes). Every variant has its parts in this order, so that two of them
    differ in the exchanged part alone.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        classes: int,
        channels: Sequence[int],
        convolution: type[nn.Module],
        activation: type[nn.Module],
        attention: bool,
        pool: type[nn.Module],
    ) -> None:
        super().__init__()
        depth, height, width = shape
        stages = []
        for maps in channels:
            stage = [
                convolution(depth, maps, 3, padding=1),  # (N, maps, H, W)
                nn.BatchNorm2d(maps),
                activation(),
                pool(2),  # (N, maps, H/2, W/2)
            ]
            if attention:
                stage.append(ChannelAttention(maps, _REDUCTION))
            stages.append(nn.Sequential(*stage))
            depth, height, width = maps, height // 2, width // 2
        self.stages = nn.Sequential(*stages)
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(depth * height * width, classes))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.classifier(self.stages(images))
        return logits


_ACTIVATIONS = {"relu": nn.ReLU, "swish": Swish}
_POOLS = {"max": nn.MaxPool2d, "l2": L2Pool2d}
