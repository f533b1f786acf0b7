"""What `make report` runs: Snakemake, in a folder that it unlocks if the last one there was killed.

Snakemake's own lock outlives a killed Snakemake and does not say whose it is; the session on record
does. Arguments are handed on to Snakemake.
"""

import signal
import socket
import subprocess
import sys

import filelock
import psutil

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
