"""What a report says of its images: data/prepared/<dataset>.json, held against the config."""

from pathlib import Path
from typing import Any

from convstudy.errors import StudyError
from convstudy.sealed import read_sealed

Values = dict[str, Any]


def described(path: Path, stated: Values) -> Values:
    """The description of a data set, and what the config says `about` it besides.

    Raises `StudyError` for one that was edited, is missing or has another title, format or origin
    than the config's.
    """
    found: Values = read_sealed(path)
    wrong = [
        f"{key} is {found[key]!r}, the config says {wanted!r}"
        for key, wanted in stated.items()
        if key in found and found[key] != wanted
    ]
    if wrong:
        raise StudyError(f"{path}: {'; '.join(wrong)}. Delete it and run snakemake again.")
    return {**found, "about": stated.get("about")}
