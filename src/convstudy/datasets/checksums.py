"""A small file beside each raw one, by which Snakemake sees whether its bytes have changed.

Snakemake compares large files by their times, which a copy or `touch` changes.
"""

from collections.abc import Mapping
from pathlib import Path

from convstudy.errors import StudyError
from convstudy.files import digest, write_text


def note(path: Path) -> None:
    """Write the SHA-256 of `path` to `<path>.sha256`."""
    write_text(_beside(path), f"{digest(path)}\n")


def verified(path: Path, stated: Mapping[str, str] | None = None) -> str:
    """sha256 of a raw file.

    Raises `StudyError` if another one stands beside it, or if the config states another one
    (`stated`: {"md5" | "sha256": hex}).
    """
    beside, sha256 = _beside(path), digest(path)
    if beside.is_file() and beside.read_text(encoding="utf-8").strip() != sha256:
        raise StudyError(
            f"{path} is not the file that {beside.name} was written with. Delete both and name the "
            f"first as a target, with the config of this study: snakemake --cores 1 {path}"
        )
    for algorithm, expected in (stated or {}).items():
        found = sha256 if algorithm == "sha256" else digest(path, algorithm)
        if found != expected:
            raise StudyError(
                f"{path} has the {algorithm} {found}; the config states {expected} "
                f"(datasets.*.files.{path.name}). Delete it and run snakemake again, or mend the "
                "config if the file is right."
            )
    return sha256


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")
