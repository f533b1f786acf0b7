"""What `make why` runs: which jobs are stale and why, in words, from a dry run of Snakemake.

Arguments are those of the run that is asked about: `python workflow/tools/why.py report.md …`.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from convstudy.config import ABSENT, differences

import session
from dry_run import dry_run
from report import lost

_JOB = re.compile(r"^Job \d+: (?P<message>.*)\nReason: (?P<reason>.*)$", re.MULTILINE)
_STRING = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_PARAMS = re.compile(
    rf"across all output: before: ({_STRING}(?:,{_STRING})*|<nothing exclusive>)"
    rf" now: ({_STRING}(?:,{_STRING})*|<nothing exclusive>)"
)
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_PLAIN = {
    "Code has changed": "the rule itself has changed",
    "Set of input files has changed": "its set of input files has changed",
    "Incomplete output files": "it was cut off",
    "Forced execution": "it was cut off, or it is forced",
}


def main(arguments: list[str]) -> int:
    done = dry_run("--cores", "1", *arguments)
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        return done.returncode
    print(explain(done.stdout))
    for path in lost(arguments):
        print(f"{path} is missing; `make report` makes it again.")
    if any(Path("results").glob("*/runs")) and not any(Path(".snakemake/metadata").glob("*")):
        print(
            "\nThere is no record (.snakemake/metadata) of what the files here were made with: only"
            " their times were compared."
        )
    return 0


def explain(dry_run: str) -> str:
    """The stale jobs with their reasons, alike ones together; then those that only follow."""
    stale: dict[tuple[str, ...], list[str]] = {}
    following = []
    for job in _JOB.finditer(dry_run):
        reasons = tuple(_reasons(job["reason"]))
        if reasons:
            stale.setdefault(reasons, []).append(job["message"])
        else:
            following.append(job["message"])
    if not stale and not following:
        return "Nothing is stale."
    lines = []
    # A dry run lists jobs in any order.
    for messages, reasons in sorted(
        ((sorted(messages), reasons) for reasons, messages in stale.items()),
        key=lambda group: (-len(group[0]), group),
    ):
        lines += [*messages, *(f"    because {reason}" for reason in reasons), ""]
    if following:
        lines += [f"{len(following)} more, because they use what these make:"]
        lines += [f"    {message}" for message in sorted(following)]
    return "\n".join(lines).rstrip()


def _reasons(reason: str) -> Iterator[str]:
    """Reasons of a job's own: not those that come from another job of this run."""
    if "Missing output files" in reason:
        yield "it has not been run, or its result is gone"
    if updated := re.search(r"Updated input files: ([^;]*)", reason):
        yield f"its input has changed: {_few(updated[1])}"
    for said, words in _PLAIN.items():
        if said in reason:
            yield words
    if params := _PARAMS.search(reason):
        before, now = (_values(text) for text in params.groups())
        yield from _changes(before, now)


def _few(files: str) -> str:
    names = sorted(files.split(", "))
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _values(text: str) -> list[str]:
    return [] if text.startswith("<") else list(ast.literal_eval(f"[{text}]"))


def _changes(before: list[str], now: list[str]) -> Iterator[str]:
    """What differs between a job's params then and now: the config, the code, or both."""
    slices, code, other = [], [], []
    for values in (before, now):
        slices.append([value for value in values if value.startswith(("{", "["))])
        code.append([value for value in values if _FINGERPRINT.fullmatch(value)])
        other.append([v for v in values if v not in slices[-1] and v not in code[-1]])
    if slices[0] and slices[1]:
        for change in differences(json.loads(slices[0][0]), json.loads(slices[1][0])):
            yield _difference(*change)
    if code[0] and code[1]:
        yield _edited(code[0][0])
    if other[0] or other[1]:
        yield f"{', '.join(other[0]) or 'nothing'} has become {', '.join(other[1]) or 'nothing'}"


def _difference(key: str, before: Any, now: Any) -> str:
    if now == ABSENT:
        return f"{key} is no longer part of its config"
    if before == ABSENT:
        return f"{key} is new in its config"
    short = [json.dumps(value, ensure_ascii=False) for value in (before, now)]
    if max(map(len, short)) > 80:
        return f"{key} has changed in the config"
    return f"{key} was {short[0]} in the config and is {short[1]}"


def _edited(fingerprint: str) -> str:
    modules = session.edited_since(fingerprint)
    if modules is None:
        return "its code has changed (which module is not on record)"
    if not modules:
        return "it uses other modules of the code"
    return f"its code has changed: {', '.join(modules)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
