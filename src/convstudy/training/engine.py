"""The training loop."""

import logging
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from convstudy.datasets.prepared import Split
from convstudy.errors import StudyError
from convstudy.evaluation.predictions import loss_and_accuracy, predict
from convstudy.training.recipe import Recipe, make_optimizer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Epoch:
    """One epoch's results; loss and accuracy of training are running means in train mode."""

    number: int  # from 1
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    learning_rate: float
    train_seconds: float
    test_seconds: float


def train(model: nn.Module, train_set: Split, test_set: Split, recipe: Recipe, seed: int) -> list[Epoch]:
    """Train `model` in place and return its history, one entry per epoch.

    Order of the data and dropout follow from (seed, epoch) alone. Raises `StudyError` when the
    loss is no longer finite.
    """
    optimizer = make_optimizer(model, recipe)
    history: list[Epoch] = []
    for number in range(1, recipe.epochs + 1):
        started = time.perf_counter()
        torch.manual_seed(_mix(seed, number))
        train_loss, train_accuracy = _train_epoch(model, train_set, optimizer, recipe.batch_size)
        if not math.isfinite(train_loss):
            raise StudyError(
                f"the training loss is {train_loss} after epoch {number} of {recipe.epochs} at learning "
                f"rate {recipe.learning_rate:g}. Lower the learning rate in this experiment's recipe."
            )
        trained = time.perf_counter()
        test_loss, test_accuracy = loss_and_accuracy(predict(model, test_set), test_set.labels)
        history.append(
            Epoch(
                number, train_loss, train_accuracy, test_loss, test_accuracy,
                learning_rate=recipe.learning_rate,
                train_seconds=trained - started,
                test_seconds=time.perf_counter() - trained,
            )
        )  # fmt: skip
        _say(history, recipe.epochs, len(train_set))
    return history


def _train_epoch(
    model: nn.Module, data: Split, optimizer: torch.optim.Optimizer, batch_size: int
) -> tuple[float, float]:
    """One pass over `data`; the sums stay on the device, so that no step waits for the host."""
    model.train()
    loss_sum = torch.zeros((), device=data.labels.device)
    right = torch.zeros((), dtype=torch.int64, device=data.labels.device)
    for rows in shuffled(len(data), batch_size, data.labels.device):
        images, labels = data.batch(rows)
        logits = model(images)
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        loss_sum += loss.detach() * len(labels)
        right += (logits.detach().argmax(1) == labels).sum()
    return loss_sum.item() / len(data), right.item() / len(data)


def shuffled(length: int, batch_size: int, device: torch.device) -> Iterator[Tensor]:
    """Row numbers of each batch of one epoch, in an order drawn from torch's random state."""
    yield from torch.randperm(length).to(device).split(batch_size)


def _mix(seed: int, epoch: int) -> int:
    """A seed of its own for each epoch, so that an epoch can be repeated without its past."""
    return seed * 1_000_003 + epoch


def _say(history: list[Epoch], epochs: int, images: int) -> None:
    last = history[-1]
    left = (epochs - last.number) * sum(e.train_seconds + e.test_seconds for e in history)
    log.info(
        "epoch %d/%d  train loss %.4f accuracy %.2f %%  test loss %.4f accuracy %.2f %%  "
        "%.0f images/s  %.0f s left",
        last.number, epochs, last.train_loss, 100 * last.train_accuracy,
        last.test_loss, 100 * last.test_accuracy,
        images / last.train_seconds, left / last.number,
    )  # fmt: skip
