"""The study as configured: schema and defaults, faults, scales, and the slices that jobs are given.

Imported while Snakemake builds its DAG, so nothing heavy may be imported here.
"""

import json
import sys
from typing import Any

from convstudy.errors import StudyError


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
