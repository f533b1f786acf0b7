"""The training loop."""

import copy
import logging
import math
import time

import torch
from torch import Tensor, nn

from convstudy.datasets.prepared import Split
from convstudy.errors import StudyError
from convstudy.evaluation.predictions import loss_and_accuracy, predict
from convstudy.training.optimizers import make_optimizer, set_learning_rate
from convstudy.training.progress import Epoch, Pass, Progress
from convstudy.training.recipe import Recipe, learning_rate
from convstudy.training.seeding import DROPOUT, ORDER, stream
from convstudy.training.state import Keeper
from convstudy.training.step import Step, make_step

log = logging.getLogger(__name__)

_SHOWN = 5000 * 3 * 32 * 32  # values: 5,000 images of CIFAR-10, as in arXiv:2404.00498


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
    to the same bits. The last evaluation takes the recipe's `views`, those before it one, to see
    how training goes. Raises `StudyError` when a loss is not finite, or after a signal to stop.
    """
    keeper = keeper or Keeper()
    _check_last_batch(model, train_set, recipe)
    _initialise(model, train_set)
    optimizer = make_optimizer(model, recipe)
    progress = keeper.restore(model, optimizer)
    step = make_step(model, train_set, optimizer, recipe)
    logits = torch.empty(0)
    for number in range(progress.epoch, recipe.epochs + 1):
        if not progress.batches:
            torch.manual_seed(stream(DROPOUT, seed, number))
        with keeper.stop.deferred():
            rate = _train_epoch(step, seed, progress, keeper)
            keeper.save(model, optimizer if number < recipe.epochs else None, progress)
        trained = progress.mean(len(train_set))
        started = time.perf_counter()
        logits = predict(model, test_set, recipe.views if number == recipe.epochs else 1)
        tested = loss_and_accuracy(logits, test_set.labels)
        if not math.isfinite(tested[0]):
            raise _diverged(f"the test loss is {tested[0]} after epoch {number}", recipe)
        test = Pass("test", *tested, seconds=time.perf_counter() - started)
        progress.finish(Epoch(number, rate, trained, test))
        _say(progress.history, recipe.epochs, len(train_set))
    return progress, logits


def _train_epoch(step: Step, seed: int, progress: Progress, keeper: Keeper) -> float:
    """The batches of one pass over the training set that `progress` has not got behind it.

    Returns the learning rate of the last one.
    """
    recipe = step.recipe
    before, started = progress.seconds, time.perf_counter()
    step.model.train()
    step.begin(seed, progress.epoch)
    batches = order(step.data, recipe.batch_size, seed, progress.epoch)
    progress.expect(len(batches), step.data.labels.device)
    taken, steps = (progress.epoch - 1) * len(batches), recipe.epochs * len(batches)
    for rows in batches[progress.batches :]:
        set_learning_rate(step.optimizer, learning_rate(recipe, taken + progress.batches, steps))
        progress.record(*step(rows))
        if keeper.due():
            _check(step, progress)
            progress.seconds = before + time.perf_counter() - started
            keeper.save(step.model, step.optimizer, progress)
            keeper.stop.leave_if_asked(
                f" in epoch {progress.epoch}, after batch {progress.batches}"
            )
    _check(step, progress)  # waits for the device, so that the time is the epoch's
    progress.seconds = before + time.perf_counter() - started
    return learning_rate(recipe, taken + len(batches) - 1, steps)


def _initialise(model: nn.Module, data: Split) -> None:
    """Show a network that asks for it (`initialise_from`) images of the training set.

    Evenly from all of it, since a data set may be in the order of its classes, and as they are.
    """
    initialise = getattr(model, "initialise_from", None)
    if initialise is not None:
        count = min(len(data), max(1, _SHOWN // data.images[0].numel()))
        rows = torch.arange(count, device=data.labels.device) * len(data) // count
        initialise(data.batch(rows)[0])


def _check_last_batch(model: nn.Module, data: Split, recipe: Recipe) -> None:
    """Raise `StudyError` if each epoch ends with a batch of one image that the model cannot take.

    Batch norm has no deviation of one value per channel. Tried on a copy, so that neither weights
    nor random streams are touched.
    """
    if len(data) % recipe.batch_size != 1:
        return
    with torch.random.fork_rng(), torch.no_grad():
        try:
            copy.deepcopy(model).train()(data.batch(slice(0, 1))[0])
        except ValueError as error:
            raise StudyError(
                f"{len(data)} training images in batches of {recipe.batch_size} leave one image "
                f"for the last batch, which this network cannot be trained on ({error}). Choose "
                "another batch_size, or one image less: train_images: "
                f"{len(data) - 1} in the experiment."
            ) from None


def order(data: Split, batch_size: int, seed: int, epoch: int) -> tuple[Tensor, ...]:
    """Row numbers int64 of each batch of an epoch."""
    generator = torch.Generator().manual_seed(stream(ORDER, seed, epoch))
    rows = torch.randperm(len(data), generator=generator)
    batches: tuple[Tensor, ...] = rows.to(data.labels.device).split(batch_size)
    return batches


def _check(step: Step, progress: Progress) -> None:
    """Raise `StudyError` if this epoch has diverged, so that no state of it is ever kept."""
    batch = progress.first_bad_batch()
    weights = [value.isfinite().all() for value in step.model.state_dict().values()]
    if batch is None and not torch.stack(weights).all():
        batch = progress.batches  # its loss was finite, what it made of the weights is not
    if batch is not None:
        raise _diverged(
            f"the training loss is not finite in epoch {progress.epoch}",
            step.recipe,
            f", batch {batch}",
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
