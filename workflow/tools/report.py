"""What `make report` runs: Snakemake, in a folder that it unlocks if the last one there was killed.

Snakemake's own lock outlives a killed Snakemake and does not say whose it is; the session on record
does. Nor does Snakemake make a file again that is missing where all that was made from it is there:
these are asked for by name first. Arguments are handed on to Snakemake.
"""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import filelock
import psutil

import session

# Snakemake, which finds its plugins on the path; jobs do not inherit it.
_SNAKEMAKE = f"""import sys
sys.path.append({str(Path(__file__).parent)!r})
from snakemake.cli import main
main()"""
_PATIENCE = 10.0  # seconds that Snakemake has to end once its jobs have


def main(arguments: list[str]) -> int:
    session.FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(session.FOLDER / "report.lock").acquire(blocking=False):
            return _refusal() or _again(arguments) or _snakemake(*arguments) or _done(arguments)
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


def lost(arguments: list[str]) -> list[str]:
    """Missing files that Snakemake would leave missing, since nothing that is asked for needs them.

    Not raw data, which may be removed; nor prepared data in a folder without records of what was
    made with what: the runs there would be older than their data, and trained again.
    """
    command = [sys.executable, "-m", "snakemake", "--summary", *arguments]
    listed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    left = [row[0] for row in rows if len(row) > 5 and row[-1] == "no update"]
    recorded = any(Path(".snakemake/metadata").glob("*"))
    kept = "data/raw/" if recorded else "data/"
    return [name for name in left if not name.startswith(kept) and not Path(name).exists()]


def _again(arguments: list[str]) -> int:
    """Make missing files again, and only these: what was made from them stands."""
    missing = lost(arguments)
    if not missing:
        return 0
    some = f"{', '.join(missing[:3])}{', …' * (len(missing) > 3)}"
    print(f"Missing, and made again: {some}", flush=True)
    return _snakemake(*missing, *(one for one in arguments if not _is_target(one)))


def _is_target(argument: str) -> bool:
    return argument.endswith((".md", ".html"))


def _done(arguments: list[str]) -> int:
    made = [one for one in arguments if _is_target(one) and Path(one).is_file()]
    if "report.md" in made and (found := first_finding(Path("report.md").read_text("utf-8"))):
        print(f"Found, first of all: {found}")
    print(f"Written: {' and '.join(made)}.")
    return 0


def first_finding(report: str) -> str | None:
    """The first item below the first heading of a report, as it is read; None if it has none."""
    _, _, below = report.partition("\n## ")
    item = re.search(r"^- (.*)$", below.partition("\n## ")[0], re.MULTILINE)
    return re.sub(r"\\(.)", r"\1", item[1]) if item else None


def _snakemake(*arguments: str) -> int:
    """Run it, with our way to show how far it is, and hand signals on; its exit status."""
    child = None

    def stop(number: int, frame: object) -> None:
        # A terminal sends SIGINT to all. SIGTERM comes to us alone, and Snakemake would wait for
        # its jobs: they are told as well, and save their state.
        if number == signal.SIGTERM and child:
            jobs = psutil.Process(child.pid).children(recursive=True)
            for process in [*jobs, child]:
                process.terminate()
            Thread(target=_see_off, args=(child, jobs), daemon=True).start()

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    # At the end: it would take targets for further loggers.
    command = [sys.executable, "-c", _SNAKEMAKE, *arguments, "--logger", "convstudy"]
    try:
        child = subprocess.Popen(command)
        return child.wait()
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _see_off(snakemake: subprocess.Popen[bytes], jobs: list[psutil.Process]) -> None:
    """Kill it if it stays: what handles SIGTERM in it waits for a lock that it may hold itself.

    Seen with Snakemake 9.27 (`JobScheduler.exit_gracefully`, while it notes that jobs have ended).
    """
    psutil.wait_procs(jobs)
    try:
        snakemake.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        snakemake.kill()


def _say(text: str) -> int:
    print(f"make report: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
