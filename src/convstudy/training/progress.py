"""How far a training has come: everything but weights and random state that going on needs."""

from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor


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


@dataclass
class Progress:
    """Finished epochs, and the batches that the unfinished one has behind it.

    Losses and right answers stay on the device, so that no step waits for the host, and in two
    tensors made once an epoch: a small block kept from every step, between large ones that come and
    go, leaves holes that no later step fills. `sessions` counts the processes that have worked on
    this run.
    """

    history: list[Epoch] = field(default_factory=list)
    losses: Tensor = field(default_factory=lambda: torch.empty(0))  # summed over each batch
    right: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.int64))  # of each
    batches: int = 0  # of the unfinished epoch
    seconds: float = 0.0  # spent on training in it
    sessions: int = 1

    @property
    def epoch(self) -> int:
        """Number of the unfinished epoch, from 1."""
        return len(self.history) + 1

    def expect(self, batches: int, device: torch.device) -> None:
        """Make room for all batches of the unfinished epoch, beside those that are done."""
        for name in ("losses", "right"):
            done = getattr(self, name)[: self.batches].to(device)
            setattr(self, name, torch.cat([done, done.new_empty(batches - self.batches)]))

    def record(self, loss: Tensor, right: Tensor) -> None:
        """Of one more batch: its loss, summed, float32 (), and its right answers, int64 ()."""
        self.losses[self.batches] = loss
        self.right[self.batches] = right
        self.batches += 1

    def first_bad_batch(self) -> int | None:
        """Number, from 1, of the first batch whose loss is not finite. Waits for the device."""
        bad = (~self.losses[: self.batches].isfinite()).nonzero()
        return int(bad[0]) + 1 if len(bad) else None

    def mean(self, images: int) -> Pass:
        """The running loss and accuracy of the epoch, whose batches are all done."""
        loss = self.losses.double().sum().item() / images
        return Pass("train", loss, self.right.sum().item() / images, self.seconds)

    def finish(self, epoch: Epoch) -> None:
        """Close the unfinished epoch and open the next."""
        self.history.append(epoch)
        self.batches, self.seconds = 0, 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values and tensors on the CPU, which `torch.load(weights_only=True)` accepts."""
        return {
            "history": [asdict(epoch) for epoch in self.history],
            "losses": self.losses[: self.batches].cpu(),
            "right": self.right[: self.batches].cpu(),
            "seconds": self.seconds,
            "sessions": self.sessions,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Progress":
        """What `to_dict` made, one session on."""
        history = [
            Epoch(one["number"], one["learning_rate"], Pass(**one["train"]), Pass(**one["test"]))
            for one in stored["history"]
        ]
        losses, right = stored["losses"], stored["right"]
        return cls(history, losses, right, len(losses), stored["seconds"], stored["sessions"] + 1)
