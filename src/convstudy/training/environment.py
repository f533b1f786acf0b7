"""On what a run was made: versions, device, commit, memory."""

import os
import platform
import resource
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import torch

# Variables by which a user chooses kernels, and so bits: of PyTorch, oneDNN, MKL, CUDA's libraries,
# the C library's own choice by processor, and what takes threads away from a program. (How many it
# has is told by itself; Snakemake sets MKL_NUM_THREADS for every job.)
_KERNELS = (
    *("ATEN_", "DNNL_", "ONEDNN_", "MKL_", "CUBLAS_", "CUDNN_", "NVIDIA_TF32", "TORCH_ALLOW_TF32"),
    *("GLIBC_TUNABLES", "OMP_THREAD_LIMIT", "OMP_DYNAMIC"),
)
_SOURCE = Path(__file__)


def describe(device: str, precision: str = "float32") -> dict[str, str | int | bool | None]:
    """Everything that may change a result or a time and is not in the config."""
    commit, dirty = _commit()
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
        "dirty": dirty,
    }


def peak_memory(device: str) -> int:
    """Bytes: of the GPU's allocator there, of the process (resident) on a CPU."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts KiB


def _processor() -> str:
    """The processor as programs see it: with its cores, PyTorch's kernels, and who chose them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = (names or [platform.processor() or platform.machine()])[0]
    chosen = [
        f"{key}={value}"
        for key, value in sorted(os.environ.items())
        if key.startswith(_KERNELS) and not key.endswith("_NUM_THREADS")
    ]
    capability = torch.backends.cpu.get_cpu_capability()
    return ", ".join([name, f"{os.cpu_count()} cores", f"{capability} kernels", *chosen])


def _commit() -> tuple[str | None, bool | None]:
    """Commit of the code that runs, wherever it is called from, and whether it was edited since.

    None for code that is installed outside a checkout, or in one that does not know it (an
    environment below the repository of something else). A module that git does not know yet counts
    as an edit.
    """
    if _git("ls-files", "--error-unmatch", _SOURCE.name) is None:
        return None, None
    edited = _git("status", "--porcelain", "--untracked-files=no")
    new = _git("status", "--porcelain", "--untracked-files=all", "--", str(_SOURCE.parents[1]))
    return _git("rev-parse", "HEAD"), bool(edited or new)


def _git(*arguments: str) -> str | None:
    """What git prints in the folder of this file; None without git or outside a checkout."""
    command = ["git", "-C", str(_SOURCE.parent), *arguments]
    # A hook of git's own runs with its repository in the environment.
    elsewhere = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    environment = {key: value for key, value in os.environ.items() if key not in elsewhere}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
