"""The device that a job computes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from convstudy.errors import StudyError

DEVICES = ("auto", "cpu", "cuda")

# PyTorch's allocator; C++; oneDNN, whose kernels say no more when they get no memory.
_FULL = ("can't allocate memory", "bad_alloc", "could not create a primitive")


def choose_device(asked: str) -> str:
    """`auto` takes a GPU where there is one; asking for a GPU that is not there is a fault.

    float32 then means float32: PyTorch lets convolutions on GPUs use TensorFloat-32 otherwise. And
    cuDNN takes the kernels that give the same bits each time, or no run could be repeated exactly.
    """
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.deterministic = True
    present = torch.cuda.is_available()
    if asked == "cuda" and not present:
        raise StudyError(
            "device: cuda is asked for, but PyTorch sees no GPU. Use --config device=cpu or auto, "
            "or look at nvidia-smi and CUDA_VISIBLE_DEVICES."
        )
    return "cuda" if present and asked != "cpu" else "cpu"


@contextmanager
def faults_of_device() -> Iterator[None]:
    """Put into words what a device may do in the middle of the work: be full, or be gone."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        said = str(error).strip().partition("\n")[0]
        full = isinstance(error, torch.OutOfMemoryError | MemoryError)
        if full or any(one in said for one in _FULL):
            raise StudyError(
                f"out of memory ({said or 'host'}). Run fewer jobs side by side (--cores, or "
                "--resources mem_mb=N), or take smaller batches or a smaller network."
            ) from error
        if "CUDA" in said or "cuDNN" in said or "cuBLAS" in said:
            raise StudyError(
                f"the GPU failed ({said}). Look at nvidia-smi and the system's log; run "
                "snakemake again to go on, or use --config device=cpu."
            ) from error
        raise
