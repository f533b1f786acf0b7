"""A tiny data set and a job on it, small enough to train within a test."""

import argparse
import json
from pathlib import Path

import torch

from convstudy.datasets.images import checksum
from convstudy.locks import locked
from convstudy.training import state
from convstudy.training.interruption import Stop
from convstudy.training.train import run

MODEL = {"name": "simple_cnn", "channels": [4, 8], "kernel_size": 3, "hidden": 16, "dropout": 0.25}
CODE = "abc"
RECIPE = {"optimizer": "adam", "learning_rate": 0.01, "batch_size": 16, "epochs": 3}
JOB = {
    "dataset": "tiny",
    "normalise": None,
    "train_images": None,
    "test_images": None,
    "model": MODEL,
    "recipe": RECIPE,
}

# A network that looks at the training images before it starts, and all that recipes can ask for.
EVERY_PART = {
    **JOB,
    "model": {"name": "whitened_cnn", "widths": [8], "whitening": True, "dropout": 0.2},
    "recipe": {
        **{"optimizer": "sgd", "learning_rate": 0.1, "batch_size": 16, "epochs": 3},
        **{"momentum": 0.85, "nesterov": True, "weight_decay": 0.001, "decay_norms": True},
        **{"norm_rate_factor": 8, "schedule": "triangular", "label_smoothing": 0.2, "views": 6},
        **{"crop_padding": 2, "crop_fill": "reflect", "flip": "alternating"},
    },
}
LONG = {**JOB, "recipe": {**RECIPE, "epochs": 40}}


def prepare(folder: Path) -> Path:
    """Two prepared files: 72 + 40 grey images 8×8 of 3 classes that a small network can learn."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(112) % 3
    images = torch.randint(0, 90, (112, 1, 8, 8), generator=generator, dtype=torch.uint8)
    for row, label in enumerate(labels):
        images[row, :, :, 2 * label : 2 * label + 3] += 120
    tensors = {
        "train_images": images[:72],
        "train_labels": labels[:72],
        "test_images": images[72:],
        "test_labels": labels[72:],
    }
    torch.save(tensors, folder / "tiny.pt")
    scaled = images[:72].float() / 255
    about = {
        "dataset": "tiny",
        "title": "tiny",
        "generated": True,
        "classes": ["a", "b", "c"],
        "shape": [1, 8, 8],
        "mean": [scaled.mean().item()],
        "std": [scaled.std(correction=0).item()],
        "sha256": checksum(tensors),
    }
    (folder / "tiny.json").write_text(json.dumps(about))
    return folder


def options_of(prepared, folder, seed=0, state=None, device="cpu"):
    return argparse.Namespace(
        experiment="tiny_cnn",
        seed=seed,
        tensors=prepared / "tiny.pt",
        description=prepared / "tiny.json",
        code=CODE,
        device=device,
        state=state,
        folder=prepared / folder,
    )


def go(prepared, folder, seed=0, job=JOB, state=None, stop=None, device="cpu"):
    run(options_of(prepared, folder, seed, state, device), job, stop or Stop())
    return prepared / folder


def train_alone(prepared, seconds_between_states):
    """In a process of its own: what `convstudy train` does after its arguments."""
    torch.set_num_threads(1)
    state._SAVE_SECONDS = seconds_between_states
    stop = Stop()
    options = options_of(prepared, "killed", state=prepared / "state/seed0.pt")
    with stop.listening(), locked(options.state):
        run(options, LONG, stop)
