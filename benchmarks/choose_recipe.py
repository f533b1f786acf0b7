"""Recipes of our own are chosen here: on 45,000 / 5,000 of the training set, never on the test set.

    python benchmarks/choose_recipe.py --data data/prepared/cifar10.pt --device cuda --minutes 8

Every variant is trained with every seed in turn, so that a limit of time cuts all of them alike;
the table so far is on disk after each run. Needs torch and numpy besides the package.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from convstudy import models
from convstudy.datasets.prepared import Prepared, Split, load
from convstudy.device import choose_device, keep_freed_memory
from convstudy.evaluation.predictions import loss_and_accuracy, predict
from convstudy.files import write_json
from convstudy.training.engine import train
from convstudy.training.recipe import Recipe
from convstudy.training.seeding import WEIGHTS, stream

# What was chosen. A test compares it with config.yaml.
MODEL = {"name": "whitened_cnn", "widths": [64, 256, 256]}
RECIPE = {
    "optimizer": "sgd",
    "learning_rate": 1.5,
    "momentum": 0.85,
    "nesterov": True,
    "weight_decay": 0.00133,
    "decay_norms": True,
    "norm_rate_factor": 64,
    "schedule": "triangular",
    "label_smoothing": 0.2,
    "crop_padding": 2,
    "crop_fill": "reflect",
    "flip": "alternating",
    "views": 6,
    "batch_size": 1024,
    "epochs": 10,
}
# The pixels as the study's experiments on CIFAR-10 have them.
IMAGES = {
    "normalise": {"mean": [0.4914, 0.4822, 0.4465], "std": [0.2023, 0.1994, 0.2010]},
    **{"train_images": None, "test_images": None},
}
HELD_OUT = 5000  # images of the training set, one draw for all variants and seeds
VIEWS = (1, 2, 6)  # what each run is looked at in, since it costs no training

# Changes of model and recipe. The first set is what each part brings, the second what it might be.
SETS: dict[str, dict[str, dict[str, Any]]] = {
    "ablation": {
        "chosen": {},
        "dropout": {"model": {"dropout": 0.5}},
        "without whitening": {"model": {"whitening": False}},
        "random flips": {"recipe": {"flip": True}},
        "without flips": {"recipe": {"flip": False}},
        "crops on black": {"recipe": {"crop_fill": "black"}},
        "without crops": {"recipe": {"crop_padding": 0}},
        "without smoothing": {"recipe": {"label_smoothing": 0.0}},
        "norms at the same rate": {"recipe": {"norm_rate_factor": 1}},
        "norms without decay": {"recipe": {"decay_norms": False}},
        "constant rate": {"recipe": {"schedule": "constant", "learning_rate": 0.5}},
    },
    "search": {
        "chosen": {},
        "rate 1": {"recipe": {"learning_rate": 1.0}},
        "rate 2": {"recipe": {"learning_rate": 2.0}},
        "8 epochs": {"recipe": {"epochs": 8}},
        "batch 512, rate 0.75": {"recipe": {"batch_size": 512, "learning_rate": 0.75}},
        "decay 0.0008": {"recipe": {"weight_decay": 0.0008}},
        "decay 0.002": {"recipe": {"weight_decay": 0.002}},
        "smoothing 0.1": {"recipe": {"label_smoothing": 0.1}},
        "one cycle": {"recipe": {"schedule": "one_cycle"}},
        "dropout 0.2": {"model": {"dropout": 0.2}},
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, type=Path, help="data/prepared/<dataset>.pt")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=("float32", "tf32", "bf16"), default="float32")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--set", choices=SETS, default="ablation")
    parser.add_argument("--variants", type=Path, help="JSON like SETS, in place of --set")
    parser.add_argument("--only", nargs="+", help="names of variants")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, help="in place of each variant's")
    parser.add_argument("--images", type=int, help="take only so many for training")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no run later")
    parser.add_argument("--output", type=Path, default=Path("recipes.json"))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    variants = json.loads(options.variants.read_text()) if options.variants else SETS[options.set]
    kept = {name: variants[name] for name in options.only or variants}
    about = {"machine": machine(options), "model": MODEL, "recipe": RECIPE, "variants": kept}
    runs: list[dict[str, Any]] = []
    for run in compare(kept, options):
        runs.append(run)
        print(
            f"{run['variant']}, seed {run['seed']}: {run['accuracy']}, {run['seconds']:.0f} s",
            flush=True,
        )
        write_json(options.output, {**about, "data": options.data.stem, "runs": runs})
    print(table(runs))


def machine(options: argparse.Namespace) -> dict[str, Any]:
    """What speeds depend on; not `describe`, which wants the package to be installed."""
    device = torch.cuda.get_device_name() if options.device == "cuda" else "cpu"
    chosen = {"precision": options.precision, "threads": options.threads}
    return {"torch": torch.__version__, "device": device, **chosen}


def compare(
    variants: dict[str, dict[str, Any]], options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Each variant with each seed, while there is time for one more as long as the longest."""
    device = choose_device(options.device)
    data = load(options.data, options.data.with_suffix(".json"), IMAGES, device)
    kept, held_out = split(data.train, options.images)
    started, longest = time.monotonic(), 0.0
    for seed in range(options.seeds):
        for name, changes in variants.items():
            if time.monotonic() - started + longest > 60 * options.minutes:
                return
            recipe = Recipe(**{**RECIPE, **changes.get("recipe", {})})
            recipe = replace(
                recipe, precision=options.precision, epochs=options.epochs or recipe.epochs
            )
            model = {**MODEL, **changes.get("model", {})}
            found = accuracies(data, kept, held_out, model, recipe, seed, device)
            longest = max(longest, found["seconds"])
            yield {"variant": name, "seed": seed, **found}


