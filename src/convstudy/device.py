"""The device that a job computes on."""

import torch

from convstudy.errors import StudyError

DEVICES = ("auto", "cpu", "cuda")


def choose_device(asked: str) -> str:
    """`auto` takes a GPU where there is one; asking for a GPU that is not there is a fault."""
    present = torch.cuda.is_available()
    if asked == "cuda" and not present:
        raise StudyError(
            "device: cuda is asked for, but PyTorch sees no GPU. Use --config device=cpu or auto, "
            "or look at nvidia-smi and CUDA_VISIBLE_DEVICES."
        )
    return "cuda" if present and asked != "cpu" else "cpu"
