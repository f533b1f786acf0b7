"""The classes of torchvision.datasets: one made in a sentence, and what it would download.

torchvision is imported here and in no other module of data sets, and only once it is asked for.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from unittest.mock import patch

from convstudy.config.torchvision_sets import LISTED, parameters
from convstudy.datasets.listing import below, is_leaving
from convstudy.errors import StudyError
from convstudy.files import digest

Arguments = dict[str, Any]


class Download(NamedTuple):
    path: str  # below the root
    url: str
    mirrors: tuple[str, ...]  # further URLs
    md5: str | None


def checksums(root: Path) -> dict[str, str]:
    """{path: sha256} of all files below `root` but their list itself."""
    return {
        str(inside): digest(path)
        for inside, path, is_folder in below(root)
        if not is_folder and path != root / LISTED and not is_leaving(inside)
    }


def make(root: Path, name: str, arguments: Arguments, *, download: bool) -> Any:
    """The data set `name` of torchvision over the files in `root`.

    Raises `StudyError` with torchvision's own words if it refuses its files or arguments.
    """
    try:
        return _make(root, name, arguments, download)
    except Exception as error:  # its classes raise whatever their parsers do
        said = str(error).strip() or type(error).__name__
        raise StudyError(
            f"{root}: torchvision's {name} says: {said}\n  It was asked with {arguments or '{}'}"
            f" (datasets.{root.name}.torchvision: arguments, train and test in config.yaml)."
        ) from error


def _make(root: Path, name: str, arguments: Arguments, download: bool) -> Any:
    from torchvision import datasets

    takes, given = parameters(name), dict(arguments)
    if "root" in takes:
        given["root"] = str(root)
    if "download" in takes:
        given["download"] = download
    return getattr(datasets, name)(**given)


def downloads(name: str, arguments: Arguments) -> list[Download]:
    """The files that a data set of torchvision asks its own helpers to fetch, in this order.

    Its `download` is run in an empty folder with helpers that only write down what they are asked
    for. Files that it fetches by other means (Google Drive, its own code) are not among them.
    """
    from torchvision import datasets

    if "download" not in parameters(name):
        return []
    found: list[Download] = []
    # Without its files the constructor fails, each class in a way of its own.
    with (
        tempfile.TemporaryDirectory() as folder,
        suppress(Exception),
        _recording(getattr(datasets, name), Path(folder), found),
    ):
        _make(Path(folder), name, arguments, download=True)
    return found


@contextmanager
def _recording(kind: type, top: Path, found: list[Download]) -> Iterator[None]:
    own = [one for one in getattr(kind, "mirrors", []) if isinstance(one, str)]

    # With the parameters of torchvision's helpers, by place or by name.
    def url_only(
        url: str, root: Path, filename: str | None = None, md5: str | None = None, *_: Any
    ) -> None:
        path = os.path.relpath(Path(root, filename or PurePosixPath(url).name), top)
        used = [one for one in own if url.startswith(one)]
        others = [one + url.removeprefix(used[0]) for one in own if used and one not in used]
        if path not in [one.path for one in found]:
            found.append(Download(path, url, tuple(others), md5))

    def archive(
        url: str,
        download_root: Path,
        extract_root: Path | None = None,
        filename: str | None = None,
        md5: str | None = None,
        remove_finished: bool = False,
    ) -> None:
        url_only(url, download_root, filename, md5)

    instead: dict[str, Any] = {
        "download_url": url_only,
        "download_and_extract_archive": archive,
        "extract_archive": lambda *_, **__: None,
    }
    with ExitStack() as stack:
        for module in {sys.modules[one.__module__] for one in kind.__mro__}:
            if module.__name__.startswith("torchvision.datasets."):
                for helper in instead.keys() & vars(module).keys():
                    stack.enter_context(patch.object(module, helper, instead[helper]))
        yield
