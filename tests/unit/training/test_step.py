"""Steps: captured ones do what plain ones do (no GPU here: a graph is played back by hand)."""

from contextlib import contextmanager, nullcontext

import pytest
import torch
import torch.nn.functional as F

from convstudy import models
from convstudy.datasets.prepared import Split
from convstudy.training import step as steps
from convstudy.training.optimizers import make_optimizer, set_learning_rate
from convstudy.training.recipe import Recipe, learning_rate
from convstudy.training.step import CapturedStep, Step

RECIPE = Recipe("adam", 0.01, 16, epochs=1)
MODEL = {"name": "simple_cnn", "channels": [4], "kernel_size": 3, "hidden": 8, "dropout": 0.3}


WHITENED = {"name": "whitened_cnn", "widths": [4], "dropout": 0.3}
EVERY_PART = Recipe(
    **{"optimizer": "sgd", "learning_rate": 0.05, "batch_size": 16, "epochs": 2, "momentum": 0.85},
    **{"nesterov": True, "weight_decay": 0.001, "decay_norms": True, "norm_rate_factor": 8},
    **{"schedule": "triangular", "label_smoothing": 0.2, "crop_padding": 2, "views": 6},
    **{"crop_fill": "reflect", "flip": "alternating"},
)


def made(kind, recipe=RECIPE, model=MODEL):
    torch.manual_seed(0)
    images = torch.randint(0, 256, (150, 6, 6, 1), dtype=torch.uint8)
    data = Split(images, torch.arange(150) % 3, torch.tensor([0.5]), torch.tensor([0.3]))
    model = models.build(**model, shape=(1, 6, 6), classes=3)
    return kind(model, data, make_optimizer(model, recipe), recipe)


def run(step):
    """Nine full batches and one of six images, as of an epoch; twice."""
    torch.manual_seed(1)
    taken = []
    for epoch in (1, 2):
        step.begin(seed=0, epoch=epoch)
        set_learning_rate(step.optimizer, learning_rate(step.recipe, epoch, 4))
        taken += [tuple(v.item() for v in step(rows)) for rows in torch.arange(150).split(16)]
    return taken


@pytest.fixture
def gpu(monkeypatch):
    """torch.cuda as far as a capture needs it: what is recorded has no effect until it is replayed."""
    recording = {}

    class Graph:
        def replay(self):
            self.replays = getattr(self, "replays", 0) + 1
            step = recording["step"]
            for kept, now in zip(step._captured[1], Step.__call__(step, step._rows), strict=True):
                kept.copy_(now)

    @contextmanager
    def graph(made, stream):
        step = recording["step"]
        before = [value.clone() for value in step.model.state_dict().values()]
        optimizer, random = step.optimizer.state_dict(), torch.get_rng_state()
        moments = [value.clone() for one in optimizer["state"].values() for value in one.values()]
        yield
        recording["graph"] = made
        with torch.no_grad():
            for value, old in zip(step.model.state_dict().values(), before, strict=True):
                value.copy_(old)
        now = [value for one in step.optimizer.state.values() for value in one.values()]
        for value, old in zip(now, moments, strict=True):
            value.copy_(old)
        torch.set_rng_state(random)

    class Stream:
        def wait_stream(self, other):
            pass

    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", graph)
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", Stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: nullcontext())
    return recording


@pytest.mark.parametrize(("recipe", "model"), [(RECIPE, MODEL), (EVERY_PART, WHITENED)])
def test_captured_steps_give_the_same_bits(gpu, recipe, model):
    """Mirrored images and rates of the second epoch reach a step that was captured in the first."""
    plain, captured = (made(kind, recipe, model) for kind in (Step, CapturedStep))
    gpu["step"] = captured
    expected, found = run(plain), run(captured)
    assert gpu["graph"].replays == 2 * 9 - steps._WARM_UP
    assert found == expected
    for one, other in zip(captured.model.parameters(), plain.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_where_a_capture_fails_steps_are_taken_one_by_one(gpu, monkeypatch, caplog):
    @contextmanager
    def graph(made, stream):
        raise RuntimeError("operation not permitted when stream is capturing")
        yield

    monkeypatch.setattr(torch.cuda, "graph", graph)
    expected, found = run(made(Step)), run(made(CapturedStep))
    assert found == expected
    assert caplog.text.count("a capture failed: operation not permitted") == 1


def test_labels_are_smoothed():
    smooth = made(Step, Recipe("sgd", 0.01, 16, 1, label_smoothing=0.1))
    smooth.model.eval()
    images, labels = smooth.data.batch(torch.arange(16))
    expected = F.cross_entropy(smooth.model(images), labels, label_smoothing=0.1) * 16
    loss, _ = smooth(torch.arange(16))
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)


def test_training_sees_augmented_images_and_evaluation_does_not():
    seen = []
    step = made(Step, Recipe("sgd", 0.0001, 16, 1, crop_padding=2, flip=True))
    step.model.register_forward_pre_hook(lambda model, inputs: seen.append(inputs[0].clone()))
    for _ in range(2):
        step(torch.arange(16))
    assert not torch.equal(*seen)
    assert torch.equal(step.data.batch(slice(0, 16))[0], step.data.batch(torch.arange(16))[0])


def test_two_epochs_of_alternating_flips_show_every_image_both_ways():
    seen = []
    step = made(Step, Recipe("sgd", 0.0001, 16, 2, flip="alternating"))
    step.model.register_forward_pre_hook(lambda model, inputs: seen.append(inputs[0].clone()))
    for epoch in (1, 2, 3):
        step.begin(seed=4, epoch=epoch)
        step(torch.arange(16))
    assert torch.equal(seen[0], seen[1].flip(3))
    assert torch.equal(seen[0], seen[2])
    as_they_are = step.data.batch(torch.arange(16))[0]
    mirrored = [not torch.equal(*pair) for pair in zip(seen[0], as_they_are, strict=True)]
    assert 0 < sum(mirrored) < 16
