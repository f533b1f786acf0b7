"""`convstudy timing`: seconds of a training step of several networks, measured side by side.

The networks take turns, so that whatever else the machine does meets all of them alike; each turn
lasts at least half a second. The first steps of each warm up and are not counted.
"""

import argparse
import logging
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from convstudy import models
from convstudy.config import read_slice
from convstudy.datasets.prepared import load
from convstudy.device import (
    DEVICES,
    check_precision,
    choose_device,
    faults_of_device,
    keep_freed_memory,
)
from convstudy.sealed import write_sealed
from convstudy.training.optimizers import make_optimizer
from convstudy.training.recipe import Recipe
from convstudy.training.step import make_step

log = logging.getLogger(__name__)

_TURN = 0.5  # seconds, at least
_FIRST = 8  # steps that allocate memory, choose algorithms, capture a CUDA graph (the fourth does)
_SEED = 0  # of the weights: what is measured does not depend on it


def main(argv: list[str]) -> None:
    description = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(prog="convstudy timing", description=description)
    parser.add_argument("--data", required=True, type=Path, help="data/prepared")
    parser.add_argument("--repeats", required=True, type=int, help="turns of each network")
    parser.add_argument("--device", default="auto", choices=DEVICES)
    parser.add_argument("--threads", default=1, type=int)
    parser.add_argument("--output", required=True, type=Path, help="JSON file to write")
    options = parser.parse_args(argv)
    torch.set_num_threads(options.threads)
    keep_freed_memory()  # as training does
    with faults_of_device():
        run(options, read_slice())


def run(options: argparse.Namespace, jobs: dict[str, Any]) -> None:
    """`jobs`: {experiment: its slice}. Write the device, threads and seconds per step."""
    device = choose_device(options.device)
    steps = {name: training_step(options.data, job, device) for name, job in jobs.items()}
    counts = {name: _steps_per_turn(step, device) for name, step in steps.items()}
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(options.repeats):
        for name, step in steps.items():
            seconds[name].append(_time(step, counts[name], device))
        log.info(
            "turn %d of %d: %s", turn + 1, options.repeats, {n: s[-1] for n, s in seconds.items()}
        )
    record = {"device": device, "threads": options.threads, "steps_per_turn": counts}
    write_sealed(options.output, {**record, "step_seconds": seconds})


def training_step(folder: Path, job: dict[str, Any], device: str) -> Callable[[], object]:
    """A step of the experiment's training, always on its first batch."""
    recipe = Recipe(**job["recipe"])
    check_precision(recipe.precision, device)
    data = load(folder / f"{job['dataset']}.pt", folder / f"{job['dataset']}.json", job, device)
    torch.manual_seed(_SEED)
    model = models.build(**job["model"], shape=data.shape, classes=len(data.classes))
    model = model.to(device).to(memory_format=torch.channels_last).train()
    step = make_step(model, data.train, make_optimizer(model, recipe), recipe)
    rows = torch.arange(min(recipe.batch_size, len(data.train)), device=device)
    return lambda: step(rows)


def _steps_per_turn(step: Callable[[], object], device: str) -> int:
    """How many steps fill a turn."""
    _time(step, _FIRST, device)
    return max(1, math.ceil(_TURN / _time(step, 2, device)))


def _time(step: Callable[[], object], count: int, device: str) -> float:
    """Mean seconds of `count` steps, the device's work included."""
    started = time.perf_counter()
    for _ in range(count):
        step()
    if device == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - started) / count
