"""What `make report` runs: Snakemake, in a folder that it unlocks if the last one there was killed.

Snakemake's own lock outlives a killed Snakemake and does not say whose it is; the session on record
does. Nor does Snakemake make a file again that is missing where all that was made from it is there.
Arguments are handed on to Snakemake.
"""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import filelock
import psutil

from convstudy.errors import StudyError
from convstudy.files import read_json
from convstudy.report.record import record_of

import session

REPORT = Path("report.md")


def main(arguments: list[str]) -> int:
    session.FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(session.FOLDER / "report.lock").acquire(blocking=False):
            return _refusal() or _snakemake(*arguments, *_again()) or _done(arguments)
    except filelock.Timeout:
        return _say("another `make report` is running in this folder. Wait for it, or stop it.")
    except OSError as error:
        return _say(f"{session.FOLDER} cannot be written ({error.strerror}). Make it writable.")


def _refusal() -> int:
    """Unlock the folder if whoever locked it is dead; 0 if Snakemake may start."""
    if not session.snakemake_locks():
        return 0
    owner = session.owner_of_locks()
    if owner is None or (not owner["alive"] and owner["host"] != socket.gethostname()):
        return _say(
            "this folder is locked by a Snakemake that is not on record here, or of another "
            "machine. If none is running: snakemake --unlock"
        )
    if owner["alive"]:
        return _say(
            f"process {owner['pid']} on {owner['host']} is working in this folder. Wait for it, or "
            "stop it."
        )
    print("The last study in this folder was killed: unlocking it and going on.", flush=True)
    return _snakemake("--unlock", "--quiet", "all")


def lost() -> list[str]:
    """Files that the last report was made from and that are missing; none without its record."""
    try:
        record = read_json(record_of(REPORT))
        paths = [Path(record["results"], name) for name in record["files"]]
    except (StudyError, KeyError, TypeError):
        return []
    return [str(path) for path in paths if not path.is_file()]


def _again() -> list[str]:
    """Arguments for a run of all that asks for missing files."""
    missing = lost()
    if not missing:
        return []
    print(
        f"Missing, and made again: {', '.join(missing[:3])}{', …' * (len(missing) > 3)}", flush=True
    )
    return ["--forcerun", "summarise", "report"]


def _done(arguments: list[str]) -> int:
    made = [one for one in arguments if one.endswith((".md", ".html")) and Path(one).is_file()]
    print(f"Written: {' and '.join(made)}.")
    return 0


def _snakemake(*arguments: str) -> int:
    """Run it and hand signals on; its exit status."""
    child = None

    def stop(number: int, frame: object) -> None:
        # A terminal sends SIGINT to all. SIGTERM comes to us alone, and Snakemake would wait for
        # its jobs: they are told as well, and save their state.
        if number == signal.SIGTERM and child:
            for process in [*psutil.Process(child.pid).children(recursive=True), child]:
                process.terminate()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, stop)
    child = subprocess.Popen([sys.executable, "-m", "snakemake", *arguments])
    return child.wait()


def _say(text: str) -> int:
    print(f"make report: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
