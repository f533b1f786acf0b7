"""One step of training: a batch forward and backward, and the optimizer."""

import logging

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from convstudy.datasets.prepared import Split
from convstudy.training.augmentation import alternating, augment
from convstudy.training.optimizers import tensor_float_32
from convstudy.training.recipe import Recipe

log = logging.getLogger(__name__)

_WARM_UP = 3  # steps before a capture

# Of a batch: its loss, summed over its images, float32 (), and its right answers, int64 ().
Taken = tuple[Tensor, Tensor]


class Step:
    """Takes the rows of a batch, int64 (B,), and leaves the model one step further.

    What it returns may be written over by the next step.
    """

    def __init__(
        self, model: nn.Module, data: Split, optimizer: torch.optim.Optimizer, recipe: Recipe
    ) -> None:
        self.model, self.data, self.optimizer, self.recipe = model, data, optimizer, recipe
        self._mirrored = torch.zeros_like(data.labels) if recipe.flip == "alternating" else None

    def begin(self, seed: int, epoch: int) -> None:
        """Before the steps of an epoch, in place: a captured step looks where it was captured."""
        if self._mirrored is not None:
            self._mirrored.copy_(alternating(seed, epoch, len(self.data)))

    def __call__(self, rows: Tensor) -> Taken:
        recipe, device = self.recipe, rows.device.type
        with tensor_float_32(recipe.precision == "tf32"):
            mirrored = None if self._mirrored is None else self._mirrored.index_select(0, rows)
            images, labels = self.data.batch(rows, lambda images: augment(images, recipe, mirrored))
            with torch.autocast(device, torch.bfloat16, enabled=recipe.precision == "bf16"):
                logits = self.model(images)
            smoothing = recipe.label_smoothing
            loss = F.cross_entropy(logits.float(), labels, label_smoothing=smoothing)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
        right = (logits.detach().argmax(1) == labels).sum()
        return loss.detach() * len(labels), right


class CapturedStep(Step):
    """The same step as one CUDA graph: launched at once, where small kernels wait for the host.

    The first steps are taken as they are, on the stream of the capture, so that libraries set up
    for it what they need; so are batches of another size than the recipe's, the last ones of
    epochs. Where a step cannot be captured, all are taken as they are.
    """

    def __init__(
        self, model: nn.Module, data: Split, optimizer: torch.optim.Optimizer, recipe: Recipe
    ) -> None:
        super().__init__(model, data, optimizer, recipe)
        self._rows = torch.zeros(recipe.batch_size, dtype=torch.int64, device=data.labels.device)
        self._captured: tuple[torch.cuda.CUDAGraph, Taken] | None = None
        self._stream = torch.cuda.Stream()
        self._steps = 0

    def __call__(self, rows: Tensor) -> Taken:
        if len(rows) != len(self._rows):
            return super().__call__(rows)
        self._steps += 1
        if self._steps <= _WARM_UP:
            return self._warm_up(rows)
        self._rows.copy_(rows)
        if self._steps == _WARM_UP + 1:
            self._capture()
        if self._captured is None:
            return super().__call__(rows)
        graph, taken = self._captured
        graph.replay()
        return taken  # the next replay writes over them

    def _warm_up(self, rows: Tensor) -> Taken:
        others = torch.cuda.current_stream()
        self._stream.wait_stream(others)
        with torch.cuda.stream(self._stream):
            taken = super().__call__(rows)
        others.wait_stream(self._stream)
        return taken

    def _capture(self) -> None:
        """Record a step without taking it."""
        graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad(set_to_none=True)  # gradients live in the graph's memory
        try:
            with torch.cuda.graph(graph, stream=self._stream):
                taken = super().__call__(self._rows)
        except RuntimeError as error:
            log.warning("Steps are launched kernel by kernel, since a capture failed: %s", error)
        else:
            self._captured = graph, taken


def make_step(
    model: nn.Module, data: Split, optimizer: torch.optim.Optimizer, recipe: Recipe
) -> Step:
    """Captured on a GPU."""
    kind = CapturedStep if data.labels.is_cuda else Step
    return kind(model, data, optimizer, recipe)
