"""With what a report is written: code, templates and words, and whether git knows them."""

import hashlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import convstudy
from convstudy.files import canonical_json, digest
from convstudy.fingerprint import fingerprint

Values = dict[str, Any]


def written_with(templates: Path, words: Path | None) -> Values:
    """Fingerprint of the code, digest of the words, commit (null outside a checkout), `dirty`."""
    commit = git(templates, "rev-parse", "HEAD")
    return {
        **code_and_words(templates, words),
        "commit": commit,
        "dirty": commit and changed(templates, words, "HEAD"),
    }


def code_and_words(templates: Path, words: Path | None) -> Values:
    """The part that can be found out again whenever the same files are there."""
    digests = {
        path.relative_to(templates).as_posix(): digest(path)
        for path in sorted(templates.rglob("*.md.j2"))
    }
    digests |= {words.name: digest(words)} if words else {}
    return {
        "code": fingerprint("convstudy.report.render"),
        "words": hashlib.sha256(canonical_json(digests).encode()).hexdigest()[:16],
    }


def changed(templates: Path, words: Path | None, commit: str) -> bool | None:
    """Whether code or words differ from those of a commit; null where git does not know it."""
    package = Path(convstudy.__path__[0])
    parts = [str(path.resolve()) for path in (templates, words, package) if path]
    own = ["--", *_inside(templates, parts)]
    differing = git(templates, "diff", "--name-only", commit, *own)
    new = git(templates, "ls-files", "--others", "--exclude-standard", *own)
    return None if differing is None else bool(differing or new)


def _inside(templates: Path, paths: Iterable[str]) -> list[str]:
    """Those in the checkout of the templates: a package may be installed elsewhere."""
    top = git(templates, "rev-parse", "--show-toplevel")
    return [path for path in paths if top and Path(path).is_relative_to(top)]


def git(folder: Path, *arguments: str) -> str | None:
    """What git prints there; None without git, outside a checkout and where it refuses."""
    command = ["git", "-C", str(folder), *arguments]
    # A hook of git's own runs with its repository in the environment.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
