"""What failed, once more at the end: Snakemake prints whole commands after it, data and all."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# Of a job that failed: its number and its logs, ours first; an executor may add its own.
_FAILED = re.compile(
    r"^Error in rule .+:\n(?:    .*\n)*?    jobid: (\d+)\n(?:    .*\n)*?    log: (.+) \(check log",
    re.MULTILINE,
)
_FINISHED = re.compile(r"^Finished jobid: (\d+) ", re.MULTILINE)


def messages(logs: Iterable[str]) -> Iterator[str]:
    """The last words of each job that failed, from the log of Snakemake and those of the jobs."""
    said = "\n".join(_text(Path(log)) for log in logs)
    finished = _FINISHED.findall(said)  # a job that was tried again may have succeeded
    names = [files for job, files in _FAILED.findall(said) if job not in finished]
    for path in dict.fromkeys(Path(files.split(", ")[0]) for files in names):
        _, found, message = f"\n{_text(path)}".rpartition("\nconvstudy ")
        words = f"convstudy {message.rstrip()}" if found else "ended without a message; see above"
        yield f"{words}\n  log: {path}"


def _text(path: Path) -> str:
    """Whatever can be read of a log: a fault here would hide the one that is asked about."""
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
