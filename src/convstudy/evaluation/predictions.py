"""Logits of a network over a whole split, and what follows from them."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from convstudy.datasets.prepared import Split

# Large enough to keep the cores busy, small enough that ResNet-18's activations stay below 200 MB.
_BATCH = 250


@torch.inference_mode()
def predict(model: nn.Module, split: Split, views: int = 1) -> Tensor:
    """Logits float32 (N, K) in evaluation mode, in the order of the split, averaged over `views`.

    They go into one tensor: small ones, kept from each batch between activations that come and go,
    made a process of 0.8 GB grow to 5.
    """
    model.eval()
    logits: Tensor | None = None
    for start in range(0, len(split), _BATCH):
        rows = slice(start, start + _BATCH)
        found = _seen(model, split.batch(rows)[0], views)
        if logits is None:
            logits = found.new_empty(len(split), found.shape[1])
        logits[rows] = found
    assert logits is not None  # no split is empty
    return logits


def _seen(model: nn.Module, images: Tensor, views: int) -> Tensor:
    """Logits of each image as it is | with its mirror image (2) | both also moved (6).

    Moved by one pixel up and left, or down and right, with its edge reflected; the two places
    together weigh as much as the one in the middle (Jordan 2024, arXiv:2404.00498).
    """
    logits: Tensor = model(images)
    if views >= 2:
        logits = (logits + model(images.flip(3))) / 2
    if views == 6:
        height, width = images.shape[2:]
        around = F.pad(images, (1, 1, 1, 1), "reflect")
        up, down = (around[:, :, at : at + height, at : at + width] for at in (0, 2))
        logits = logits / 2 + (_seen(model, up, 2) + _seen(model, down, 2)) / 4
    return logits


def loss_and_accuracy(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean cross-entropy and the fraction of right answers."""
    right = (logits.argmax(1) == labels).sum().item()
    return F.cross_entropy(logits, labels).item(), right / len(labels)
