"""Channel attention (squeeze and excitation)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ChannelAttention(nn.Module):
    """x · sigmoid(W₂ relu(W₁ mean(x))), one factor per image and channel.

    (N, C, H, W) → the same. The mean is over each map; W₁ is C/reduction × C, W₂ C × C/reduction,
    both without bias. Raises `ValueError` if `reduction` does not divide `channels`.

    Hu, Shen, Sun: Squeeze-and-Excitation Networks, 2018, arXiv:1709.01507.
    """

    def __init__(self, channels: int, reduction: int = 4) -> None:
        super().__init__()
        if channels % reduction:
            raise ValueError(f"{channels} channels cannot be divided by reduction {reduction}")
        self.squeeze = nn.Linear(channels, channels // reduction, bias=False)
        self.excite = nn.Linear(channels // reduction, channels, bias=False)

    def forward(self, maps: Tensor) -> Tensor:
        means = maps.mean(dim=(2, 3))  # (N, C)
        factors = torch.sigmoid(self.excite(F.relu(self.squeeze(means))))  # (N, C)
        return maps * factors[:, :, None, None]
