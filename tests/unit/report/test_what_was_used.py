"""Of each experiment, a user's own too, the report says which images and settings were used."""

import json

import numpy as np
import pytest

from convstudy.config import slices
from convstudy.config.study import load
from convstudy.report.context import gather
from convstudy.report.render import render

import made_results
from checkout import ROOT

NETWORK = {"name": "simple_cnn", "channels": [8, 16], "kernel_size": 3}
OWN = {"title": "net on few", "dataset": "cifar10", "recipe": {"name": "mine"}}


@pytest.fixture
def report(tmp_path, config):
    """The report on two networks of a user's own, at a scale of his own."""

    def of(scale, first=None, **changes):
        config["scales"] = {"own": {"seeds": 3, **scale}}
        mine = {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 8, "epochs": 20}
        config["recipes"]["mine"] = mine
        for name, one in {"few": {**OWN, **(first or {})}, "all_of_it": {**OWN, **changes}}.items():
            config["experiments"][name] = {"model": NETWORK, **one}
        config["experiments"]["all_of_it"]["title"] = "net on all"
        config["sections"] = {"s": {"title": "S", "experiments": ["few", "all_of_it"]}}
        about = {"section": "s", "kind": "above", "metric": "test_accuracy", "of": "few"}
        config["claims"] = {"c": {**about, "threshold": 0.4, "says": "it is enough"}}
        study = load({**config, "scale": "own"})
        made_results.make(tmp_path, study, np.random.default_rng(0))
        job = json.loads(json.dumps(slices.reporting(study)))
        data = tmp_path / "data/prepared"
        images = {
            name: json.loads((data / f"{name}.json").read_text())
            | {"train_images": 600, "test_images": 300}
            for name in study.datasets
        }
        for name, one in images.items():
            (data / f"{name}.json").write_text(json.dumps(one))
        return render(
            ROOT / "workflow/templates",
            gather(job, tmp_path / "results/own", data, tmp_path / "report.md"),
        )

    return of


def test_what_is_said_about_images_stands_on_top(report, config):
    config["datasets"]["cifar10"]["about"] = "Saved as *JPEG*."
    config["datasets"]["mnist"]["about"] = "Nobody asks here."
    head = report({}).partition("## What was found")[0]
    assert r"Saved as \*JPEG\*." in head and "Nobody" not in head


def test_images_that_are_not_all_and_what_the_scale_changed(report):
    text = report(
        {
            "recipes": {"mine": {"epochs": 3}},
            "experiments": {"all_of_it": {"model": {"hidden": 8}}},
        },
        {"train_images": 40, "test_images": 60},
    )
    assert (
        "| net on few (CIFAR-10) | training images: 40 of 600; test images: 60 of 300; "
        "epochs 3 in place of 20 |" in text
    )
    assert "| net on all (CIFAR-10) | hidden layers 8 in place of –; epochs 3 in place" in text
    assert "(40 training images, 60 test images, 3 epochs)" in text  # the verdict


def test_what_is_changed_alike_in_all_experiments_is_said_once(report):
    text = report({"recipe": {"precision": "tf32"}})
    assert "| all experiments | precision tf32 in place of float32 |" in text


def test_nothing_is_said_where_nothing_was_changed(report):
    text = report({})
    assert "changed, and images where" not in text
    assert "generated" not in text.lower()


def test_generated_images_stand_in_for_those_that_the_experiments_name(report):
    text = report({"stand_ins": {"cifar10": "shapes"}})
    assert "**Generated images** stand in for CIFAR-10: " in text


def test_a_study_of_generated_images_has_them_stand_in_for_nothing(report):
    text = report({}, {"dataset": "shapes", "train_images": 40}, dataset="shapes")
    assert "stand in" not in text
    assert "Images of generated shapes are **generated**: " in text
    assert "(40 training images)" in text


@pytest.mark.parametrize(
    ("seeds", "words"), [(1, "trained once,"), (3, "trained 3 times with different seeds,")]
)
def test_one_seed_is_no_number_of_times(report, seeds, words):
    assert f"2 networks, each {words} on CIFAR-10" in report({"seeds": seeds})
