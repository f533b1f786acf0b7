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
class Pass:
    """One pass over a split: mean loss, fraction right, seconds."""

    name: str  # train | test
    loss: float
    accuracy: float
    seconds: float


@dataclass(frozen=True)
class Epoch:
    """One epoch's results; those of training are running means in train mode."""

    number: int  # from 1
    learning_rate: float
    train: Pass
    test: Pass


def train(
    model: nn.Module, train_set: Split, test_set: Split, recipe: Recipe, seed: int
) -> tuple[list[Epoch], Tensor]:
    """Train `model` in place; return its history and its last logits (N, K) of the test set.

    Order of the data and dropout follow from (seed, epoch) alone. Raises `StudyError` when the
    loss is no longer finite.
    """
    optimizer = make_optimizer(model, recipe)
    history: list[Epoch] = []
    logits = torch.empty(0)
    for number in range(1, recipe.epochs + 1):
        torch.manual_seed(_mix(seed, number))
        trained = _train_epoch(model, train_set, optimizer, recipe.batch_size)
        if not math.isfinite(trained.loss):
            raise StudyError(
                f"the training loss is {trained.loss} after epoch {number} of {recipe.epochs} at "
                f"learning rate {recipe.learning_rate:g}. Lower it in this experiment's recipe."
            )
        started = time.perf_counter()
        logits = predict(model, test_set)
        tested = loss_and_accuracy(logits, test_set.labels)
        test = Pass("test", *tested, seconds=time.perf_counter() - started)
        history.append(Epoch(number, recipe.learning_rate, trained, test))
        _say(history, recipe.epochs, len(train_set))
    return history, logits


def _train_epoch(
    model: nn.Module, data: Split, optimizer: torch.optim.Optimizer, batch_size: int
) -> Pass:
    """One pass over `data`; the sums stay on the device, so that no step waits for the host."""
    started = time.perf_counter()
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
    loss, accuracy = loss_sum.item() / len(data), right.item() / len(data)  # waits for the device
    return Pass("train", loss, accuracy, time.perf_counter() - started)


def shuffled(length: int, batch_size: int, device: torch.device) -> Iterator[Tensor]:
    """Row numbers of each batch of one epoch, in an order drawn from torch's random state."""
    yield from torch.randperm(length).to(device).split(batch_size)


def _mix(seed: int, epoch: int) -> int:
    """A seed of its own for each epoch, so that an epoch can be repeated without its past."""
    return seed * 1_000_003 + epoch


def _say(history: list[Epoch], epochs: int, images: int) -> None:
    last = history[-1]
    spent = sum(epoch.train.seconds + epoch.test.seconds for epoch in history)
    log.info(
        "epoch %d/%d  train loss %.4f accuracy %.2f %%  test loss %.4f accuracy %.2f %%  "
        "%.0f images/s  %.0f s left",
        last.number, epochs, last.train.loss, 100 * last.train.accuracy,
        last.test.loss, 100 * last.test.accuracy,
        images / last.train.seconds, spent / last.number * (epochs - last.number),
    )  # fmt: skip
