"""Logits of a network over a whole split, and what follows from them."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from convstudy.datasets.prepared import Split

# Large enough to keep the cores busy, small enough that ResNet-18's activations stay below 200 MB.
_BATCH = 250


@torch.inference_mode()
def predict(model: nn.Module, split: Split) -> Tensor:
    """Logits float32 (N, K) in evaluation mode, in the order of the split.

    They go into one tensor: small ones, kept from each batch between activations that come and go,
    made a process of 0.8 GB grow to 5.
    """
    model.eval()
    logits: Tensor | None = None
    for start in range(0, len(split), _BATCH):
        rows = slice(start, start + _BATCH)
        found = model(split.batch(rows)[0])
        if logits is None:
            logits = found.new_empty(len(split), found.shape[1])
        logits[rows] = found
    assert logits is not None  # no split is empty
    return logits


def loss_and_accuracy(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean cross-entropy and the fraction of right answers."""
    right = (logits.argmax(1) == labels).sum().item()
    return F.cross_entropy(logits, labels).item(), right / len(labels)
