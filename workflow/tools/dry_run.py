"""A dry run of Snakemake, and what its words say: for `make plan` and `make why`."""

import itertools
import json
import re
import shlex
import subprocess
import sys
from typing import Any, NamedTuple

_COMMAND = re.compile(
    r"^Shell command: convstudy --log \S+ (?:--code \S+ )?(?:--uses \S+ )?(?P<rest>.*)$",
    re.MULTILINE,
)
_TABLE = re.compile(r"^job +count\n-+ +-+\n(.*?)^total", re.MULTILINE | re.DOTALL)


class Command(NamedTuple):
    """A job of the dry run, as its shell line has it."""

    name: str
    options: dict[str, str]
    slice: dict[str, Any]


def dry_run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Output and errors in one text."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--dry-run", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def counts(said: str) -> dict[str, int]:
    """Jobs by rule."""
    table = _TABLE.search(said)
    return {
        rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", table[1] if table else "", re.M)
    }


def commands(said: str) -> list[Command]:
    """The jobs' shell lines, where they were asked for (--printshellcmds)."""
    found = []
    for line in _COMMAND.finditer(said):
        name, *words = shlex.split(line["rest"])
        given = json.loads(words[-1]) if "<<<" in words else {}
        options = dict(itertools.pairwise(words))
        found.append(Command(name, options, given))
    return found
