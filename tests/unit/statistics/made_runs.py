"""Runs as `convstudy train` leaves them, made from chosen predictions."""

import json
from pathlib import Path

import numpy as np

from convstudy.config.metrics import METRICS
from convstudy.files import digest
from convstudy.sealed import SEAL, seal_of
from convstudy.statistics.summary import Runs

CLASSES = ["cat", "dog", "car"]
LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
SLICE = {
    "dataset": "digits",
    "recipe": {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 16, "epochs": 2},
}
CODE = "0123456789abcdef"
RECORD = {  # what all runs have in common
    "origin": "trained",
    "slice": SLICE,
    "code": CODE,
    "data_sha256": "d" * 64,
    "dataset": "generated digits",
    "generated": True,
    "classes": CLASSES,
    "parameters": 1000,
    "macs": 2000,
    "train_images": 40,
    "test_images": len(LABELS),
    "epochs": 2,
    "sessions": 1,
    "train_accuracy": 0.9,
    "train_loss": 0.25,
    "train_accuracy_running": 0.7,
    "train_seconds": 2.0,
    "evaluate_seconds": 0.2,
    "images_per_second": 40.0,
    "peak_memory_bytes": 1_000_000,
    "environment": {
        "python": "3.11.2",
        "torch": "2.10.0",
        "convstudy": "0.1.0",
        "platform": "Linux",
        "processor": "a CPU, 2 cores",
        "device": "cpu",
        "threads": 1,
        "precision": "float32",
        "commit": None,
        "dirty": None,
    },
}

# Accuracies of five seeds each.
LOW = [0.50, 0.51, 0.52, 0.53, 0.54]  # mean 0.52
HIGH = [0.90, 0.91, 0.92, 0.93, 0.94]  # mean 0.92
WIDE = [0.40, 0.48, 0.55, 0.58, 0.64]  # mean 0.53
SAME = [0.501, 0.511, 0.521, 0.529, 0.54]  # mean 0.5204


def logits_for(predicted, seed=0):
    """float32 logits whose argmax is `predicted`; `seed` only changes their values."""
    logits = np.random.default_rng(seed).normal(0, 0.5, (len(predicted), len(CLASSES)))
    logits[np.arange(len(predicted)), predicted] += 4
    return logits.astype(np.float32)


def cross_entropy(logits, labels):
    shifted = logits.astype(np.float64)
    terms = [np.log(np.exp(row).sum()) - row[k] for row, k in zip(shifted, labels, strict=True)]
    return float(np.mean(terms))


def write_run(folder: Path, experiment: str, seed: int, predicted, **changes):
    """A faultless run, then `changes` of its record."""
    folder.mkdir(parents=True, exist_ok=True)
    logits = logits_for(predicted, seed)
    accuracy = int((np.array(predicted) == LABELS).sum()) / len(LABELS)
    loss = cross_entropy(logits, LABELS)
    np.savez(
        folder / "predictions.npz",
        logits=logits.astype(np.float16),
        predicted=np.array(predicted, dtype=np.int64),
        labels=LABELS,
    )
    (folder / "checkpoint.pt").write_bytes(b"weights of seed %d" % seed)
    (folder / "history.csv").write_text(
        "epoch,split,loss,accuracy,learning_rate,seconds\n"
        "1,train,2.0,0.4,0.001,1.0\n1,test,1.9,0.5,0.001,0.1\n"
        f"2,train,1.0,0.7,0.001,1.0\n2,test,{loss},{accuracy},0.001,0.1\n"
    )
    record = {
        **RECORD,
        "experiment": experiment,
        "seed": seed,
        "test_accuracy": accuracy,
        "test_loss": loss,
        "files": {
            name: digest(folder / name)
            for name in ("checkpoint.pt", "history.csv", "predictions.npz")
        },
    }
    write_record(folder / "metrics.json", {**record, **changes})


def write_record(path: Path, record):
    """Sealed, whatever it says: NaN too."""
    path.write_text(json.dumps({**record, SEAL: seal_of(record)}))


def change(folder: Path, **changes):
    """Alter the record of a run that is there."""
    path = folder / "metrics.json"
    write_record(path, {**json.loads(path.read_text()), **changes})


def with_predictions(folder, **changes):
    """Replace arrays, and vouch for the new file."""
    with np.load(folder / "predictions.npz") as archive:
        arrays = {**archive, **changes}
    path = folder / "predictions.npz"
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    files = json.loads((folder / "metrics.json").read_text())["files"]
    change(folder, files=files | {"predictions.npz": digest(path)})


def runs_of(**metrics):
    """`Runs` from lists of values; metrics that are not given are constant."""
    n = len(next(iter(metrics.values())))
    values = {name: [0.5] * n for name in METRICS}
    values |= {"parameters": [1000.0] * n, "macs": [2000.0] * n, "peak_memory_bytes": [10.0] * n}
    return Runs(list(range(n)), values | {name: list(found) for name, found in metrics.items()})
