"""L2 pooling."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class L2Pool2d(nn.Module):
    """sqrt(mean of squares over each k×k window + ε): (N, C, H, W) → (N, C, H/k, W/k).

    Windows do not overlap; rows and columns that fill no window are dropped. ε = 1e-6 keeps the
    gradient finite where a window is all zero. Against `nn.LPPool2d(2, k)`, which sums, the
    result is k times smaller.

    Sermanet, Chintala, LeCun: Convolutional Neural Networks Applied to House Numbers Digit
    Classification, 2012, arXiv:1204.3968 (their Lp pooling at p = 2, all weights equal).
    """

    def __init__(self, kernel_size: int = 2, eps: float = 1e-6) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.eps = eps

    def forward(self, maps: Tensor) -> Tensor:
        return torch.sqrt(F.avg_pool2d(maps.square(), self.kernel_size) + self.eps)
