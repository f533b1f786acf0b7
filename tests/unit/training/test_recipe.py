"""Recipes: the optimizer and the learning rates that they mean."""

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import nn, optim

from convstudy.training.optimizers import make_optimizer, set_learning_rate
from convstudy.training.recipe import Recipe, learning_rate

ADAM = Recipe("adam", 0.003, 64, 1)
SGD = Recipe("sgd", 0.1, 64, 1, momentum=0.9, nesterov=True, weight_decay=5e-4)


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 2))


def test_adam_has_pytorchs_defaults():
    optimizer = make_optimizer(network(), ADAM)
    assert isinstance(optimizer, optim.Adam)
    [group] = optimizer.param_groups
    assert len(group["params"]) == 6
    assert (group["lr"], group["betas"], group["eps"]) == (0.003, (0.9, 0.999), 1e-8)
    assert group["weight_decay"] == 0


def test_adamw_decays_nothing_unless_it_is_asked_to():
    recipe = replace(ADAM, optimizer="adamw")
    assert [one["weight_decay"] for one in make_optimizer(network(), recipe).param_groups] == [0]


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_weights_decay_biases_and_norms_do_not(optimizer):
    recipe = replace(SGD, optimizer=optimizer)
    weights, others = make_optimizer(network(), recipe).param_groups
    assert [values.ndim for values in weights["params"]] == [4, 2]
    assert [values.ndim for values in others["params"]] == [1, 1, 1, 1]
    assert (weights["weight_decay"], others["weight_decay"]) == (5e-4, 0)
    if optimizer == "sgd":
        assert (weights["momentum"], weights["nesterov"]) == (0.9, True)


@pytest.mark.parametrize(
    ("recipe", "plain"),
    [
        (ADAM, lambda values: optim.Adam(values, 0.003)),
        (
            replace(ADAM, optimizer="adamw", weight_decay=0.1),
            lambda values: optim.AdamW(values, 0.003, weight_decay=0.1),
        ),
        (
            SGD,
            lambda values: optim.SGD(values, 0.1, momentum=0.9, nesterov=True, weight_decay=5e-4),
        ),
    ],
    ids=["adam", "adamw", "sgd"],
)
def test_steps_are_those_of_pytorchs_optimizers(recipe, plain):
    """On a layer without bias, so that all that it has decays."""
    torch.manual_seed(0)
    ours, theirs = nn.Linear(5, 3, bias=False), nn.Linear(5, 3, bias=False)
    theirs.load_state_dict(ours.state_dict())
    for model, optimizer in (
        (ours, make_optimizer(ours, recipe)),
        (theirs, plain(theirs.parameters())),
    ):
        for batch in torch.arange(60.0).view(4, 3, 5):
            optimizer.zero_grad()
            model(batch).square().mean().backward()
            optimizer.step()
    torch.testing.assert_close(ours.weight, theirs.weight)


def test_a_restored_optimizer_goes_on_at_the_rate_that_is_set():
    first, second = (make_optimizer(network(), SGD) for _ in range(2))
    set_learning_rate(first, 0.02)
    second.load_state_dict(first.state_dict())
    assert [group["lr"] for group in second.param_groups] == [0.1, 0.1]
    set_learning_rate(second, 0.02)
    assert [group["lr"] for group in second.param_groups] == [0.02, 0.02]


def test_a_rate_on_a_device_is_set_in_place():
    """A captured step reads it where it was when it was captured."""
    optimizer = make_optimizer(network(), ADAM)
    rate = optimizer.param_groups[0]["lr"] = torch.tensor(0.003)
    set_learning_rate(optimizer, 0.5)
    assert rate.item() == 0.5


@pytest.mark.parametrize("steps", [2, 7, 500])
def test_one_cycle_is_that_of_pytorch(steps):
    recipe = replace(SGD, learning_rate=0.4, schedule="one_cycle")
    optimizer = optim.SGD(network().parameters(), 0.4)
    theirs = optim.lr_scheduler.OneCycleLR(optimizer, 0.4, total_steps=steps, cycle_momentum=False)
    for step in range(steps):
        assert learning_rate(recipe, step, steps) == pytest.approx(theirs.get_last_lr()[0])
        if step < steps - 1:
            optimizer.step()
            theirs.step()


