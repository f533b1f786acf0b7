"""On what a run was made: versions, device, commit, memory."""

import ctypes
import os
import platform
import resource
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import torch

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h


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


def describe(device: str, precision: str = "float32") -> dict[str, str | int | bool | None]:
    """Everything that may change a result or a time and is not in the config."""
    commit = _git("rev-parse", "HEAD")
    changes = _git("status", "--porcelain", "--untracked-files=no")
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "convstudy": version("convstudy"),
        "platform": platform.platform(),
        "processor": _processor(),
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
        "threads": torch.get_num_threads(),
        "precision": precision,
        "commit": commit,
        "dirty": None if changes is None else bool(changes),
    }


def peak_memory(device: str) -> int:
    """Bytes: of the GPU's allocator there, of the process (resident) on a CPU."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts KiB


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{(names or [platform.processor() or platform.machine()])[0]}, {os.cpu_count()} cores"


def _git(*arguments: str) -> str | None:
    """What git prints; None without git or outside a checkout."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
