"""How a network is trained: a flat record with units, and the optimizer that it means."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Recipe:
    """See `recipes` in config.yaml."""

    optimizer: str  # adam: Kingma and Ba 2015, PyTorch's defaults but for the learning rate
    learning_rate: float  # per step
    batch_size: int  # images
    epochs: int  # passes over the training set


def make_optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The fused kernel does the same arithmetic in one pass over the parameters."""
    return torch.optim.Adam(model.parameters(), lr=recipe.learning_rate, fused=True)
