"""Files of a finished study with random results, for tests of what the report says of them."""

import csv
import json
from functools import partial
from unittest.mock import patch

import numpy as np

from convstudy.config import slices
from convstudy.config.claim_kinds import EVERY_CLASS, column
from convstudy.config.claim_kinds import compared as compared_by
from convstudy.sealed import write_sealed
from convstudy.statistics import measures, summary
from convstudy.statistics.analyse import analyse


def _rows(study, rng, spread, accuracies):
    """What the summary says of each run of a study: random values."""
    rows = []
    for name, one in study.experiments.items():
        centre, cost = rng.uniform(0.3, 0.95), int(rng.integers(10**4, 10**7))
        centre = accuracies.get(name, centre)
        seconds = rng.uniform(5, 500)
        for seed in one.seeds:
            accuracy = float(np.clip(rng.normal(centre, spread), 0, 1))
            train = float(np.clip(accuracy + rng.uniform(0, 0.2), 0, 1))
            rows.append(
                {
                    **dict.fromkeys(summary.COLUMNS, ""),
                    "experiment": name,
                    "seed": seed,
                    "origin": "trained",
                    "dataset": study.datasets[one.dataset]["title"],
                    "generated": False,
                    "test_accuracy": accuracy,
                    "train_accuracy": train,
                    "train_accuracy_running": train,
                    "gap": train - accuracy,
                    "test_loss": rng.uniform(0.1, 2),
                    "train_loss": rng.uniform(0.1, 2),
                    "train_seconds": seconds * rng.uniform(0.9, 1.1),
                    "evaluate_seconds": rng.uniform(1, 9),
                    "images_per_second": rng.uniform(100, 9000),
                    "peak_memory_bytes": int(rng.integers(10**8, 10**9)),
                    "train_images": 60000,
                    "test_images": 10000,
                    "epochs": 5,
                    "sessions": 1,
                    "parameters": cost,
                    "macs": 3 * cost,
                    "device": "cpu",
                    "threads": 1,
                    "precision": "float32",
                    "processor": "a processor",
                    "torch": "2.15.0",
                    "python": "3.11.7",
                    "commit": "f" * 40,
                    "dirty": False,
                    "code": "c0de" * 4,
                    "data_sha256": "da7a" * 16,
                }
            )
    return rows


def make(folder, study, rng, spread=0.01, accuracies=None):
    """Files of a finished study with random results; returns the values of its runs.

    Networks have the `accuracies` that are given, and of others random ones.
    """
    rows = _rows(study, rng, spread, accuracies or {})
    results = folder / "results" / study.scale
    results.mkdir(parents=True)
    with (results / "summary.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(summary.COLUMNS))
        writer.writeheader()
        writer.writerows(rows)
    write_sealed(results / "timing.json", {"device": "cpu", "threads": 1})
    with patch.object(measures, "add", partial(_measure, rng=rng)):
        compared, decided = analyse(
            results / "summary.csv",
            results / "runs",
            results / "timing.json",
            slices.analysis(study),
        )
    _dump(results / "comparisons.json", compared)
    _dump(results / "claims.json", decided)
    for section in study.sections:
        _dump(results / f"errors/{section}.json", _errors(rng, study))
    for layer in study.layers:
        _dump(results / f"layers/{layer}.json", _layer(layer, rng))
    for name, one in study.datasets.items():
        _dump(folder / f"data/prepared/{name}.json", _description(name, one, rng))
    return rows


def _measure(table, claims, runs, timing, rng):
    """In place of files that only claims ask for: random values, one per seed."""
    for claim in claims:
        for name in compared_by(claim) if "metric" in claim else ():
            table[name].classes = ["cat", "dog"]
            about = [claim]
            if claim.get("class") == EVERY_CLASS:
                about = [{**claim, "class": one} for one in table[name].classes]
            for one in about:
                values = rng.uniform(0.2, 0.7, len(table[name].seeds)).tolist()
                table[name].values.setdefault(column(one), values)


def _errors(rng, study):
    mean, share = rng.uniform(0.01, 0.2, 2)
    pair = {"true": "cat", "predicted": "dog", "mean": 10, "sd": 1, "share": share}
    return {
        "experiment": "x",
        "title": "a network",
        "dataset": "images",
        "classes": ["cat", "dog"],
        "confusion": {"mean": [[90, 10], [20, 80]], "sd": None, "pairs": [pair]},
        "seeds": list(next(iter(study.experiments.values())).seeds),
        "images": 100,
        "calibration": {
            "error": {"mean": mean, "sd": 0.1 * mean, "low": 0.5 * mean, "high": 2 * mean}
        },
        "recalls": [{"class": name, "mean": rng.uniform()} for name in ("cat", "dog")],
        "mistakes": [{"true": "cat", "predicted": "dog", "confidence": rng.uniform()}],
    }


def _layer(layer, rng):
    return {
        "layer": layer,
        "title": layer,
        "formula": "f(x)",
        "source": "someone",
        "arguments": {"channels": 64},
        "input_shape": [64, 32, 32],
        "parameters": int(rng.integers(1, 10**6)),
        "macs": int(rng.integers(1, 10**6)),
        "passed": True,
        "checks": [
            {
                "check": "reference, float64",
                "passed": True,
                "detail": "",
                "value": rng.uniform(1e-17, 1e-15),
                "limit": 1e-12,
            }
        ],
    }


def _description(name, dataset, rng):
    return {
        "dataset": name,
        "title": dataset["title"],
        "format": dataset["format"],
        "generated": "generator" in dataset,
        "classes": [str(k) for k in range(int(rng.integers(2, 90)))],
        "shape": [3, 32, 32],
        "train_images": int(rng.integers(10**3, 10**5)),
        "test_images": int(rng.integers(10**3, 10**5)),
        "mean": [0.5],
        "std": [0.2],
        "sha256": rng.bytes(32).hex(),
        "sources": dict.fromkeys(dataset["files"], "0"),
    }


def _dump(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
