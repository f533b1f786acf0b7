"""Records that show an edit: their last field is the SHA-256 of all others.

No secret goes into it, so whoever means to can set it right again; who edits by hand, by accident
or in haste, does not.
"""

import hashlib
from pathlib import Path
from typing import Any

from convstudy.errors import StudyError
from convstudy.files import canonical_json, read_json, write_json

SEAL = "seal"


def write_sealed(path: Path, record: dict[str, Any]) -> None:
    write_json(path, {**record, SEAL: seal_of(record)})


def read_sealed(path: Path) -> Any:
    """As `read_json`; raises `StudyError` as well for a record that its seal does not fit.

    One without a seal is believed here: `summarise` and `convstudy verify` ask for it.
    """
    record = read_json(path)
    if isinstance(record, dict) and SEAL in record and (said := fault_of_seal(record)):
        raise StudyError(f"{path} {said}. Delete it and run snakemake again.")
    return record


def fault_of_seal(record: dict[str, Any]) -> str | None:
    """What is wrong with the seal of a record that was read, in words to follow its name."""
    if SEAL not in record:
        return "has no seal, so it is not as its job wrote it"
    if record[SEAL] != seal_of(record):
        return "was edited after its job wrote it (its seal is of other values)"
    return None


def seal_of(record: dict[str, Any]) -> str:
    """Over the values, not their layout: JSON reads back every float as it was written."""
    fields = {name: value for name, value in record.items() if name != SEAL}
    return hashlib.sha256(canonical_json(fields).encode()).hexdigest()
