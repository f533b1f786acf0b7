"""The cost that is counted from the config is that of the network."""

import pytest
import torch

from convstudy import models
from convstudy.config.cost import Cost, expected_data, is_known, of_experiment
from convstudy.config.networks import ours
from convstudy.config.study import load
from convstudy.files import read_json
from convstudy.models import cost

from checkout import ROOT, TOUR, records_of_sample, study_config

SCALES = ("quick", "small", "real", "full", "tour")
SHAPE = [3, 33, 31]  # odd, so that rounding shows
MODEL_OF = {
    "fully_connected": {"name": "fully_connected", "hidden": [20, 10]},
    "simple_cnn": {"name": "simple_cnn", "channels": [4, 8], "kernel_size": 5, "hidden": 12},
    "resnet": {"name": "resnet", "block": "bottleneck", "widths": [4, 8, 8, 16]},
    "vgg": {"name": "vgg", "stages": [[8, 16], [32]]},
    "layered_cnn": {"name": "layered_cnn", "channels": [8, 12], "gated": True, "attention": True},
    "whitened_cnn": {"name": "whitened_cnn", "widths": [8, 16]},
}


def job(model, **changes):
    recipe = {"epochs": 2, "batch_size": 64}
    return {"model": model, "recipe": recipe, "train_images": None, "test_images": None, **changes}


def assert_agree(counted, model, data):
    with torch.device("meta"):
        network = models.build(**model, shape=data["shape"], classes=data["classes"])
    assert counted.parameters == cost.parameters(network)
    assert counted.macs == cost.macs(network, data["shape"])


@pytest.mark.parametrize("scale", SCALES)
def test_every_experiment_costs_what_its_network_does(scale):
    study = load({**study_config(TOUR), "scale": scale})
    for one in study.experiments.values():
        data = expected_data(study.datasets[one.dataset])
        assert_agree(of_experiment(one.slice, data), one.slice["model"], data)


@pytest.mark.parametrize("name", ours())
def test_every_network_is_counted(name):
    data = {"shape": SHAPE, "classes": 7, "train_images": 100, "test_images": 10}
    assert_agree(of_experiment(job(MODEL_OF[name]), data), MODEL_OF[name], data)


def test_a_network_that_nobody_has_counted_asks_for_as_much_as_resnet18():
    data = {"shape": SHAPE, "classes": 7, "train_images": 100, "test_images": 10}
    known = {"name": "resnet", "block": "basic", "widths": [64, 128, 256, 512]}
    assert of_experiment(job({"name": "own"}), data) == of_experiment(job(known), data)


def test_work_is_three_passes_a_step_and_one_an_evaluation():
    data = {"shape": [1, 4, 4], "classes": 2, "train_images": 100, "test_images": 10}
    counted = of_experiment(job({"name": "fully_connected", "hidden": []}), data)
    assert counted.macs == 32
    assert counted.work == 32 * (2 * (3 * 100 + 10) + 100)
    fewer = of_experiment(
        job({"name": "fully_connected", "hidden": []}, train_images=50, test_images=99), data
    )
    assert fewer.work == 32 * (2 * (3 * 50 + 10) + 50)  # never more than there are


@pytest.mark.parametrize("scale", ["quick", "small", "real", "full"])
def test_the_memory_and_time_of_every_run_of_the_samples_were_foreseen(scale):
    sample = ROOT / "docs/sample" / scale
    records = records_of_sample(scale)
    assert records
    for record in records.values():
        data = read_json(sample / "data/prepared" / f"{record['slice']['dataset']}.json")
        counted = of_experiment(record["slice"], {**data, "classes": len(data["classes"])})
        assert record["peak_memory_bytes"] < 1e6 * counted.memory_mb(attempt=1)
        seconds = record["train_seconds"] + record["evaluate_seconds"]
        assert seconds < 60 * counted.minutes(attempt=1)


def test_a_first_convolution_that_is_learned_counts_its_weights():
    data = {"shape": SHAPE, "classes": 7, "train_images": 100, "test_images": 10}
    model = {**MODEL_OF["whitened_cnn"], "whitening": False}
    assert_agree(of_experiment(job(model), data), model, data)


def test_several_views_are_work_at_the_end_alone():
    data = {"shape": [1, 4, 4], "classes": 2, "train_images": 100, "test_images": 10}
    asked = job({"name": "fully_connected", "hidden": []})
    asked["recipe"] = {**asked["recipe"], "views": 6}
    assert of_experiment(asked, data).work == 32 * (2 * 3 * 100 + 10 + 6 * 10 + 6 * 100)


def test_requests_grow_with_the_attempt_and_no_job_asks_for_more_than_a_day():
    small = Cost(parameters=1, macs=1, work=10**9, bytes=10**6)
    assert [small.memory_mb(n) for n in (1, 2)] == [2501, 5002]
    assert [small.minutes(n) for n in (1, 2)] == [10, 20]
    assert Cost(parameters=1, macs=1, work=10**18, bytes=1).minutes(1) == 24 * 60


def test_what_is_not_prepared_has_the_size_of_the_official_files():
    digits = {"format": "idx", "generator": {"train_images": 30, "test_images": 20, "seed": 1}}
    assert expected_data(digits) == {
        **{"shape": [1, 28, 28], "classes": 10},
        **{"train_images": 30, "test_images": 20},
    }
    folder = {"format": "image_folder", "image_size": [64, 48], "colour": False}
    assert expected_data(folder)["shape"] == [1, 64, 48]


def test_only_of_official_and_generated_files_is_it_known_what_they_hold():
    datasets = study_config()["datasets"]
    assert [name for name, one in datasets.items() if is_known(one)] == [
        *("mnist", "cifar10", "digits", "shapes")
    ]
    own = {"format": "idx", "files": {"train-images-idx3-ubyte.gz": {"md5": "0" * 32}}}
    assert not is_known(own)
