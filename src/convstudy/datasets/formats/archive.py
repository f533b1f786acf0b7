"""Files of a folder, tar or zip, read one after another without unpacking anything to disk."""

import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from convstudy.datasets.listing import below, check_name
from convstudy.errors import StudyError

# Pixels are kept in memory, so more than this is no data set for this study but a mistake.
MAX_UNPACKED_BYTES = 4 << 30
MAX_FILE_BYTES = 512 << 20  # of one file in it; the largest image that is read has less


class Entry(NamedTuple):
    path: PurePosixPath
    is_folder: bool
    content: bytes | None  # None for folders and for files that nobody wants
    leads_nowhere: bool = False  # a link to what is not there


Wanted = Callable[[PurePosixPath], bool]


def entries(source: Path, wanted: Wanted) -> Iterator[Entry]:
    """Each path in `source`, with the bytes of the `wanted` files.

    Raises `StudyError` naming the member if an archive holds absolute paths, `..`, links or
    devices, unpacks to more than `MAX_UNPACKED_BYTES`, or is truncated or damaged.
    """
    if source.is_dir():
        yield from _folder_entries(source, wanted)
        return
    if not source.is_file():
        raise StudyError(f"{source} is missing. Check the path, or run snakemake to fetch it.")
    try:
        # tar first: a tar whose last member is a zip looks like a zip to zipfile.
        if tarfile.is_tarfile(source):
            yield from _tar_entries(source, wanted)
        elif zipfile.is_zipfile(source):
            yield from _zip_entries(source, wanted)
        else:
            raise tarfile.ReadError("its contents are of neither kind")
    except StudyError:
        raise
    except Exception as error:  # at a damaged archive both raise nearly anything
        raise StudyError(
            f"{source} is no whole tar or zip archive ({error or type(error).__name__})."
            " Delete it and fetch it again."
        ) from None


def _folder_entries(folder: Path, wanted: Wanted) -> Iterator[Entry]:
    for inside, path, is_folder in below(folder):
        try:
            is_file = path.is_file()
            read = is_file and wanted(inside)
            if read:
                _check_size(folder, inside, path.stat().st_size)
            content = path.read_bytes() if read else None
            yield Entry(inside, is_folder, content, not (is_file or is_folder))
        except OSError as error:
            raise StudyError(f"{path} cannot be read ({error.strerror}).") from None


def _tar_entries(source: Path, wanted: Wanted) -> Iterator[Entry]:
    total = 0
    with tarfile.open(source) as archive:
        for member in archive:
            plain = member.isfile() or member.isdir()
            kind = "a link" if member.issym() or member.islnk() else "a device or pipe"
            path = _safe(source, member.name, None if plain else kind)
            total = limited(source, total + member.size)
            content = archive.extractfile(member) if member.isfile() and wanted(path) else None
            if content:
                _check_size(source, path, member.size)
            yield Entry(path, member.isdir(), content.read() if content else None)
        _check_end(source, archive)


def _check_end(source: Path, archive: tarfile.TarFile) -> None:
    """Raise `tarfile.ReadError` unless the tar ends as it should.

    tarfile takes a damaged or missing header after the first one for the end; what follows must
    be a block of zeros. Reading on to the last byte makes gzip compare its checksum.
    """
    file = archive.fileobj
    file.seek(archive.offset)
    if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("it ends in the middle")
    total = 0
    for part in iter(lambda: file.read(1 << 20), b""):
        total = limited(source, total + len(part))


def _zip_entries(source: Path, wanted: Wanted) -> Iterator[Entry]:
    total = 0
    with zipfile.ZipFile(source) as archive:
        for member in archive.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            plain = kind in (0, stat.S_IFREG, stat.S_IFDIR)
            what = "a link" if kind == stat.S_IFLNK else "a device or pipe"
            # Some Windows programs write backslashes.
            name = _zip_name(source, member).replace("\\", "/")
            path = _safe(source, name, None if plain else what)
            total = limited(source, total + member.file_size)
            is_folder = name.endswith("/")
            read = not is_folder and wanted(path)
            if read:
                _check_size(source, path, member.file_size)
            yield Entry(path, is_folder, archive.read(member) if read else None)


def _zip_name(source: Path, member: zipfile.ZipInfo) -> str:
    """A member's name: those without the flag for UTF-8 are UTF-8 too (macOS), or refused."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    name = member.filename.encode("cp437").decode("utf-8", "surrogateescape")
    check_name(source, name)
    return name


def _safe(source: Path, name: str, oddity: str | None) -> PurePosixPath:
    check_name(source, name)
    path = PurePosixPath(name)
    if path.is_absolute() or re.match("[A-Za-z]:", name) or "\\" in name:
        oddity = oddity or "an absolute path or one with backslashes"
    if ".." in path.parts:
        oddity = oddity or "a path that leaves the archive's folder"
    if oddity:
        raise StudyError(
            f"{source}: member {name!r} is {oddity}, which a data set has no use for."
            " Nothing was unpacked. Make the archive anew from plain files and folders."
        )
    return path


def _check_size(source: Path, path: PurePosixPath, size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise StudyError(
            f"{source}: {path} has {size >> 20} MiB, more than the {MAX_FILE_BYTES >> 20} of any "
            "file that is read here. Is it what its name says? Make it smaller, or remove it."
        )


def limited(source: Path, total: int) -> int:
    """`total` bytes; `StudyError` naming `source` if no data set may unpack to as many."""
    if total > MAX_UNPACKED_BYTES:
        raise StudyError(
            f"{source} unpacks to more than {MAX_UNPACKED_BYTES >> 30} GiB. Images are kept in"
            " memory: make them smaller, or take fewer."
        )
    return total
