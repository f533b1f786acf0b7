"""Reading and writing the small files that stages hand to each other."""

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from convstudy.errors import StudyError

_CANNOT_WRITE = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EIO, errno.ELOOP),
)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` that takes its place only if the block succeeds.

    Readers see the old file or the whole new one, never a half-written one. Raises `StudyError`
    where there is no room, no permission or no such folder.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.replace(path)
        finally:
            with suppress(OSError):
                temporary.unlink()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what keeps the block from writing `path` into a `StudyError`."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        # torch.save covers the file's own error with one about its archive.
        cause = error if isinstance(error, OSError) else error.__context__
        if not isinstance(cause, OSError) or cause.errno not in _CANNOT_WRITE:
            raise
        raise StudyError(
            f"{path} cannot be written ({cause.strerror}). Make room, or the folder writable, and "
            "run snakemake again; nothing half-written was left."
        ) from error


def write_text(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON; NaN and infinity are refused (they are not JSON)."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Raise `StudyError` if the file is missing or is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to make it.") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise StudyError(
            f"{path} is not JSON ({error}). Delete it and run snakemake again."
        ) from None


def canonical_json(value: Any) -> str:
    """One spelling per value, so that equal slices of the config are equal strings."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(path: Path, algorithm: str = "sha256") -> str:
    """Hexadecimal checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
