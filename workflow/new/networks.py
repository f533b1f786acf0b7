"""Networks of this study. Who edits one, or what it imports, trains anew what uses it."""

from torch import nn


def tiny(shape: tuple[int, int, int], classes: int, *, channels: int) -> nn.Module:
    """Images (N, C, H, W) → logits (N, classes); the arguments after * are keys of `model:`."""
    return nn.Sequential(
        nn.Conv2d(shape[0], channels, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(7),
        nn.Flatten(),
        nn.Linear(channels * 7 * 7, classes),
    )
