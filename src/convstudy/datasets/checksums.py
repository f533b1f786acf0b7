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


def verified(path: Path, expected: Mapping[str, Mapping[str, str]]) -> str:
    """sha256 of a raw file.

    Raises `StudyError` if another one stands beside it, or if the config (`expected`: file →
    {"md5" | "sha256": hex}) states another one.
    """
    beside, sha256 = _beside(path), digest(path)
    if beside.is_file() and beside.read_text(encoding="utf-8").strip() != sha256:
        raise StudyError(
            f"{path} is not the file that {beside.name} was written with. Delete both and name the "
            f"first as a target, with the config of this study: snakemake --cores 1 {path}"
        )
    for algorithm, stated in expected[path.name].items():
        found = sha256 if algorithm == "sha256" else digest(path, algorithm)
        if found != stated.lower():
            raise StudyError(
                f"{path} has the {algorithm} {found}; the config states {stated} "
                f"(datasets.*.files.{path.name}). Delete it and run snakemake again, or mend the "
                "config if the file is right."
            )
    return sha256


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")
