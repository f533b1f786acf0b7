"""`convstudy fetch-torchvision`: all files of a data set of torchvision, and a list of them.

Standard input: {"name": a class of torchvision.datasets, "arguments": {…}, "train"?, "test"?}.
The files lie beside the list, where torchvision looks for them. Its class says which ones and
unpacks them; they come by our own download, from mirrors (`<mirror>/<path>`) before anything else.
"""

import argparse
import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

from convstudy.config import read_slice
from convstudy.config.torchvision_sets import splits
from convstudy.datasets.fetch import address, is_whole, mirrors_of, obtain
from convstudy.datasets.of_torchvision import Download, checksums, downloads, make
from convstudy.errors import StudyError
from convstudy.files import write_text, writing

log = logging.getLogger(__name__)


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy fetch-torchvision", description=__doc__)
    parser.add_argument("--dataset", required=True, help="its key in config.yaml")
    parser.add_argument("--mirrors", required=True, help="JSON: {dataset: [URL or folder, …]}")
    parser.add_argument("--output", required=True, type=Path, help="the list")
    options = parser.parse_args(argv)
    mirrors = mirrors_of(options.dataset, options.mirrors)
    fetch(options.dataset, options.output, read_slice(), mirrors)


def fetch(dataset: str, listed: Path, asked: dict[str, Any], mirrors: list[str]) -> None:
    """Fetch and unpack a data set of torchvision beside `listed`; write its files there.

    `listed`: {"files": {path: sha256}}. Raises `StudyError` with every file that could not be had.
    """
    root, name = listed.parent, asked["name"]
    each = [arguments for arguments in splits(asked) if arguments is not None]
    wanted = {one.path: one for arguments in each for one in downloads(name, arguments)}
    with writing(root):
        root.mkdir(parents=True, exist_ok=True)
    # Of what an earlier call was unpacking when it was ended, torchvision would believe a half.
    _leave_only({root / path for path in wanted}, root)
    faults = [fault for one in wanted.values() for fault in _fetched(root, one, mirrors)]
    if faults:
        raise StudyError(_said(dataset, name, list(wanted.values()), faults))
    if not wanted:
        _copy_all(root, mirrors)
    try:
        for arguments in each:
            make(root, name, arguments, download=True)
    except StudyError as fault:
        raise StudyError(f"{fault}\n{_remedy(dataset, name, list(wanted.values()))}") from fault
    files = checksums(root)
    write_text(listed, json.dumps({"files": files}, indent=1, sort_keys=True) + "\n")
    log.info("%s: %d files of torchvision's %s", root, len(files), name)


def _leave_only(kept: set[Path], root: Path) -> None:
    """Delete all other files; of a link the link, never what lies behind it."""
    partial = {path.with_name(f"{path.name}.part") for path in kept}
    for folder, folders, files in os.walk(root, topdown=False):
        for path in (Path(folder, name) for name in (*files, *folders)):
            if path.is_symlink() or not path.is_dir():
                if path not in kept | partial:
                    path.unlink()
            elif not any(path.iterdir()):
                path.rmdir()


def _fetched(root: Path, one: Download, mirrors: list[str]) -> list[str]:
    """What is wrong with each place of a file; nothing if it is there now."""
    path, checksums = root / one.path, {"md5": one.md5} if one.md5 else {}
    if path.is_file():
        with path.open("rb") as file:
            if is_whole(file, checksums):
                return []
    places = [address(mirror, one.path) for mirror in mirrors]
    return obtain(path, checksums, [*places, one.url, *one.mirrors]) or []


def _copy_all(root: Path, mirrors: list[str]) -> None:
    """Of a class whose files nobody can list: all that lies in a folder of the user's."""
    for mirror in mirrors:
        folder = Path(address(mirror, ""))
        if "://" not in mirror.removeprefix("file://") and folder.is_dir():
            with writing(root):
                shutil.copytree(folder, root, dirs_exist_ok=True)
            log.info("copied %s", folder)
            return


def _said(dataset: str, name: str, wanted: list[Download], faults: list[str]) -> str:
    lines = [f"{dataset}: files of torchvision's {name} could not be fetched from anywhere."]
    return "\n".join([*lines, *(f"  {fault}" for fault in faults), _remedy(dataset, name, wanted)])


def _remedy(dataset: str, name: str, wanted: list[Download]) -> str:
    lines = [
        f"  DIR/{dataset}/{one.path}" + (f" (md5 {one.md5})" if one.md5 else "") for one in wanted
    ] or [f"  DIR/{dataset}/…, laid out as the page of torchvision.datasets.{name} says"]
    return "\n".join(
        [
            "  Remedy: put its files into a folder DIR of yours and run again with"
            " --config data_mirror=DIR (a folder or URL):",
            *lines,
        ]
    )
