"""Reading what `torch.save` wrote, without running any code that a file may hold."""

import pickle
from pathlib import Path
from typing import Any

import torch

from convstudy.errors import StudyError

# What torch.load raises for files that are cut short, garbled or something else altogether.
UNREADABLE = (
    *(pickle.UnpicklingError, RuntimeError, ValueError, TypeError, AttributeError),
    *(EOFError, IndexError, KeyError),
)


def load_tensors(path: Path, mmap: bool = False) -> dict[str, Any]:
    """The dict in `path`, on the CPU; raises `StudyError` for a file that is not one of ours."""
    try:
        found = torch.load(path, map_location="cpu", weights_only=True, mmap=mmap)
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to make it.") from None
    except UNREADABLE as error:
        first_line = str(error).strip().partition("\n")[0]
        raise StudyError(
            f"{path} is damaged, or is not what this study wrote ({first_line}). Delete it and run "
            "snakemake again."
        ) from None
    if not isinstance(found, dict):
        raise StudyError(f"{path} holds no named tensors. Delete it and run snakemake again.")
    return found
