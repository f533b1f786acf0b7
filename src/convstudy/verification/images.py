"""The prepared images once more: what is said of them, and the raw files that they came from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from convstudy.datasets import checksums
from convstudy.datasets.images import TENSORS, Images
from convstudy.datasets.listing import content_digest
from convstudy.datasets.prepare import describe
from convstudy.errors import StudyError
from convstudy.sealed import SEAL, read_sealed
from convstudy.tensors import load_tensors

_OF_FILES = ("sources", "reading")  # what only the raw files can tell


def contradictions(description: Path) -> list[str]:
    """Each statement of data/prepared/<dataset>.json that the tensors beside it do not bear out."""
    tensors = description.with_suffix(".pt")
    try:
        about: dict[str, Any] = read_sealed(description)
        stored = load_tensors(tensors)
        images = Images(**{name: stored[name] for name in TENSORS}, classes=about["classes"])
        wanted = describe(images, about)
    except StudyError as error:
        return [str(error)]
    except (KeyError, TypeError, AttributeError, RuntimeError) as error:
        return [f"{tensors} does not hold what {description} describes ({error!r})"]
    return [
        f"{description}: {name} is {about.get(name)}, {tensors} gives {value}"
        for name, value in wanted.items()
        if about.get(name) != value
    ] + [f"{description}: nothing gives {name}" for name in {*about} - {*wanted, *_OF_FILES, SEAL}]


def sources(description: Path, raw: Path) -> Iterator[tuple[Path, str | None]]:
    """Each raw file that the images came from, and what is wrong with it where it is at hand."""
    for name, sha256 in read_sealed(description)["sources"].items():
        path, folder = raw / description.stem / name, Path(name).expanduser()
        try:
            if folder.is_dir() and not path.is_file():  # `folder:` of a data set
                path, other = folder, content_digest(folder) != sha256
            else:
                other = path.is_file() and checksums.verified(path) != sha256
            yield path, f"{path} is not what {description} was made from" if other else None
        except StudyError as error:
            yield path, str(error)
