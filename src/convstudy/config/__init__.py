"""The study as configured: schema and defaults, faults, scales, and the slices that jobs are given.

Imported while Snakemake builds its DAG, so nothing heavy may be imported here.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from convstudy.errors import StudyError
from convstudy.files import canonical_json

ABSENT = "(absent)"


def read_slice() -> dict[str, Any]:
    """A job's slice of the config: one JSON object on standard input."""
    try:
        value = json.load(sys.stdin)
    except json.JSONDecodeError as error:
        raise StudyError(
            f"standard input is not JSON ({error}). Pipe the job's slice of the config in."
        ) from None
    if not isinstance(value, dict):
        raise StudyError("standard input holds JSON, but not an object. See docs/architecture.md.")
    return value


def differences(one: Any, other: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Key and both values wherever two slices differ; `ABSENT` for a key that one does not have."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            inner = f"{key}.{name}" if key else name
            yield from differences(one.get(name, ABSENT), other.get(name, ABSENT), inner)
    elif canonical_json(one) != canonical_json(other):
        yield key, one, other
