"""The device that a job computes on."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import torch

from convstudy.errors import StudyError

DEVICES = ("auto", "cpu", "cuda")

_PROCESSOR = Path("/proc/cpuinfo")
_BF16 = {"avx512_bf16", "amx_bf16", "bf16"}  # as Linux calls what processors can do; the last: Arm

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h

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


def check_precision(precision: str, device: str) -> None:
    """Raise `StudyError` for products in bf16 on a CPU that would take several steps for each."""
    if precision != "bf16" or device != "cpu":
        return
    try:
        known = _BF16 & {*_PROCESSOR.read_text().split()}
    except OSError:
        known = set()
    if not known:
        raise StudyError(
            "recipe.precision: bf16 is asked for, but this processor does not calculate in it "
            "(/proc/cpuinfo names none of avx512_bf16, amx_bf16, bf16), and would only be slower. "
            "Use precision: float32, or a GPU."
        )


def keep_freed_memory() -> None:
    """Let this process keep memory that is freed instead of handing it back to the kernel.

    Activations and gradients are allocated anew in every step. By default glibc returns large
    blocks, and the kernel fills each new page with zeros: a tenth of a step of small networks.
    Elsewhere than on glibc nothing changes. (Large pages, PyTorch's THP_MEM_ALLOC_ENABLE, were
    tried: 9 % faster for FC_CIFAR, 20 % slower for the bottleneck network.)
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, 32 << 20)  # the most that it takes
        mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)


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
