"""Locks between processes, on one machine or over a shared file system."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from convstudy.files import writing

log = logging.getLogger(__name__)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that belongs to `path` (`<path>.lock` beside it); wait for whoever has it.

    The lock goes with its process, however that ends.
    """
    lock = filelock.FileLock(_lock_file(path))
    with writing(_lock_file(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            log.info("Another process holds %s: waiting for it to end.", _lock_file(path))
            lock.acquire(poll_interval=0.2)
    try:
        yield
    finally:
        lock.release()


def discard(path: Path) -> None:
    """Remove `<stem>.*` of `path`, its lock included, unless a process holds the lock."""
    if not _lock_file(path).exists():
        return
    try:
        with filelock.FileLock(_lock_file(path)).acquire(blocking=False):
            for one in path.parent.glob(f"{path.stem}.*"):
                one.unlink(missing_ok=True)
    except filelock.Timeout:
        log.info("%s is kept: a process holds its lock.", path)


def _lock_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
