"""Inputs of the figures, written in the real file formats."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from convstudy.figures import style

_HEAD = "experiment,seed,epoch,split,loss,accuracy,learning_rate,seconds"


def make_history(seed: int, epochs: int = 4) -> dict[tuple[str, str], np.ndarray]:
    """The curves of a run, by split and column."""
    random = np.random.default_rng([seed, epochs])
    return {
        (split, column): random.uniform(0.1, 0.9, epochs)
        for split in ("train", "test")
        for column in ("accuracy", "loss")
    }


def make_job(experiments: dict[str, int], seeds: int = 2, **more: Any) -> dict[str, Any]:
    """What the workflow writes to standard input; `experiments` maps names to colours."""
    listed = [
        {"experiment": name, "title": f"network {name}", "colour": k, "seeds": list(range(seeds))}
        for name, k in experiments.items()
    ]
    return {"title": "Section", "dataset": "MNIST", "experiments": listed, **more}


def make_runs(results: Path, job: dict[str, Any], epochs: int = 4) -> dict[str, Any]:
    """Write the histories of all runs of `job`; returns {experiment: [history of each seed]}."""
    made = {
        one["experiment"]: [
            make_history(1000 * one["colour"] + seed, epochs)  # no two runs alike
            for seed in one["seeds"]
        ]
        for one in job["experiments"]
    }
    lines = [
        f"{one['experiment']},{seed},{epoch + 1},{split},"
        f"{float(run[split, 'loss'][epoch])},{float(run[split, 'accuracy'][epoch])},0.001,1.5"
        for one in job["experiments"]
        for seed, run in zip(one["seeds"], made[one["experiment"]], strict=True)
        for epoch in range(epochs)
        for split in ("train", "test")
    ]
    results.mkdir(exist_ok=True)
    (results / "histories.csv").write_text("\n".join([_HEAD, *lines]) + "\n", encoding="utf-8")
    return made


def make_confusion(classes: int = 3, seeds: int = 2) -> dict[str, Any]:
    """What `convstudy errors` writes of a network's confusion, without its list of pairs."""
    random = np.random.default_rng(classes)
    counts = random.integers(0, 9, (seeds, classes, classes)) + 40 * np.eye(classes, dtype=int)
    return {
        "experiment": "net",
        "title": "Net $5_a",
        "dataset": "CIFAR-10 (JPEG)",
        "classes": [f"class_{k} $x$" for k in range(classes)],
        "seeds": list(range(seeds)),
        "confusion": {
            "mean": counts.mean(axis=0).tolist(),
            "sd": counts.std(axis=0, ddof=1).tolist() if seeds > 1 else None,
        },
    }


def make_activations(path: Path, layers: dict[str, tuple[int, int, bool]], depth: int = 1) -> Any:
    """Write an activations.npz with {layer: (channels, size, signed)} of three images."""
    random = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {
        "images": random.integers(0, 256, (3, depth, 8, 8), dtype=np.uint8),
        "labels": np.array([2, 0, 1]),
        "indices": np.array([5, 6, 7]),
        "classes": np.array(["кошка", "dog_$1$", "a long name of a class"]),
    }
    for layer, (channels, size, signed) in layers.items():
        maps = random.normal(size=(3, channels, size, size)).astype(np.float32)
        arrays[layer] = maps if signed else np.maximum(maps, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)
    return arrays


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Put a job on standard input."""
    return lambda job: monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(job)))


@pytest.fixture
def house_style():
    with style.styled():
        yield


def pixels(path: Path) -> tuple[int, int]:
    """Width and height of a PNG, from its header."""
    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")


@pytest.fixture
def make() -> SimpleNamespace:
    """The makers of this file (a conftest cannot be imported)."""
    return SimpleNamespace(
        job=make_job,
        runs=make_runs,
        confusion=make_confusion,
        activations=make_activations,
        pixels=pixels,
    )