def test_a_triangular_rate_rises_and_falls_straight():
    """At the corners that airbench has: 20 % at first, all at 23 % of the steps, 7 % beyond the last."""
    recipe = replace(SGD, learning_rate=2.0, schedule="triangular")
    rates = [learning_rate(recipe, step, 100) for step in range(101)]
    assert [rates[step] for step in (0, 23, 100)] == pytest.approx([0.4, 2.0, 0.14])
    for some in (rates[:24], rates[23:]):
        steps = [after - before for before, after in pairwise(some)]
        assert steps == pytest.approx([steps[0]] * len(steps))
    assert learning_rate(recipe, 0, 1) == 2.0  # of a training too short to rise


def test_norms_learn_and_decay_as_the_recipe_says():
    recipe = replace(SGD, norm_rate_factor=64, decay_norms=True)
    weights, others, norms = make_optimizer(network(), recipe).param_groups
    assert [len(group["params"]) for group in (weights, others, norms)] == [2, 2, 2]
    assert (norms["lr"], norms["weight_decay"]) == (0.1 * 64, 5e-4 / 64)
    assert (norms["momentum"], norms["nesterov"]) == (0.9, True)
    optimizer = make_optimizer(network(), recipe)
    set_learning_rate(optimizer, 0.02)
    assert [group["lr"] for group in optimizer.param_groups] == [0.02, 0.02, 0.02 * 64]
    (_, still) = make_optimizer(network(), replace(ADAM, norm_rate_factor=2)).param_groups
    assert (still["lr"], still["weight_decay"]) == (0.006, 0.0)


def test_a_decaying_norm_decays_by_as_much_as_a_weight_whatever_its_rate():
    recipe = replace(SGD, momentum=0.0, nesterov=False, norm_rate_factor=64, decay_norms=True)
    model = nn.Sequential(nn.Conv2d(1, 3, 3, bias=False), nn.BatchNorm2d(3))
    optimizer = make_optimizer(model, recipe)
    before = [values.detach().clone() for values in model.parameters()]
    for values in model.parameters():
        values.grad = torch.zeros_like(values)
    optimizer.step()
    for values, old in zip(model.parameters(), before, strict=True):
        torch.testing.assert_close(values.detach(), old * (1 - 0.1 * 5e-4))


def test_what_is_not_learned_has_no_place_in_the_optimizer():
    model = network()
    model[1].weight.requires_grad_(False)
    (*_, norms) = make_optimizer(model, replace(SGD, norm_rate_factor=64)).param_groups
    assert [values is model[1].bias for values in norms["params"]] == [True]


def test_a_constant_rate_is_constant():
    assert {learning_rate(ADAM, step, 9) for step in range(9)} == {0.003}


def test_pytorchs_compiler_is_not_imported():
    """A second of every job, for nothing that is used here."""
    code = (
        "import sys, torch\n"
        "from convstudy.training.optimizers import make_optimizer\n"
        "from convstudy.training.recipe import Recipe\n"
        "model = torch.nn.Linear(2, 2)\n"
        "for name in ('adam', 'adamw', 'sgd'):\n"
        "    optimizer = make_optimizer(model, Recipe(name, 0.1, 2, 1))\n"
        "    model(torch.ones(1, 2)).sum().backward()\n"
        "    optimizer.step()\n"
        "    optimizer.zero_grad()\n"
        "    optimizer.load_state_dict(optimizer.state_dict())\n"
        "assert 'torch._dynamo' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_schedule_that_nobody_wrote_is_not_taken_for_another():
    with pytest.raises(ValueError, match="'cosine' has no rate"):
        learning_rate(replace(SGD, schedule="cosine"), 0, 10)
