"""Logits of a network over a whole split, and what follows from them."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from convstudy.datasets.prepared import Split

# Large enough to keep the cores busy, small enough that ResNet-18's activations stay below 200 MB.
_BATCH = 250


@torch.inference_mode()
def predict(model: nn.Module, split: Split) -> Tensor:
    """Logits float32 (N, K) in evaluation mode, in the order of the split."""
    model.eval()
    rows = range(0, len(split), _BATCH)
    return torch.cat([model(split.batch(slice(row, row + _BATCH))[0]) for row in rows])


def loss_and_accuracy(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean cross-entropy and the fraction of right answers."""
    right = (logits.argmax(1) == labels).sum().item()
    return F.cross_entropy(logits, labels).item(), right / len(labels)
