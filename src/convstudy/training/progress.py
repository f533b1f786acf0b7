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

    Losses and right answers stay on the device, one scalar per batch, so that no step waits for the
    host; `sessions` counts the processes that have worked on this run.
    """

    history: list[Epoch] = field(default_factory=list)
    losses: list[Tensor] = field(default_factory=list)  # summed over each batch, float32 ()
    right: list[Tensor] = field(default_factory=list)  # right answers of each batch, int64 ()
    seconds: float = 0.0  # spent on training in the unfinished epoch
    sessions: int = 1

    @property
    def epoch(self) -> int:
        """Number of the unfinished epoch, from 1."""
        return len(self.history) + 1

    @property
    def batches(self) -> int:
        return len(self.losses)

    def first_bad_batch(self) -> int | None:
        """Number, from 1, of the first batch whose loss is not finite. Waits for the device."""
        bad = (~torch.stack(self.losses).isfinite()).nonzero()
        return int(bad[0]) + 1 if len(bad) else None

    def mean(self, images: int) -> Pass:
        """The running loss and accuracy of the epoch, whose batches are all done."""
        loss = torch.stack(self.losses).double().sum().item() / images
        return Pass("train", loss, torch.stack(self.right).sum().item() / images, self.seconds)

    def finish(self, epoch: Epoch) -> None:
        """Close the unfinished epoch and open the next."""
        self.history.append(epoch)
        self.losses, self.right, self.seconds = [], [], 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values and tensors on the CPU, which `torch.load(weights_only=True)` accepts."""
        return {
            "history": [asdict(epoch) for epoch in self.history],
            "losses": torch.stack(self.losses).cpu(),
            "right": torch.stack(self.right).cpu(),
            "seconds": self.seconds,
            "sessions": self.sessions,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any], device: str) -> "Progress":
        """What `to_dict` made, one session on."""
        history = [
            Epoch(one["number"], one["learning_rate"], Pass(**one["train"]), Pass(**one["test"]))
            for one in stored["history"]
        ]
        losses, right = (list(stored[name].to(device)) for name in ("losses", "right"))
        return cls(history, losses, right, stored["seconds"], stored["sessions"] + 1)
