"""The training loop."""

import logging
import math
import time

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from convstudy.datasets.prepared import Split
from convstudy.errors import StudyError
from convstudy.evaluation.predictions import loss_and_accuracy, predict
from convstudy.training.progress import Epoch, Pass, Progress
from convstudy.training.recipe import Recipe, make_optimizer, precision
from convstudy.training.state import Keeper
from convstudy.training.streams import DROPOUT, ORDER, stream

log = logging.getLogger(__name__)


def train(
    model: nn.Module,
    train_set: Split,
    test_set: Split,
    recipe: Recipe,
    seed: int,
    keeper: Keeper | None = None,
) -> tuple[Progress, Tensor]:
    """Train `model` in place; return its progress and its last logits (N, K) of the test set.

    Order of the data and dropout follow from (seed, epoch) alone. `keeper` saves the state before
    each evaluation, and in long epochs also between; a training that finds a state goes on from it
    to the same bits. Raises `StudyError` when a loss is not finite, or after a signal to stop.
    """
    keeper = keeper or Keeper()
    optimizer = make_optimizer(model, recipe)
    progress = keeper.restore(model, optimizer)
    logits = torch.empty(0)
    for number in range(progress.epoch, recipe.epochs + 1):
        if not progress.batches:
            torch.manual_seed(stream(DROPOUT, seed, number))
        with keeper.stop.deferred():
            _train_epoch(model, train_set, optimizer, recipe, seed, progress, keeper)
            keeper.save(model, optimizer if number < recipe.epochs else None, progress)
        trained = progress.mean(len(train_set))
        started = time.perf_counter()
        logits = predict(model, test_set)
        tested = loss_and_accuracy(logits, test_set.labels)
        if not math.isfinite(tested[0]):
            raise _diverged(f"the test loss is {tested[0]} after epoch {number}", recipe)
        test = Pass("test", *tested, seconds=time.perf_counter() - started)
        progress.finish(Epoch(number, recipe.learning_rate, trained, test))
        _say(progress.history, recipe.epochs, len(train_set))
    return progress, logits


def _train_epoch(
    model: nn.Module,
    data: Split,
    optimizer: torch.optim.Optimizer,
    recipe: Recipe,
    seed: int,
    progress: Progress,
    keeper: Keeper,
) -> None:
    """The batches of one pass over `data` that `progress` has not got behind it."""
    before, started = progress.seconds, time.perf_counter()
    model.train()
    for rows in order(data, recipe.batch_size, seed, progress.epoch)[progress.batches :]:
        images, labels = data.batch(rows)
        with precision(recipe, images.device.type):
            logits = model(images)
        loss = F.cross_entropy(logits.float(), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        progress.losses.append(loss.detach() * len(labels))
        progress.right.append((logits.detach().argmax(1) == labels).sum())
        if keeper.due():
            _check(model, progress, recipe)
            progress.seconds = before + time.perf_counter() - started
            keeper.save(model, optimizer, progress)
            keeper.stop.leave_if_asked(
                f" in epoch {progress.epoch}, after batch {progress.batches}"
            )
    _check(model, progress, recipe)  # waits for the device, so that the time is the epoch's
    progress.seconds = before + time.perf_counter() - started


def order(data: Split, batch_size: int, seed: int, epoch: int) -> tuple[Tensor, ...]:
    """Row numbers int64 of each batch of an epoch."""
    generator = torch.Generator().manual_seed(stream(ORDER, seed, epoch))
    rows = torch.randperm(len(data), generator=generator)
    return rows.to(data.labels.device).split(batch_size)


def _check(model: nn.Module, progress: Progress, recipe: Recipe) -> None:
    """Raise `StudyError` if this epoch has diverged, so that no state of it is ever kept."""
    batch = progress.first_bad_batch()
    weights = [value.isfinite().all() for value in model.state_dict().values()]
    if batch is None and not torch.stack(weights).all():
        batch = progress.batches  # its loss was finite, what it made of the weights is not
    if batch is not None:
        raise _diverged(
            f"the training loss is not finite in epoch {progress.epoch}", recipe, f", batch {batch}"
        )


def _diverged(said: str, recipe: Recipe, where: str = "") -> StudyError:
    return StudyError(
        f"{said} of {recipe.epochs}{where}, at learning rate {recipe.learning_rate:g}. "
        "Lower it in this experiment's recipe."
    )


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
