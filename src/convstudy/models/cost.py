"""What a network costs, counted and not measured."""

import copy

import torch
from torch import nn


def parameters(model: nn.Module) -> int:
    """Number of trainable values."""
    return sum(values.numel() for values in model.parameters() if values.requires_grad)


def macs(model: nn.Module, shape: tuple[int, ...]) -> int:
    """Multiply-accumulates of convolutions and linear layers for one input of `shape`, (C, H, W).

    Biases, normalisation, activations and pools are not counted, as is usual. PyTorch counts on a
    copy without storage: nothing is computed, and the model and the random numbers stay as they
    are.
    """
    from torch.utils.flop_counter import FlopCounterMode  # not needed before a network is trained

    shadow = copy.deepcopy(model).to("meta").eval()
    dtype = next((values.dtype for values in model.parameters()), None)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        shadow(torch.empty(1, *shape, dtype=dtype, device="meta"))
    return counter.get_total_flops() // 2  # multiplication and addition count separately there
