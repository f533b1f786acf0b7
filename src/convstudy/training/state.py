"""The state of a training in a file, so that a killed run goes on to the same bits."""

import hashlib
import hmac
import io
import logging
import secrets
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from convstudy.errors import StudyError
from convstudy.files import canonical_json, replacing
from convstudy.locks import locked
from convstudy.tensors import UNREADABLE
from convstudy.training.interruption import Stop
from convstudy.training.progress import Progress

log = logging.getLogger(__name__)

_SAVE_SECONDS = 300.0  # within an epoch; at its end the state is saved anyway
_SECRET = "study.secret"  # beside the states that are signed with it


class Keeper:
    """Saves and restores the state of one run; without a path nothing is kept.

    `key` is all that a state has to agree with (config, code, data, versions, device); a hash of it
    is part of the file's name, `<path's stem>.<hash>.pt`. States of other keys are left alone, with
    a line in the log, and a damaged one is ignored, or one that was written elsewhere. The file is
    a signature of what follows (HMAC-SHA-256 with a secret of the folder), then `torch.save` of a
    dict; it takes its place only when it is whole.
    """

    def __init__(self, path: Path | None = None, key: Any = None, stop: Stop | None = None) -> None:
        self._key = canonical_json(key)
        short = hashlib.sha256(self._key.encode()).hexdigest()[:12]
        self.path = path and path.with_name(f"{path.stem}.{short}.pt")
        self.stop = stop or Stop()
        self._saved = time.monotonic()

    def due(self) -> bool:
        """Whether to save now, in the middle of an epoch."""
        return bool(self.stop.asked) or time.monotonic() - self._saved > _SAVE_SECONDS

    def save(
        self, model: nn.Module, optimizer: torch.optim.Optimizer | None, progress: Progress
    ) -> None:
        """Write the state; `optimizer` is None when there is no step left to take."""
        self._saved = time.monotonic()
        if self.path is None:
            return
        content = io.BytesIO()
        stored = {
            "key": self._key,
            "model": model.state_dict(),
            "optimizer": optimizer and optimizer.state_dict(),
            "progress": progress.to_dict(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state() if _device(model) == "cuda" else None,
        }
        torch.save(stored, content)
        try:
            signature = sign(self.path.parent, content.getbuffer())
            with replacing(self.path) as temporary, temporary.open("wb") as file:
                file.write(signature)
                file.write(content.getbuffer())
        except StudyError as error:
            log.warning("Training goes on without a new state: %s", error)

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> Progress:
        """Put a stored state that fits into `model` and `optimizer`; else start anew."""
        stored = self._read()
        if stored is None:
            return Progress()
        model.load_state_dict(stored["model"])
        if stored["optimizer"]:
            optimizer.load_state_dict(stored["optimizer"])
        torch.set_rng_state(stored["random"])
        if stored["random_cuda"] is not None:
            torch.cuda.set_rng_state(stored["random_cuda"])
        progress = Progress.from_dict(stored["progress"])
        log.info(
            "Going on from %s: epoch %d, after batch %d.",
            self.path, progress.epoch, progress.batches,
        )  # fmt: skip
        return progress

    def _read(self) -> dict[str, Any] | None:
        if self.path is None:
            return None
        run = self.path.name.partition(".")[0]
        for other in sorted(set(self.path.parent.glob(f"{run}.*.pt")) - {self.path}):
            log.info("%s is of another config, code, data, version or device: ignored.", other)
        if not self.path.is_file():
            return None
        stored = _unpack(self.path)
        if stored is None or stored["key"] != self._key:
            log.info(
                "%s is damaged, or was not written in this folder: it is ignored, training starts "
                "anew.", self.path,
            )  # fmt: skip
            return None
        return stored


def sign(folder: Path, content: bytes | memoryview) -> bytes:
    """32 bytes that only states of this folder start with, as long as nobody forges them."""
    path = folder / _SECRET
    with locked(path):
        if not path.is_file():
            with replacing(path) as temporary:
                temporary.write_bytes(secrets.token_bytes(32))
        return hmac.digest(path.read_bytes(), content, "sha256")


def _unpack(path: Path) -> dict[str, Any] | None:
    content = path.read_bytes()
    if not hmac.compare_digest(sign(path.parent, content[32:]), content[:32]):
        return None
    try:
        stored: dict[str, Any] = torch.load(
            io.BytesIO(content[32:]), map_location="cpu", weights_only=True
        )
    except UNREADABLE:
        return None  # whole, but not ours
    return stored


def _device(model: nn.Module) -> str:
    return next(model.parameters()).device.type
