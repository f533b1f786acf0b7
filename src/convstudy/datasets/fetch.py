"""`convstudy fetch`: one raw file from the first mirror that has it whole.

Standard input: the file's checksums, {"md5" | "sha256": hex} or {}. It is looked for at
`<mirror>/<file>`; http(s)://, file:// and plain folders will do.
"""

import argparse
import fcntl
import hashlib
import json
import logging
import os
import shutil
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom, BufferedReader
from pathlib import Path

from convstudy.config import read_slice
from convstudy.datasets.checksums import note
from convstudy.datasets.download import HEAD_BYTES, TransferError, no_data, transfer
from convstudy.errors import StudyError
from convstudy.files import replacing

ATTEMPTS = 5  # per mirror, and only while each brings the download further
ALGORITHMS = ("md5", "sha256")

log = logging.getLogger(__name__)


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy fetch", description=__doc__)
    parser.add_argument("--dataset", required=True, help="its key in config.yaml")
    # Apart from the slice: a mirror decides where a file comes from, not what it is.
    parser.add_argument("--mirrors", required=True, help="JSON: {dataset: [URL or folder, …]}")
    parser.add_argument("--output", required=True, type=Path, help="its name is the file's name")
    options = parser.parse_args(argv)
    mirrors = mirrors_of(options.dataset, options.mirrors)
    fetch(options.dataset, options.output, read_slice(), mirrors)
    note(options.output)


def mirrors_of(dataset: str, given: str) -> list[str]:
    """Those of a data set, of the text behind --mirrors."""
    try:
        found: list[str] = json.loads(given).get(dataset, [])
    except (json.JSONDecodeError, AttributeError):
        raise StudyError("--mirrors: not a JSON object. Give {dataset: [mirror, …]}.") from None
    return found


def fetch(dataset: str, output: Path, checksums: dict[str, str], mirrors: list[str]) -> None:
    """Put a file of `dataset` at `output`, from the first of `mirrors` that serves it whole.

    It has `output`'s name there, and takes its place only after its checksums are right. A partial
    download stays beside it as `<output>.part` and is resumed by the next call. Raises `StudyError`
    with one line per mirror if none will do.
    """
    file = output.name
    unknown = checksums.keys() - set(ALGORITHMS)
    if unknown:
        raise StudyError(
            f"datasets.{dataset}.files.{file}: checksum {', '.join(sorted(unknown))} is unknown."
            f" Use {' or '.join(ALGORITHMS)}."
        )
    faults = obtain(output, checksums, [address(mirror, file) for mirror in mirrors])
    if faults is not None:
        raise StudyError(_no_mirror(dataset, file, checksums, faults))


def obtain(output: Path, checksums: dict[str, str], places: list[str]) -> list[str] | None:
    """Put a file at `output` from the first of `places` that serves it whole, as `fetch` does.

    A place is a URL or a path. None if there was one, else what is wrong with each.
    """
    faults = []
    for where in places:
        log.info("trying %s", where)
        try:
            _fetch_from(where, output, checksums)
        except TransferError as fault:
            log.warning("%s: %s", where, fault)
            faults.append(f"{where}: {fault}")
        else:
            log.info("fetched %s (%d bytes)", output, output.stat().st_size)
            return None
    return faults


def address(mirror: str, file: str) -> str:
    """`<mirror>/<file>`: a URL stays a URL, a folder or file:// becomes a path."""
    url = urllib.parse.urlsplit(mirror)
    if url.scheme == "file":
        return str(Path(urllib.request.url2pathname(url.path)) / file)
    if "://" in mirror:
        return f"{mirror.rstrip('/')}/{urllib.parse.quote(file)}"
    return str(Path(mirror).expanduser() / file)


def _fetch_from(where: str, output: Path, checksums: dict[str, str]) -> None:
    scheme = urllib.parse.urlsplit(where).scheme if "://" in where else ""
    if scheme in ("http", "https"):
        _download(where, output, checksums)
    elif scheme:
        raise TransferError(f"{scheme}:// is not supported (http, https, file or a folder)")
    else:
        _copy(Path(where), output, checksums)


