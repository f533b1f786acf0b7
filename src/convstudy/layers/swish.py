"""Swish activation."""

import torch
from torch import Tensor, nn


class Swish(nn.Module):
    """x · sigmoid(x), element by element: any shape and floating dtype → the same.

    Ramachandran, Zoph, Le: Searching for Activation Functions, 2017, arXiv:1710.05941; with their
    β = 1 it is the SiLU of Hendrycks, Gimpel, 2016, arXiv:1606.08415.
    """

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(x)
