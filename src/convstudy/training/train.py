"""`convstudy train`: one experiment, one seed → checkpoint, metrics, history, predictions."""

import argparse
import csv
import logging
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from convstudy import models
from convstudy.config import read_slice
from convstudy.datasets.prepared import Prepared, load
from convstudy.device import (
    DEVICES,
    check_precision,
    choose_device,
    faults_of_device,
    keep_freed_memory,
)
from convstudy.evaluation.predictions import loss_and_accuracy, predict
from convstudy.files import digest, replacing
from convstudy.locks import locked
from convstudy.models.cost import macs, parameters
from convstudy.sealed import write_sealed
from convstudy.training.engine import train
from convstudy.training.environment import describe, peak_memory
from convstudy.training.interruption import Stop
from convstudy.training.progress import Epoch
from convstudy.training.recipe import Recipe
from convstudy.training.seeding import WEIGHTS, stream
from convstudy.training.state import Keeper

log = logging.getLogger(__name__)


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy train", description=__doc__)
    parser.add_argument("--experiment", required=True)
    parser.add_argument("--seed", required=True, type=int)
    parser.add_argument("--tensors", required=True, type=Path, help="data/prepared/<dataset>.pt")
    parser.add_argument("--description", required=True, type=Path, help="….json beside it")
    parser.add_argument("--code", default="", help="fingerprint of the code, for the record")
    parser.add_argument("--device", default="auto", choices=DEVICES)
    parser.add_argument("--threads", default=1, type=int)
    parser.add_argument("--state", type=Path, help="keep the state here, to go on after a kill")
    parser.add_argument("--folder", required=True, type=Path, help="where the four files go")
    options = parser.parse_args(argv)
    job = read_slice()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    stop = Stop()
    lock = locked(options.state) if options.state else nullcontext()
    with stop.listening(), faults_of_device(), lock:
        run(options, job, stop)


def run(options: argparse.Namespace, job: dict[str, Any], stop: Stop) -> None:
    """Train, evaluate, and write the run's files; metrics.json last, since it vouches for them."""
    _tidy(options)
    device = choose_device(options.device)
    recipe = Recipe(**job["recipe"])
    check_precision(recipe.precision, device)
    data = load(options.tensors, options.description, job, device)
    torch.manual_seed(stream(WEIGHTS, options.seed))
    model = models.build(**job["model"], shape=data.shape, classes=len(data.classes))
    model = model.to(device).to(memory_format=torch.channels_last)
    log.info("%s, seed %d, on %s: %s", options.experiment, options.seed, device, job)

    environment = describe(device, recipe.precision)
    keeper = Keeper(options.state, _key(options, job, data, environment), stop)
    progress, logits = train(model, data.train, data.test, recipe, options.seed, keeper)
    history = progress.history
    started = time.perf_counter()
    results = _results(model, data, logits, recipe.views)
    evaluated = sum(epoch.test.seconds for epoch in history) + time.perf_counter() - started
    trained = sum(epoch.train.seconds for epoch in history)

    files = {
        "checkpoint.pt": _save_checkpoint(options.folder, model),
        "history.csv": _save_history(options.folder, history),
        "predictions.npz": _save_predictions(options.folder, logits, data.test.labels),
    }
    metrics = {
        "experiment": options.experiment,
        "seed": options.seed,
        "origin": "trained",
        "slice": job,
        "code": options.code,
        "data_sha256": data.description["sha256"],
        "dataset": data.description["title"],
        "generated": data.description["generated"],
        "classes": data.classes,
        "parameters": parameters(model),
        "macs": macs(model, data.shape),
        "train_images": len(data.train),
        "test_images": len(data.test),
        "epochs": recipe.epochs,
        **results,
        "train_accuracy_running": history[-1].train.accuracy,
        "train_seconds": trained,
        "evaluate_seconds": evaluated,
        "images_per_second": recipe.epochs * len(data.train) / trained,
        "peak_memory_bytes": peak_memory(device),
        "sessions": progress.sessions,
        "environment": environment,
        "files": {name: digest(path) for name, path in files.items()},
    }
    write_sealed(options.folder / "metrics.json", metrics)


def _tidy(options: argparse.Namespace) -> None:
    """Remove what killed predecessors left half-written; the lock says that they are dead."""
    left = list(options.folder.glob(".*.part"))
    if options.state:
        left += options.state.parent.glob(f".{options.state.stem}.*.part")
    for path in left:
        path.unlink(missing_ok=True)


def _key(
    options: argparse.Namespace, job: dict[str, Any], data: Prepared, environment: dict[str, Any]
) -> dict[str, Any]:
    """All that the bits of a training depend on; the processor is told with its kernels."""
    where = ("torch", "device", "processor", "threads", "precision")
    return {
        "slice": job,
        "seed": options.seed,
        "code": options.code,
        "data": data.description["sha256"],
        **{name: environment[name] for name in where},
    }


def _results(model: nn.Module, data: Prepared, logits: Tensor, views: int) -> dict[str, float]:
    """Loss and accuracy of the last weights, in evaluation mode, on both whole splits."""
    test_loss, test_accuracy = loss_and_accuracy(logits, data.test.labels)
    seen = predict(model, data.train, views)
    train_loss, train_accuracy = loss_and_accuracy(seen, data.train.labels)
    return {
        "test_accuracy": test_accuracy,
        "test_loss": test_loss,
        "train_accuracy": train_accuracy,
        "train_loss": train_loss,
    }


def _save_checkpoint(folder: Path, model: nn.Module) -> Path:
    path = folder / "checkpoint.pt"
    # To an open file: given a path, torch.save writes its (temporary) name into the file.
    with replacing(path) as temporary, temporary.open("wb") as file:
        torch.save({name: value.cpu() for name, value in model.state_dict().items()}, file)
    return path


def _save_history(folder: Path, history: list[Epoch]) -> Path:
    path = folder / "history.csv"
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["epoch", "split", "loss", "accuracy", "learning_rate", "seconds"])
        for epoch in history:
            for split in (epoch.train, epoch.test):
                values = (split.loss, split.accuracy, epoch.learning_rate, split.seconds)
                writer.writerow([epoch.number, split.name, *values])
    return path


def _save_predictions(folder: Path, logits: Tensor, labels: Tensor) -> Path:
    """Half-precision logits can tie where float32 does not, hence the argmax beside them."""
    path = folder / "predictions.npz"
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            logits=logits.half().cpu().numpy(),
            predicted=logits.argmax(1).cpu().numpy(),
            labels=labels.cpu().numpy(),
        )
    return path
