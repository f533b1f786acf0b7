"""What `make report` runs: Snakemake, in a folder that it unlocks if the last one there was killed.

Snakemake's own lock outlives a killed Snakemake and does not say whose it is; the session on record
does. Arguments are handed on to Snakemake.
"""

import signal
import subprocess
import sys
from pathlib import Path

import filelock
import session


def main(arguments: list[str]) -> int:
    session.FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(session.FOLDER / "report.lock").acquire(blocking=False):
            return _refusal() or _snakemake(*arguments)
    except filelock.Timeout:
        return _say("another `make report` is running in this folder. Wait for it, or stop it.")
    except OSError as error:
        return _say(f"{session.FOLDER} cannot be written ({error.strerror}). Make it writable.")


def _refusal() -> int:
    """Unlock the folder if its last Snakemake is dead; 0 if Snakemake may start."""
    if not any(Path(".snakemake/locks").glob("*")):
        return 0
    last = session.last()
    if last is None:
        return _say(
            "this folder is locked by a Snakemake that left no record. If none is running here: "
            "snakemake --unlock"
        )
    if last["alive"] is None:
        return _say(
            f"this folder is locked by process {last['pid']} on {last['host']}. If it is not "
            "running there any more: snakemake --unlock"
        )
    if last["alive"]:
        return _say(f"process {last['pid']} is working in this folder. Wait for it, or stop it.")
    print("The last study in this folder was killed: unlocking it and going on.", flush=True)
    return _snakemake("--unlock", "--quiet", "all")


def _snakemake(*arguments: str) -> int:
    """Run it and hand signals on; its exit status."""
    child = subprocess.Popen([sys.executable, "-m", "snakemake", *arguments])
    for one in (signal.SIGINT, signal.SIGTERM):
        # A terminal sends SIGINT to both; what `kill` sends to us alone is passed on.
        signal.signal(one, lambda number, frame: number == signal.SIGTERM and child.terminate())
    return child.wait()


def _say(text: str) -> int:
    print(f"make report: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
