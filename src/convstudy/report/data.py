"""What a report says of its images: data/prepared/<dataset>.json, held against the config."""

from pathlib import Path
from typing import Any

from convstudy.errors import StudyError
from convstudy.sealed import read_sealed

Values = dict[str, Any]


def described(path: Path, stated: Values) -> Values:
    """The description of a data set whose title, format and origin are those of the config.

    Raises `StudyError` for one that says otherwise, that was edited or that is missing.
    """
    found: Values = read_sealed(path)
    wrong = [
        f"{key} is {found[key]!r}, the config says {wanted!r}"
        for key, wanted in stated.items()
        if key in found and found[key] != wanted
    ]
    if wrong:
        raise StudyError(f"{path}: {'; '.join(wrong)}. Delete it and run snakemake again.")
    return found
