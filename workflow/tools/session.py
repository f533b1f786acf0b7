"""What a Snakemake process leaves in `.snakemake/convstudy` for later ones: who it is, which code.

Beside the workflow and not in the package, which knows nothing of Snakemake.
"""

import socket
from pathlib import Path
from typing import Any

import psutil

from convstudy.errors import StudyError
from convstudy.files import read_json, write_json
from convstudy.fingerprint import parts

FOLDER = Path(".snakemake/convstudy")
_RUNNING = FOLDER / "running.json"


def keep(fingerprints: dict[str, tuple[str, ...]]) -> None:
    """Write down this process, and what each fingerprint of code is made of."""
    this = psutil.Process()
    write_json(
        _RUNNING, {"host": socket.gethostname(), "pid": this.pid, "created": this.create_time()}
    )
    for fingerprint, entries in fingerprints.items():
        path = _code(fingerprint)
        if not path.exists():
            write_json(path, {"entries": entries, "modules": parts(*entries)})


def edited_since(fingerprint: str) -> list[str] | None:
    """Modules that differ today; None if no session in this folder had that fingerprint."""
    try:
        record = read_json(_code(fingerprint))
    except StudyError:
        return None
    then, today = record["modules"], parts(*record["entries"])
    return sorted(name for name in {*then, *today} if then.get(name) != today.get(name))


def last() -> dict[str, Any] | None:
    """The Snakemake process that started last in this folder, with `alive`: None if unknown."""
    try:
        found = read_json(_RUNNING)
        here = found["host"] == socket.gethostname()
        return {**found, "alive": _is_alive(found) if here else None}
    except (StudyError, KeyError, TypeError):
        return None


def _is_alive(found: dict[str, Any]) -> bool:
    try:
        return abs(psutil.Process(found["pid"]).create_time() - found["created"]) < 1
    except psutil.NoSuchProcess:
        return False


def _code(fingerprint: str) -> Path:
    return FOLDER / "code" / f"{fingerprint}.json"
