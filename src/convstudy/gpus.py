"""Which GPU of this machine a job gets, where no scheduler says so.

How many GPU jobs run side by side is Snakemake's to decide (`profiles/default`); here each of them
takes the lowest free place, and places go round the GPUs: one job each, then a second one each.
While there are at most k jobs per GPU in all, none therefore has more than k.
"""

import itertools
import os
import tempfile
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

import filelock

from convstudy.files import writing


def take(
    devices: Path = Path("/dev"), folder: Path | None = None
) -> AbstractContextManager[object]:
    """A place that is held inside the block; CUDA sees its GPU only.

    To be called before PyTorch looks for GPUs. Nothing happens if the machine has no GPU or
    somebody (SLURM, a user) has chosen by CUDA_VISIBLE_DEVICES. A place goes with its process,
    however that ends. Raises `StudyError` if the places cannot be written down.
    """
    gpus = len(list(devices.glob("nvidia[0-9]*")))
    if not gpus or "CUDA_VISIBLE_DEVICES" in os.environ:
        return nullcontext()
    folder = folder or Path(tempfile.gettempdir(), f"convstudy-gpus-{os.getuid()}")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for place in itertools.count():
            with suppress(filelock.Timeout):
                held = filelock.FileLock(folder / f"{place}.lock").acquire(blocking=False)
                os.environ["CUDA_VISIBLE_DEVICES"] = str(place % gpus)
                return held
    raise AssertionError("there is always a place")
