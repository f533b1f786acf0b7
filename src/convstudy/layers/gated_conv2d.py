"""Gated convolution."""

import torch
from torch import Tensor, nn


class GatedConv2d(nn.Module):
    """a · sigmoid(b), where one convolution to 2·out_channels maps gives first a, then b.

    (N, in_channels, H, W) → (N, out_channels, H', W'), H' and W' as of `nn.Conv2d`, whose
    arguments `stride`, `padding`, `dilation` and `bias` have the same meaning here.

    Dauphin et al.: Language Modeling with Gated Convolutional Networks, 2017, arXiv:1612.08083; for
    images: Yu et al.: Free-Form Image Inpainting with Gated Convolution, 2019, arXiv:1806.03589.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int | str = 0,
        dilation: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(
            in_channels, 2 * out_channels, kernel_size, stride, padding, dilation, bias=bias
        )

    def forward(self, maps: Tensor) -> Tensor:
        values, gates = self.convolution(maps).chunk(2, dim=1)  # (N, out_channels, H', W') each
        passed: Tensor = values * torch.sigmoid(gates)
        return passed
