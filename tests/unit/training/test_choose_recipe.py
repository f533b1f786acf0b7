"""benchmarks/choose_recipe.py: what it compares is what config.yaml says, and never on the test set."""

import argparse

import choose_recipe
import pytest
import torch
from choose_recipe import IMAGES, MODEL, RECIPE, SETS, compare, split, table


def of_config(config, name):
    one = config["experiments"][name]
    recipe = {**config["recipes"][one["recipe"]["name"]], **one["recipe"]}
    del recipe["name"]
    return {"name": "whitened_cnn", **one["model"]}, recipe


def test_what_was_chosen_is_what_the_study_trains(config):
    model, recipe = of_config(config, "cifar10_modern_cnn")
    widths = model.pop("widths", [64, 256, 256])
    assert ({**model, "widths": widths}, recipe) == (MODEL, RECIPE)
    assert IMAGES["normalise"] == config["datasets"]["cifar10"]["normalise"]


@pytest.mark.parametrize(
    ("variant", "experiment"),
    [
        ("dropout", "dropout"),
        ("without whitening", "unwhitened"),
        ("random flips", "random_flips"),
        ("without flips", "no_flips"),
        ("crops on black", "black_crops"),
        ("without crops", "no_crops"),
        ("without smoothing", "no_smoothing"),
        ("norms at the same rate", "slow_norms"),
    ],
)
def test_a_part_that_is_left_out_there_is_left_out_here(config, variant, experiment):
    name = "cnn_dropout" if experiment == "dropout" else experiment
    model, recipe = of_config(config, f"cifar10_modern_{name}")
    changes = SETS["ablation"][variant]
    assert {**MODEL, **changes.get("model", {})} == {**MODEL, **model}
    assert {**RECIPE, **changes.get("recipe", {})} == recipe


def options(prepared, **changes):
    given = {"data": prepared / "tiny.pt", "device": "cpu", "precision": "float32", "seeds": 2}
    given |= {"epochs": 1, "images": None, "minutes": float("inf")}
    return argparse.Namespace(**{**given, **changes})


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(choose_recipe, "HELD_OUT", 12)
    monkeypatch.setattr(choose_recipe, "MODEL", {"name": "whitened_cnn", "widths": [4]})
    monkeypatch.setitem(IMAGES, "normalise", None)


def test_all_variants_are_trained_with_a_seed_before_the_next(prepared, small):
    variants = {"chosen": {}, "small batches": {"recipe": {"batch_size": 16}}}
    runs = list(compare(variants, options(prepared)))
    assert [(run["variant"], run["seed"]) for run in runs] == [
        *(("chosen", 0), ("small batches", 0), ("chosen", 1), ("small batches", 1)),
    ]
    said = table(runs)
    assert said.count("\n") == 3 and "| small batches | 2 | " in said and "± " in said


def test_nothing_begins_that_would_end_too_late(prepared, small):
    assert list(compare({"chosen": {}}, options(prepared, minutes=-1))) == []


def test_the_training_set_alone_is_divided(prepared, small):
    data = choose_recipe.load(prepared / "tiny.pt", prepared / "tiny.json", IMAGES, "cpu")
    kept, held_out = split(data.train, None)
    assert (len(kept), len(held_out)) == (60, 12)
    both = torch.cat([kept.images, held_out.images]).flatten(1)
    assert torch.equal(both.unique(dim=0), data.train.images.flatten(1).unique(dim=0))
    assert len(split(data.train, 20)[0]) == 20
