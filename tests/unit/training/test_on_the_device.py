"""What training promises holds on a GPU too: without one these tests run on the CPU."""

import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import pytest
import torch
from test_resume import After, results

from convstudy import models
from convstudy.datasets.prepared import Split
from convstudy.device import choose_device
from convstudy.errors import StudyError
from convstudy.training import engine
from convstudy.training.engine import train
from convstudy.training.recipe import Recipe
from convstudy.training.step import CapturedStep, Step, make_step

from tiny import EVERY_PART, JOB, RECIPE, go, prepare

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
CNN = {"name": "simple_cnn", "channels": [8, 16], "kernel_size": 3, "hidden": 32}
RESNET = {"name": "resnet", "block": "basic", "widths": [8, 8, 16, 16]}
BOTTLENECK = {"name": "resnet", "block": "bottleneck", "widths": [8, 8, 16, 16]}
FC = {"name": "fully_connected", "hidden": [64, 32]}
WHITENED = {"name": "whitened_cnn", "widths": [8, 16], "dropout": 0.3}
AUGMENTED = {"crop_padding": 2, "flip": True}


def images(device):
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (330, 16, 16, 3), dtype=torch.uint8, generator=generator)
    labels = torch.randint(0, 3, (330,), generator=generator)
    spread = torch.full((3,), 0.5, device=device), torch.full((3,), 0.3, device=device)
    return Split(pixels.to(device), labels.to(device), *spread)


def trained(network, device, kind=None, monkeypatch=None, **recipe):
    """Losses of two epochs and the weights after them, on the CPU."""
    choose_device(device)
    if kind is not None:
        monkeypatch.setattr(engine, "make_step", kind)
    torch.manual_seed(0)
    model = models.build(**network, shape=(3, 16, 16), classes=3)
    model = model.to(device, memory_format=torch.channels_last)
    settings = {"optimizer": "adam", "learning_rate": 1e-3, "batch_size": 32, "epochs": 2}
    data = images(device)
    progress, _ = train(model, data, data, Recipe(**{**settings, **recipe}), seed=3)
    losses = [epoch.train.loss for epoch in progress.history]
    return losses, {name: value.cpu() for name, value in model.state_dict().items()}


def same(one, other):
    return one[0] == other[0] and all(torch.equal(one[1][name], other[1][name]) for name in one[1])


@pytest.mark.parametrize(
    ("network", "recipe"),
    [
        (FC | {"dropout": 0.3}, {}),
        (CNN | {"dropout": 0.3}, {}),
        (RESNET | {"dropout": 0.5}, {}),
        (BOTTLENECK, {"precision": "tf32"}),
        (RESNET, AUGMENTED | {"optimizer": "sgd", "momentum": 0.9, "schedule": "one_cycle"}),
        (CNN | {"dropout": 0.3}, AUGMENTED | {"precision": "bf16"}),
        (WHITENED, EVERY_PART["recipe"] | {"epochs": 2, "precision": "tf32"}),
    ],
    ids=["fc", "cnn", "resnet", "bottleneck-tf32", "augmented", "bf16", "whitened"],
)
def test_steps_as_they_are_made_here_give_the_bits_of_plain_ones_every_time(
    network, recipe, monkeypatch
):
    """On a GPU they are captured as a graph: dropout, crops and sums are those of plain steps."""
    made = trained(network, DEVICE, **recipe)
    assert same(made, trained(network, DEVICE, **recipe))
    assert same(made, trained(network, DEVICE, Step, monkeypatch, **recipe))


def test_a_gpu_gets_captured_steps():
    model = models.build(**CNN, shape=(3, 16, 16), classes=3).to(DEVICE)
    recipe = Recipe("adam", 1e-3, 32, epochs=1)
    step = make_step(model, images(DEVICE), engine.make_optimizer(model, recipe), recipe)
    assert isinstance(step, CapturedStep) == (DEVICE == "cuda")
    if DEVICE == "cuda":
        for _ in range(5):
            step(torch.arange(32, device=DEVICE))
        assert step._captured is not None


@pytest.mark.parametrize("network", [FC, CNN, RESNET, BOTTLENECK])
def test_a_device_computes_what_the_cpu_does(network):
    """Without anything random in training: both begin with the same weights and batches.

    Sums in another order drift apart as training goes on: 0.4 % in a loss of the second epoch.
    """
    (first, second), (first_there, second_there) = (
        trained(network, one)[0] for one in (DEVICE, "cpu")
    )
    assert first == pytest.approx(first_there, rel=1e-3)
    assert second == pytest.approx(second_there, rel=1e-2)


def on_device(job=JOB, **changes):
    return {**job, "recipe": {**RECIPE, **changes}}


@pytest.mark.parametrize("steps", [1, 2, 4, 6, 9, 13])
def test_a_stop_at_any_step_changes_no_bit_on_the_device(tmp_path, steps):
    """A resumed training takes its first steps plainly, where the unbroken one replays a graph."""
    prepared, job = prepare(tmp_path), on_device(crop_padding=1, flip=True)
    whole = go(prepared, "whole", job=job, device=DEVICE)
    state = prepared / "state/seed0.pt"
    with pytest.raises(StudyError, match="stopped by SIGTERM"):
        go(prepared, "broken", job=job, state=state, stop=After(steps), device=DEVICE)
    assert results(go(prepared, "broken", job=job, state=state, device=DEVICE)) == results(whole)


def test_jobs_side_by_side_on_one_device_give_the_bits_of_each_alone(tmp_path):
    prepared = prepare(tmp_path)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(partial(go, prepared, device=DEVICE), ["one", "other"]))
    alone = results(go(prepared, "alone", device=DEVICE))
    assert results(prepared / "one") == results(prepared / "other") == alone


@pytest.mark.parametrize("precision", ["tf32", "bf16"])
def test_a_device_learns_in_other_precisions(tmp_path, precision):
    folder = go(prepare(tmp_path), "run", job=on_device(precision=precision), device=DEVICE)
    record = json.loads((folder / "metrics.json").read_text())
    assert record["environment"]["precision"] == precision
    assert record["test_accuracy"] > 0.8