def split(data: Split, images: int | None) -> tuple[Split, Split]:
    """What is trained on, and what is held out."""
    rows = torch.randperm(len(data), generator=torch.Generator().manual_seed(0))
    rows = rows.to(data.labels.device)
    kept = rows[HELD_OUT:] if images is None else rows[HELD_OUT : HELD_OUT + images]
    return tuple(
        replace(data, images=data.images[some], labels=data.labels[some])
        for some in (kept.sort().values, rows[:HELD_OUT].sort().values)
    )  # type: ignore[return-value]


def accuracies(
    data: Prepared,
    kept: Split,
    held_out: Split,
    model: dict[str, Any],
    recipe: Recipe,
    seed: int,
    device: str,
) -> dict[str, Any]:
    """Of one training: {views: accuracy} on the images held out, and the seconds of all of it."""
    started = time.monotonic()
    torch.manual_seed(stream(WEIGHTS, seed))
    network = models.build(**model, shape=data.shape, classes=len(data.classes))
    network = network.to(device).to(memory_format=torch.channels_last)
    progress, _ = train(network, kept, held_out, recipe, seed)
    seen = {views: predict(network, held_out, views) for views in VIEWS}
    return {
        "accuracy": {
            views: loss_and_accuracy(logits, held_out.labels)[1] for views, logits in seen.items()
        },
        "train_accuracy_running": progress.history[-1].train.accuracy,
        "train_seconds": sum(epoch.train.seconds for epoch in progress.history),
        "seconds": time.monotonic() - started,
    }


def table(runs: list[dict[str, Any]]) -> str:
    """Mean and standard deviation over seeds in per cent, by views; seconds of a run."""
    lines = [f"| variant | runs | {' | '.join(f'{v} views' for v in VIEWS)} | seconds |"]
    lines += [f"|---|---:|{'---:|' * len(VIEWS)}---:|"]
    for name in dict.fromkeys(run["variant"] for run in runs):
        own = [run for run in runs if run["variant"] == name]
        cells = [_mean_sd([100 * run["accuracy"][views] for run in own]) for views in VIEWS]
        seconds = statistics.fmean(run["seconds"] for run in own)
        lines.append(f"| {name} | {len(own)} | {' | '.join(cells)} | {seconds:.0f} |")
    return "\n".join(lines)


def _mean_sd(values: list[float]) -> str:
    spread = f" ± {statistics.stdev(values):.2f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.2f}{spread}"


if __name__ == "__main__":
    main()
