"""What failed, once more at the end: Snakemake prints whole commands after it, data and all."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_FAILED = re.compile(r"^Error in rule .+:\n(?:    .*\n)*?    log: (.+) \(check log", re.MULTILINE)


def messages(logs: Iterable[str]) -> Iterator[str]:
    """The last words of each job that failed, from the log of Snakemake and those of the jobs."""
    text = "\n".join(Path(log).read_text(encoding="utf-8") for log in logs)
    for path in dict.fromkeys(map(Path, _FAILED.findall(text))):
        said = path.read_text(encoding="utf-8") if path.is_file() else ""
        _, found, message = f"\n{said}".rpartition("\nconvstudy ")
        if found:
            yield f"convstudy {message.rstrip()}"
        else:
            yield f"{path}: ends without a message; was the job killed (memory, time)?"