def _copy(source: Path, output: Path, checksums: dict[str, str]) -> None:
    try:
        with source.open("rb") as reading, replacing(output) as temporary:
            with temporary.open("wb") as writing:
                shutil.copyfileobj(reading, writing, 1 << 20)
            with temporary.open("rb") as copied:
                _check(copied, checksums)
    except FileNotFoundError:
        raise TransferError("no such file") from None
    except OSError as error:
        raise TransferError(f"cannot be copied ({error.strerror})") from None


def _download(url: str, output: Path, checksums: dict[str, str]) -> None:
    path = output.with_name(f"{output.name}.part")
    with _partial(path) as part:
        if not checksums:
            part.truncate(0)  # nothing could tell a file patched together from two mirrors
        if not is_whole(part, checksums):
            _transfer_and_check(url, part, checksums)
        os.fsync(part.fileno())
        path.replace(output)


def _transfer_and_check(url: str, part: BufferedRandom, checksums: dict[str, str]) -> None:
    for attempt in range(ATTEMPTS):
        resumed = part.seek(0, os.SEEK_END)
        try:
            transfer(url, part)
            _check(part, checksums)
            return
        except TransferError as fault:
            if not _worth_another(part, resumed, attempt, fault):
                raise
            log.info("%s: %s; trying on", url, fault)


def _worth_another(part: BufferedRandom, resumed: int, attempt: int, fault: TransferError) -> bool:
    """Whether the same mirror may yet do: it got further, or an older partial file was at fault."""
    if attempt + 1 == ATTEMPTS:
        return False
    size = part.seek(0, os.SEEK_END)
    return size > resumed or (isinstance(fault, WrongFileError) and resumed > 0)


class WrongFileError(TransferError):
    """The whole file came, and it is another one than expected."""


def _check(file: BufferedRandom | BufferedReader, checksums: dict[str, str]) -> None:
    """Raise `WrongFileError`, and empty the file if it can be written, unless it is as expected."""
    file.seek(0)
    fault = no_data(file.read(HEAD_BYTES))
    for algorithm, expected in checksums.items():
        found = _digest(file, algorithm)
        if found != expected.lower():
            fault = fault or f"wrong checksum ({algorithm} {found}, expected {expected})"
    if fault:
        if file.writable():
            file.truncate(0)
        raise WrongFileError(fault)
    if not checksums:
        log.info("no checksum to compare with; its sha256 is %s", _digest(file, "sha256"))


def is_whole(part: BufferedRandom | BufferedReader, checksums: dict[str, str]) -> bool:
    """Whether an earlier call was ended between the last byte and the renaming."""
    return bool(checksums) and all(_digest(part, a) == v.lower() for a, v in checksums.items())


def _digest(file: BufferedRandom | BufferedReader, algorithm: str) -> str:
    file.seek(0)
    # usedforsecurity: md5 is what the mirrors publish, and some systems otherwise forbid it.
    new = lambda: hashlib.new(algorithm, usedforsecurity=False)  # noqa: E731
    return hashlib.file_digest(file, new).hexdigest()


@contextmanager
def _partial(path: Path) -> Iterator[BufferedRandom]:
    """The partial file, open for reading and writing, and ours alone.

    A killed scheduler leaves its jobs running, so that two downloads of one file can meet here.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
            same = os.path.samestat(os.fstat(part.fileno()), path.stat())
        except (BlockingIOError, FileNotFoundError):
            same = False
        if not same:
            raise StudyError(
                f"{path} is being written by another convstudy fetch."
                " Wait until it has ended (or end it) and run again."
            )
        try:
            yield part
        finally:
            if os.fstat(part.fileno()).st_size == 0:
                path.unlink(missing_ok=True)


def _no_mirror(dataset: str, file: str, checksums: dict[str, str], faults: list[str]) -> str:
    lines = [f"{dataset}/{file} could not be fetched from any mirror."]
    lines += [f"  {fault}" for fault in faults] or ["  (no mirror is configured)"]
    sums = ", ".join(f"{algorithm} {value}" for algorithm, value in checksums.items())
    lines.append(
        f"  Remedy: put the file{f' ({sums})' if sums else ''} at DIR/{dataset}/{file} in a folder"
        f" DIR of yours and run again with --config data_mirror=DIR (a folder or URL), or mend"
        f" datasets.{dataset}.mirrors."
    )
    return "\n".join(lines)
