"""Convolutions with a pool after each: SimpleCNN and the kernel-size networks."""

from collections.abc import Sequence
from typing import Literal

from torch import Tensor, nn

from convstudy.errors import StudyError
from convstudy.models.arguments import Count, Share, Widths
from convstudy.models.dropout import Dropout


def build(
    shape: tuple[int, int, int],
    classes: int,
    *,
    channels: Widths,
    kernel_size: Literal[1, 3, 5, 7, 9, 11],
    hidden: Count | None = None,
    dropout: Share = 0.0,
) -> nn.Module:
    """See `SimpleCNN`. Raises `StudyError` for an even kernel, or pools that leave no pixel."""
    if kernel_size % 2 == 0:
        raise StudyError(
            f"model.kernel_size: {kernel_size} is even, and no symmetric padding keeps the size of "
            "the image. Give an odd one."
        )
    _, height, width = shape
    if min(height, width) < 2 ** len(channels):
        raise StudyError(
            f"model.channels: {len(channels)} pools leave nothing of images of {height}×{width} "
            f"pixels. Give fewer channels, or images of at least {2 ** len(channels)} pixels."
        )
    return SimpleCNN(shape, classes, channels, kernel_size, hidden, dropout)


class SimpleCNN(nn.Module):
    """[conv k×k → max pool 2×2 → ReLU] per entry of `channels`, then linear: → (N, classes).

    Convolutions keep height and width, pools halve them, rounding down. `hidden` puts a linear
    layer with ReLU and dropout before the last one; without it `dropout` has no place to act.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        classes: int,
        channels: Sequence[int],
        kernel_size: int,
        hidden: int | None,
        dropout: float,
    ) -> None:
        super().__init__()
        depth, height, width = shape
        features: list[nn.Module] = []
        for maps in channels:
            features += [
                nn.Conv2d(depth, maps, kernel_size, padding=kernel_size // 2),  # (N, maps, H, W)
                # ReLU rises, so it may come after the pool: the same bits forward and backward, on
                # a quarter of the values.
                nn.MaxPool2d(2),  # (N, maps, H/2, W/2)
                nn.ReLU(inplace=True),
            ]
            depth, height, width = maps, height // 2, width // 2
        self.features = nn.Sequential(*features)

        units = depth * height * width
        head: list[nn.Module] = [nn.Flatten()]  # (N, units)
        if hidden is not None:
            head += [
                nn.Linear(units, hidden),
                nn.ReLU(inplace=True),
                Dropout(dropout),
            ]  # (N, hidden)
            units = hidden
        self.classifier = nn.Sequential(*head, nn.Linear(units, classes))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.classifier(self.features(images))
        return logits
