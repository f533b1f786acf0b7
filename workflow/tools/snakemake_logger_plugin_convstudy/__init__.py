"""What `make report` shows while it runs: a line per training, and in a terminal a bar below them.

Snakemake finds this module by the beginning of its name (`--logger convstudy`). Its own log, with
every reason and command, is below .snakemake/log as ever.
"""

import logging
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from convstudy.errors import StudyError
from convstudy.files import read_json

_TRAIN = "train"
_SECONDS_OF_A_JOB = 5.0  # of a rule of which none is done
_BAR = 24  # columns
_CLEAR = "\r\x1b[K"
# What Snakemake says of a job that failed has been said by the job itself, without its command.
_SAID_ALREADY = ("CalledProcessError in file", "At least one job did not complete")


class Job(NamedTuple):
    rule: str
    message: str
    output: list[str]
    log: list[str]
    started: float


class LogHandler(LogHandlerBase):
    """Prints to standard error, as Snakemake does."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        self.left: Counter[str] = Counter()  # jobs by rule
        self.all = 0
        self.running: dict[int, Job] = {}
        self.seconds: dict[str, list[float]] = {}  # of finished jobs, by rule
        self.began = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Called for every record of Snakemake, in a thread of its own."""
        event = getattr(record, "event", None)
        if event == LogEvent.RUN_INFO and not self.all:
            self._begin({name: n for name, n in record.stats.items() if name != "total"})  # type: ignore[attr-defined]
        elif event == LogEvent.JOB_INFO:
            self._start(record)
        elif event == LogEvent.JOB_FINISHED:
            self._finish(record.job_id)  # type: ignore[attr-defined]
        elif event == LogEvent.JOB_ERROR:
            self._fail(record)
        elif event in (None, LogEvent.ERROR):
            self._pass_on(record)
        self._draw()

    def close(self) -> None:
        if self.all and _in_terminal():
            print(_CLEAR, end="", file=sys.stderr, flush=True)
        super().close()

    def _begin(self, jobs: dict[str, int]) -> None:
        self.left.update(jobs)
        self.all = self.left.total()
        trainings = self.left[_TRAIN]
        self._say(f"Trainings: {trainings}; other jobs: {self.all - trainings}.")

    def _start(self, record: Any) -> None:
        self.running[record.jobid] = Job(
            record.rule_name,
            record.rule_msg or record.rule_name,
            list(record.output),
            list(record.log),
            time.monotonic(),
        )

    def _finish(self, number: int) -> None:
        job = self.running.pop(number, None)
        if job is None:  # what only collects others
            return
        self.left[job.rule] -= 1
        taken = time.monotonic() - job.started
        self.seconds.setdefault(_kind(job.rule), []).append(taken)
        if job.rule == _TRAIN:
            done, left = len(self.seconds[_TRAIN]), self.left[_TRAIN]
            self._say(f"[{done}/{done + left}] {job.message.removeprefix('Train ')}: {_told(job)}")
            if not left and self.left.total():
                self._say("All trainings are done; now what follows from them.")

    def _fail(self, record: Any) -> None:
        job = self.running.pop(record.jobid, None)
        if job:
            self._say(f"Failed: {job.message} (log: {', '.join(job.log)})")

    def _pass_on(self, record: logging.LogRecord) -> None:
        """Faults and warnings; and that there is nothing to do, if that is all."""
        text = record.getMessage()
        if any(one in text for one in _SAID_ALREADY):
            return
        if record.levelno >= logging.WARNING or text.startswith("Nothing to be done"):
            self._say(text)

    def _say(self, text: str) -> None:
        print(f"{_CLEAR if _in_terminal() else ''}{text}", file=sys.stderr, flush=True)

    def _draw(self) -> None:
        """The bar; the cursor goes back to its start, so that other lines take its place."""
        left = self.left.total()
        if not self.all or not left or not _in_terminal():
            return
        filled = _BAR * (self.all - left) // self.all
        bar = "█" * filled + "░" * (_BAR - filled)
        latest = next(reversed(self.running.values())).message if self.running else ""
        line = f"{bar} {self.all - left}/{self.all}{self._remaining()}  {latest}"
        width = shutil.get_terminal_size().columns - 1
        print(f"{_CLEAR}{line[:width]}\r", end="", file=sys.stderr, flush=True)

    def _remaining(self) -> str:
        """By the mean of the finished jobs of each rule, and how many have run side by side."""
        if not self.seconds.get(_TRAIN) and self.left[_TRAIN]:
            return ""
        work = 0.0
        for rule, count in self.left.items():
            known = self.seconds.get(_kind(rule), [_SECONDS_OF_A_JOB])
            work += count * sum(known) / len(known)
        now = time.monotonic()
        spent = [now - job.started for job in self.running.values()]
        busy = sum(map(sum, self.seconds.values())) + sum(spent)
        beside = max(1.0, busy / (now - self.began))
        minutes = max(0.0, work - sum(spent)) / beside / 60
        return f", about {minutes:.0f} min left" if minutes >= 1 else ", less than a minute left"


def _kind(rule: str) -> str:
    """One rule draws each section's figures; they take alike."""
    return rule.partition("_")[0]


def _told(job: Job) -> str:
    """What came out of a training."""
    try:
        (path,) = (one for one in job.output if one.endswith("metrics.json"))
        run = read_json(Path(path))
        return f"test accuracy {run['test_accuracy']:.2%} in {run['train_seconds']:.0f} s"
    except (StudyError, KeyError, ValueError, TypeError):
        return "done"


def _in_terminal() -> bool:
    return sys.stderr.isatty()
