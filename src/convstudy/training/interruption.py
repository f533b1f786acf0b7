"""SIGTERM and SIGINT: finish the step, save, leave."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from convstudy.errors import StudyError

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Whether somebody has asked this process to stop, and whether it may do so at once."""

    def __init__(self) -> None:
        self.asked: str | None = None  # name of the signal
        self._deferred = False

    @contextmanager
    def listening(self) -> Iterator["Stop"]:
        """Handle the signals inside the block; only a process's main thread can."""
        before = {one: signal.signal(one, self._handle) for one in _SIGNALS}
        try:
            yield self
        finally:
            # Who was asked to stop is leaving: a second request must not break what is left to do.
            for one, handler in before.items():
                signal.signal(one, signal.SIG_IGN if self.asked else handler)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Inside the block a signal is only noted in `asked`: the block looks when it can leave."""
        self._deferred = True
        try:
            yield
        finally:
            self._deferred = False
        self.leave_if_asked("")

    def leave_if_asked(self, where: str) -> None:
        """Raise `StudyError` if a signal has come."""
        if self.asked:
            raise StudyError(
                f"stopped by {self.asked}{where}. Run snakemake again to go on from the last state."
            )

    def _handle(self, number: int, frame: object) -> None:
        self.asked = signal.Signals(number).name
        if not self._deferred:
            self.leave_if_asked("")
