"""What a Snakemake process leaves in `.snakemake/convstudy` for later ones: who it is, which code.

Beside the workflow and not in the package, which knows nothing of Snakemake.
"""

import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import filelock

from convstudy.errors import StudyError
from convstudy.files import read_json, write_json
from convstudy.fingerprint import parts

FOLDER = Path(".snakemake/convstudy")
_RUNNING = FOLDER / "running.json"
# Held for the life of a Snakemake process; that it is free says, whatever the clock does, that the
# process is dead.
_lock = filelock.FileLock(FOLDER / "session.lock")


def keep(fingerprints: dict[str, tuple[str, ...]]) -> None:
    """Write down this process and its locks, and what each fingerprint of code is made of."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with suppress(filelock.Timeout):
        _lock.acquire(blocking=False)
    write_json(
        _RUNNING, {"host": socket.gethostname(), "pid": os.getpid(), "locks": snakemake_locks()}
    )
    for fingerprint, entries in fingerprints.items():
        path = _code(fingerprint)
        if not path.exists():
            write_json(path, {"entries": entries, "modules": parts(*entries)})


def snakemake_locks() -> dict[str, list[int]]:
    """Inode and time of each file by which Snakemake keeps others out of this folder."""
    found = {path.name: path.stat() for path in Path(".snakemake/locks").glob("*")}
    return {name: [one.st_ino, one.st_mtime_ns] for name, one in sorted(found.items())}


def edited_since(fingerprint: str) -> list[str] | None:
    """Modules that differ today; None if no session in this folder had that fingerprint."""
    try:
        record = read_json(_code(fingerprint))
    except StudyError:
        return None
    then, today = record["modules"], parts(*record["entries"])
    return sorted(name for name in {*then, *today} if then.get(name) != today.get(name))


def owner_of_locks() -> dict[str, Any] | None:
    """The process that wrote Snakemake's present locks: host, pid, alive; None if not on record."""
    try:
        found = read_json(_RUNNING)
        if found["locks"] != snakemake_locks():
            return None
    except (StudyError, KeyError, TypeError):
        return None
    try:
        with filelock.FileLock(_lock.lock_file).acquire(blocking=False):
            return {**found, "alive": False}
    except filelock.Timeout:
        return {**found, "alive": True}


def _code(fingerprint: str) -> Path:
    return FOLDER / "code" / f"{fingerprint}.json"
