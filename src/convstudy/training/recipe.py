"""How a network is trained: a flat record with units, and the optimizer that it means."""

from collections.abc import Iterator
from contextlib import contextmanager
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
    # float32 | tf32 (products in TensorFloat-32, GPUs only) | bf16 (autocast); weights, loss and
    # evaluation are float32 in all of them
    precision: str = "float32"


@contextmanager
def precision(recipe: Recipe, device: str) -> Iterator[None]:
    """The arithmetic of the recipe's steps, inside the block."""
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    tf32 = recipe.precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    try:
        with torch.autocast(device, torch.bfloat16, enabled=recipe.precision == "bf16"):
            yield
    finally:
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before


def make_optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The fused kernel does the same arithmetic in one pass over the parameters."""
    return torch.optim.Adam(model.parameters(), lr=recipe.learning_rate, fused=True)
