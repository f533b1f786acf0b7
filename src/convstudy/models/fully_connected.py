"""Fully connected network: FC_MNIST and FC_CIFAR of the published study."""

from torch import nn

from convstudy.models.arguments import Share, Widths
from convstudy.models.dropout import Dropout


def build(
    shape: tuple[int, int, int], classes: int, *, hidden: Widths, dropout: Share = 0.0
) -> nn.Module:
    """[linear → ReLU → dropout] per entry of `hidden`, then linear: (N, C, H, W) → (N, classes)."""
    channels, height, width = shape
    layers: list[nn.Module] = [nn.Flatten()]  # (N, C·H·W)
    inputs = channels * height * width
    for units in hidden:
        layers += [nn.Linear(inputs, units), nn.ReLU(inplace=True), Dropout(dropout)]  # (N, units)
        inputs = units
    return nn.Sequential(*layers, nn.Linear(inputs, classes))
