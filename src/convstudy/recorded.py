"""Files of a run that its record vouches for."""

from pathlib import Path

from convstudy.errors import StudyError
from convstudy.files import digest
from convstudy.sealed import read_sealed


def as_recorded(path: Path) -> Path:
    """`path`, a file of a run, once it is the one that metrics.json beside it was written with.

    Snakemake is told not to look at the times of a run's large files, so whoever reads one has to
    make sure. Raises `StudyError` if it is missing or another.
    """
    record = read_sealed(path.with_name("metrics.json"))
    hashes = record.get("files") if isinstance(record, dict) else None
    sha256 = hashes.get(path.name) if isinstance(hashes, dict) else None
    if not path.is_file():
        raise StudyError(f"{path} is missing. Delete its folder and run snakemake again.")
    if digest(path) != sha256:
        raise StudyError(
            f"{path} is not the file that this run wrote (its SHA-256 is not the one in "
            "metrics.json). Delete its folder and run snakemake again."
        )
    return path
