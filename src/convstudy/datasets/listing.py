"""A plain folder of images: which files it has, and one checksum over the contents of all.

Contents decide: a file is hashed again whenever its size, times or inode say that it may have
changed (no copy and no `touch` can set ctime), and what was hashed is kept in a cache.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from convstudy.errors import StudyError
from convstudy.files import canonical_json, digest, write_text

# File systems tell times apart by up to 2 s: a file younger than that may change once more unseen.
_TOO_YOUNG_NS = 2_000_000_000
_LEAVINGS = ("thumbs.db", "desktop.ini", "__macosx")


class Found(NamedTuple):
    inside: PurePosixPath  # relative to the folder
    path: Path
    is_folder: bool


def is_leaving(path: PurePosixPath) -> bool:
    """Whether file managers left it: hidden files, __MACOSX, Thumbs.db, desktop.ini."""
    return any(part.startswith(".") or part.lower() in _LEAVINGS for part in path.parts)


def below(folder: Path) -> Iterator[Found]:
    """All folders and files below `folder`, sorted; links are followed, but never in a circle.

    Raises `StudyError` naming a file whose name is no UTF-8, or a folder that cannot be read.
    """
    yield from _below(folder, PurePosixPath(), {os.path.realpath(folder)})


def _below(folder: Path, inside: PurePosixPath, above: set[str]) -> Iterator[Found]:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise StudyError(f"{folder} cannot be read ({error.strerror}).") from None
    for name in names:
        path, within = folder / name, inside / name
        check_name(folder, name)
        is_folder = path.is_dir()
        yield Found(within, path, is_folder)
        real = os.path.realpath(path)
        if is_folder and real not in above:
            yield from _below(path, within, above | {real})


def check_name(where: Path, name: str) -> None:
    """Raise `StudyError` for a name that is no UTF-8, as older systems and archives have them."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise StudyError(
            f"{where}: the name {name!r} is not UTF-8, so no two systems would read it alike."
            " Rename it (convmv does so for whole folders)."
        ) from None


def content_digest(folder: Path, cache: Path | None = None) -> str:
    """Checksum over names and contents of all files below `folder` but leavings.

    With `cache` (JSON: path → size, times, inode and sha256) only what may have changed is read.
    Raises `StudyError` for a file that cannot be read.
    """
    known = _read(cache) if cache else {}
    kept: dict[str, list[object]] = {}
    hashed = hashlib.sha256()
    for inside, path, is_folder in below(folder):
        if is_folder or is_leaving(inside) or not path.is_file():
            continue
        entry = _entry(path, known.get(str(inside)))
        hashed.update(f"{inside}\0{entry[-1]}\n".encode())
        kept[str(inside)] = entry
    if cache and kept != known:
        # A folder that nobody may write to costs time, not the study.
        with suppress(StudyError):
            write_text(cache, canonical_json(kept))
    return hashed.hexdigest()


def _entry(path: Path, known: object) -> list[object]:
    """[size, mtime, ctime, inode, sha256]; ctime 0 where the file may yet change unseen."""
    try:
        stat, now = path.stat(), time.time_ns()
        seen = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        if isinstance(known, list) and known[:-1] == seen:
            return known
        if now - stat.st_ctime_ns < _TOO_YOUNG_NS:
            seen[2] = 0
        return [*seen, digest(path)]
    except OSError as error:
        raise StudyError(f"{path} cannot be read ({error.strerror}).") from None


def _read(cache: Path) -> dict[str, object]:
    """What an earlier call kept; a damaged cache is none."""
    try:
        found = json.loads(cache.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
