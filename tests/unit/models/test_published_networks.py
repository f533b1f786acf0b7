"""Every network of the study has the size that the published report gives (REFERENCE.md)."""

import copy
from pathlib import Path

import pytest
import torch
import yaml
from torch.utils.flop_counter import FlopCounterMode

from convstudy import models
from convstudy.errors import StudyError
from convstudy.models.cost import macs, parameters

CONFIG = yaml.safe_load((Path(__file__).parents[3] / "config.yaml").read_text(encoding="utf-8"))
SHAPES = {"mnist": (1, 28, 28), "cifar10": (3, 32, 32)}

# experiment: parameters, MACs of one image in millions as printed
PUBLISHED = {
    "mnist_fc": (567_434, "0.567"),
    "mnist_simple_cnn": (421_642, "4.241"),
    "mnist_resnet18": (11_172_810, "455.8"),
    "cifar10_fc": (9_050_378, "9.047"),
    "cifar10_resnet18": (11_173_962, "555.4"),
    "cifar10_resnet18_dropout": (11_173_962, "555.4"),
    "cifar10_bottleneck": (13_958_986, "727.4"),
    "mnist_kernel3": (50_186, "3.870"),
    "mnist_kernel5": (40_170, "4.332"),
    "mnist_kernel7": (29_988, "3.758"),
    "cifar10_vgg_shallow": (157_962, "20.7"),
    "cifar10_vgg_medium": (342_858, "96.2"),
    "cifar10_vgg_deep": (1_188_170, "152.8"),
    "cifar10_modern_resnet18": (11_173_962, "555.4"),
    "cifar10_modern_dropout": (11_173_962, "555.4"),
    "cifar10_modern_bottleneck": (13_958_986, "727.4"),
}
# Of the modern recipe, in the same network.
PARTS = (
    *("random_flips", "no_flips", "black_crops", "no_crops", "no_smoothing", "slow_norms"),
    "one_view",
)
# Ours, (parameters, MACs) counted by hand from their layers.
OURS = {
    "mnist_kernel5_parameters": (49_644, 5_657_540),
    "mnist_kernel7_parameters": (50_338, 6_932_520),
    "mnist_kernel5_macs": (37_212, 3_928_820),
    "mnist_kernel7_macs": (31_116, 3_883_642),
    "cifar10_base": (114_186, 10_342_400),
    "cifar10_base_wide": (204_522, 19_086_848),
    "cifar10_swish": (114_186, 10_342_400),
    "cifar10_attention": (124_938, 10_353_152),
    "cifar10_gated": (207_434, 20_664_320),
    "cifar10_l2_pool": (114_186, 10_342_400),
    "cifar10_all_layers": (218_186, 20_675_072),
    "cifar10_modern_cnn": (1_971_352, 118_147_360),
    "cifar10_modern_cnn_dropout": (1_971_352, 118_147_360),
    "cifar10_modern_unwhitened": (1_971_640, 118_147_360),
    **{f"cifar10_modern_{part}": (1_971_352, 118_147_360) for part in PARTS},
}


def build(experiment: str) -> tuple[torch.nn.Module, tuple[int, int, int]]:
    """The network without storage: what is asked here are sizes."""
    asked = CONFIG["experiments"][experiment]
    shape = SHAPES[asked["dataset"]]
    with torch.device("meta"):
        return models.build(**asked["model"], shape=shape, classes=10), shape


def test_every_experiment_on_these_data_sets_is_in_the_table() -> None:
    experiments = {k for k, v in CONFIG["experiments"].items() if "axes" not in v}
    assert experiments == {*PUBLISHED, *OURS}


@pytest.mark.parametrize("experiment", PUBLISHED)
def test_size_is_the_published_one(experiment: str) -> None:
    model, shape = build(experiment)
    count, millions = PUBLISHED[experiment]
    decimals = len(millions.partition(".")[2])
    assert parameters(model) == count
    assert f"{macs(model, shape) / 1e6:.{decimals}f}" == millions


@pytest.mark.parametrize("experiment", OURS)
def test_size_of_our_networks(experiment: str) -> None:
    model, shape = build(experiment)
    assert (parameters(model), macs(model, shape)) == OURS[experiment]


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("mnist_kernel5_parameters", "mnist_kernel3", parameters),
        ("mnist_kernel7_parameters", "mnist_kernel3", parameters),
        ("mnist_kernel5_macs", "mnist_kernel3", macs),
        ("mnist_kernel7_macs", "mnist_kernel3", macs),
        ("cifar10_base_wide", "cifar10_gated", parameters),
    ],
)
def test_networks_that_are_called_equal_differ_by_less_than_2_percent(one, other, count) -> None:
    counts = [count(*build(name)[: 2 if count is macs else 1]) for name in (one, other)]
    assert counts[0] == pytest.approx(counts[1], rel=0.02)


@pytest.mark.parametrize("experiment", [*PUBLISHED, *OURS])
def test_macs_are_what_pytorch_counts(experiment: str) -> None:
    model, shape = build(experiment)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.eval()(torch.empty(1, *shape, device="meta"))
    assert 2 * macs(model, shape) == counter.get_total_flops()


def test_counting_leaves_the_model_and_the_random_numbers_alone() -> None:
    model = models.build("resnet", (3, 9, 9), 4, block="basic", widths=[2, 2, 2, 2], dropout=0.5)
    model.double().train()
    before, random = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    macs(model, (3, 9, 9))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(module.training for module in model.modules())
    assert torch.equal(torch.get_rng_state(), random)
    assert not any(module._forward_hooks for module in model.modules())


def test_parameters_are_those_that_train() -> None:
    model = models.build("fully_connected", (1, 2, 2), 3, hidden=[])
    assert parameters(model) == 4 * 3 + 3
    model.get_parameter("1.bias").requires_grad_(False)
    assert parameters(model) == 4 * 3


def test_vgg_refuses_images_that_its_pools_would_use_up() -> None:
    with pytest.raises(StudyError, match=r"model.stages: 3 pools leave nothing of images of 7×9"):
        models.build("vgg", stages=[[4], [4], [4]], shape=(3, 7, 9), classes=10)
