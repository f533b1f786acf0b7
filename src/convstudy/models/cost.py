"""What a network costs, counted and not measured."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

_COUNTED = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)


def parameters(model: nn.Module) -> int:
    """Number of trainable values."""
    return sum(values.numel() for values in model.parameters() if values.requires_grad)


@torch.no_grad()
def macs(model: nn.Module, shape: tuple[int, ...]) -> int:
    """Multiply-accumulates of convolutions and linear layers for one input of `shape`, (C, H, W).

    Biases, normalisation, activations and pools are not counted, as is usual. Counted while one
    black image passes through a copy on the CPU, so that the model and the random numbers stay as
    they are. `torch.utils.flop_counter` counts the same (a test compares both), but imports so
    much that it would double the start-up of a training job.
    """
    sample = next(model.parameters(), torch.empty(0))
    device = "meta" if sample.is_meta else "cpu"  # a model without storage needs none to be counted
    probe = copy.deepcopy(model).to(device).eval()
    counts: list[int] = []

    def count(layer: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        counts.append(output.numel() * layer.weight[0].numel())  # each output: one row of weights

    for layer in probe.modules():
        if isinstance(layer, _COUNTED):
            layer.register_forward_hook(count)
    probe(torch.zeros(1, *shape, dtype=sample.dtype, device=device))
    return sum(counts)
