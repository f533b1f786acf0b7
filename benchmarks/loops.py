"""Both training loops, and the process in which one of them works for `speed.py`.

    python benchmarks/loops.py reference|engine NETWORK THREADS cpu|cuda PRECISION

For each line `rate` on standard input it trains once and prints images per second; for `memory` it
prints the bytes that it has taken at most.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch
import yaml

from convstudy import models
from convstudy.datasets.prepared import Split
from convstudy.device import choose_device, keep_freed_memory
from convstudy.training.engine import train
from convstudy.training.environment import peak_memory
from convstudy.training.recipe import Recipe

import reference

BATCH = 64
MEAN, STD = 0.5, 0.25
CONFIG = yaml.safe_load((Path(__file__).parents[1] / "config.yaml").read_text(encoding="utf-8"))[
    "experiments"
]
GREY, COLOUR = (1, 28, 28), (3, 32, 32)
VGG_DEEP = {"name": "vgg", "stages": [[64, 64], [128, 128], [256, 256]]}
# The model of every published network, the shape of its images, batches in a timed run of ours.
NETWORKS = {
    "FC_MNIST": (CONFIG["mnist_fc"]["model"], GREY, 384),
    "SimpleCNN": (CONFIG["mnist_simple_cnn"]["model"], GREY, 64),
    "kernel 3×3": (CONFIG["mnist_kernel3"]["model"], GREY, 64),
    "kernel 5×5": (CONFIG["mnist_kernel5"]["model"], GREY, 64),
    "kernel 7×7": (CONFIG["mnist_kernel7"]["model"], GREY, 64),
    "FC_CIFAR": (CONFIG["cifar10_fc"]["model"], COLOUR, 32),
    "VGG deep": (VGG_DEEP, COLOUR, 4),
    "ResNet-18": (CONFIG["cifar10_resnet18"]["model"], COLOUR, 2),
    "bottleneck": (CONFIG["cifar10_bottleneck"]["model"], COLOUR, 1),
}
ON_GPU = 50  # times as many there


def main(loop: str, name: str, threads: str, device: str, precision: str) -> None:
    torch.set_num_threads(int(threads))
    arguments, shape, batches = NETWORKS[name]
    batches *= ON_GPU if device == "cuda" else 1
    if loop == "engine":
        keep_freed_memory()  # as `convstudy train` does
        runner = Engine(arguments, shape, batches * BATCH, device, precision)
    else:  # slower, so it gets fewer batches
        runner = Plain(arguments, shape, max(1, batches // 3) * BATCH, device)
    for question in sys.stdin:
        if question.strip() == "rate":
            print(runner.rate(), flush=True)
        else:
            print(peak_memory(device), flush=True)


def images_of(shape: tuple[int, int, int], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Random uint8 (N, H, W, C) and labels (N,)."""
    rng = np.random.default_rng(0)
    channels, height, width = shape
    images = rng.integers(0, 256, (count, height, width, channels), dtype=np.uint8)
    return images, rng.integers(0, 10, count)


class Plain:
    """The reference loop on `count` images."""

    def __init__(
        self, arguments: dict, shape: tuple[int, int, int], count: int, device: str
    ) -> None:
        torch.manual_seed(0)
        model = reference.as_published(models.build(**arguments, shape=shape, classes=10))
        self.model, self.device = model.to(device), device
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        images, labels = images_of(shape, count)
        channels = shape[0]
        images = images[..., 0] if channels == 1 else images
        self.data = reference.Images(images, labels, [MEAN] * channels, [STD] * channels)

    def rate(self) -> float:
        started = time.perf_counter()
        reference.train_epoch(self.model, self.data, self.optimizer, BATCH, device=self.device)
        return len(self.data) / (time.perf_counter() - started)


class Engine:
    """Ours: one epoch at a time, without its evaluation."""

    def __init__(
        self,
        arguments: dict,
        shape: tuple[int, int, int],
        count: int,
        device: str,
        precision: str,
    ) -> None:
        choose_device(device)  # and with it what float32 means there
        torch.manual_seed(0)
        model = models.build(**arguments, shape=shape, classes=10)
        self.model = model.to(device, memory_format=torch.channels_last)
        images, labels = (torch.from_numpy(one).to(device) for one in images_of(shape, count))
        spread = (torch.full((shape[0],), value, device=device) for value in (MEAN, STD))
        self.data = Split(images, labels, *spread)
        self.test = Split(images[:BATCH], labels[:BATCH], self.data.mean, self.data.std)
        self.recipe = Recipe("adam", 1e-3, BATCH, epochs=1, precision=precision)

    def rate(self) -> float:
        progress, _ = train(self.model, self.data, self.test, self.recipe, seed=0)
        return len(self.data) / progress.history[0].train.seconds


if __name__ == "__main__":
    main(*sys.argv[1:])
