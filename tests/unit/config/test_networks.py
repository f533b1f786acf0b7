"""What a network takes is read from its source; a network may be a function of the study's own."""

import subprocess
import sys
from typing import Any, get_args

import pytest

from convstudy import fingerprint, models
from convstudy.config import networks
from convstudy.config.faults import faults
from convstudy.config.study import load
from convstudy.errors import StudyError

OWN = '''
"""Networks of mine."""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from torch import nn

from blocks import Width, HardSwish

Kernel = Literal[3, 5]


def tiny(shape, classes, *, channels: Width, kernel: Kernel = 3, rate: float | None = None) -> nn.Module:
    """One convolution."""
    layers = [nn.Conv2d(shape[0], channels, kernel, padding="same"), HardSwish()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * channels, classes))


class Wide(nn.Sequential):
    def __init__(self, shape, classes, widths: "list[int]", bias=True, **more):
        super().__init__(nn.Flatten(), nn.LazyLinear(classes, bias))


def flat(shape):
    return nn.Flatten()


def no_network(shape, classes):
    return "a network"


def wrong_shape(shape, classes):
    return nn.Flatten()


def needs_cuda(shape, classes):
    return nn.Linear(1, 1).to("cuda")


later = tiny
'''
BLOCKS = """
from typing import Annotated

from annotated_types import Ge, Le
from torch import nn

Width = Annotated[int, Ge(1), Le(512)]


class HardSwish(nn.Module):
    def forward(self, x):
        return x * (x + 3).clamp(0, 6) / 6
"""


def forget():
    names = ("fingerprint", "source", "tree", "path_of", "_imports", "_hash")
    for one in names:
        getattr(fingerprint, one).cache_clear()
    networks.of_network.cache_clear()


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study's folder with networks.py and blocks.py."""
    (tmp_path / "networks.py").write_text(OWN)
    (tmp_path / "blocks.py").write_text(BLOCKS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    forget()
    yield tmp_path
    forget()
    for name in ("networks", "blocks", "deep.nets.tiny"):
        sys.modules.pop(name, None)


def said(model):
    """Faults of a model of the config, and the model with its defaults."""
    return faults(model, networks.Network, "model")


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        ({"name": "networks.tiny", "channels": 8}, []),
        ({"name": "networks.tiny", "channels": 8, "kernel": 5, "rate": 0.5}, []),
        ({"name": "networks.tiny", "channels": 8, "rate": None}, []),
        ({"name": "networks.Wide", "widths": [1, 2], "anything": "else"}, []),
        ({"name": "networks.later"}, []),
        ({"name": "torchvision/resnet18"}, []),
        ({"name": "networks.tiny"}, ["model: missing 'channels'"]),
        (
            {"name": "networks.tiny", "chanels": 8, "channels": 0, "kernel": 4},
            [
                "model: unknown key 'chanels'; did you mean 'channels'?",
                "model.channels: 0 is less than the minimum of 1",
                "model.kernel: 4 is not one of its values: 3, 5",
            ],
        ),
        (
            {"name": "networks.Wide", "widths": [1, "a"]},
            ["model.widths.1: 'a' has the wrong type; give a whole number"],
        ),
        (
            {"name": "networks.tinny"},
            ["networks.py has no function 'tinny'; did you mean 'tiny'?"],
        ),
        ({"name": "networks.flat"}, ["flat takes 1 arguments without a name"]),
        ({"name": "nets.tiny"}, ["there is no module nets", "nets.py is missing"]),
        ({"name": "random.random"}, ["there is no module random"]),
        ({"name": "keras/tiny"}, ["only torchvision and timm"]),
        ({"name": "two words"}, ["has a form that is not allowed"]),
    ],
)
def test_arguments_are_checked_against_the_function(study, model, wrong):
    found = said(model)
    assert bool(found) == bool(wrong)
    assert [one for one in wrong if one not in " | ".join(found)] == []


def test_python_that_is_none_is_named_with_its_line(study):
    (study / "networks.py").write_text("def tiny(shape, classes:\n    pass\n")
    [fault] = [one for one in said({"name": "networks.tiny"}) if "no Python" in one]
    assert "model.name" in fault and "networks.py, line 1" in fault


def test_defaults_of_a_function_are_those_of_the_config(study, config):
    config["experiments"]["mnist_fc"]["model"] = {"name": "networks.tiny", "channels": 8}
    model = load(config).experiments["mnist_fc"].slice["model"]
    assert model == {"name": "networks.tiny", "channels": 8, "kernel": 3, "rate": None}


def test_what_a_network_imports_counts_and_what_is_beside_it_does_not(study):
    (study / "other.py").write_text("A = 1\n")
    assert fingerprint.closure("networks") == {"networks", "blocks"}
    before = fingerprint.fingerprint("networks")
    (study / "other.py").write_text("A = 2\n")
    forget()
    assert fingerprint.fingerprint("networks") == before
    (study / "blocks.py").write_text(BLOCKS.replace("/ 6", "/ 7"))
    forget()
    assert fingerprint.fingerprint("networks") != before


def test_a_folder_of_networks_needs_no_init(study):
    (study / "deep/nets").mkdir(parents=True)
    (study / "deep/nets/tiny.py").write_text("from blocks import HardSwish\n")
    assert fingerprint.closure("deep.nets.tiny") == {"deep.nets.tiny", "blocks"}


def test_a_job_runs_the_code_of_the_study_that_was_hashed(study):
    program = (
        "from convstudy import loaded, models; loaded.watch();"
        "from convstudy.fingerprint import fingerprint;"
        "loaded.check(fingerprint('convstudy.models', 'networks'), 'convstudy.models', 'networks');"
        "open('blocks.py', 'w').write('nonsense');"
        "print(models.build('networks.tiny', (1, 8, 8), 3, channels=2)[1])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "HardSwish()", done.stderr


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("no_network", ["gives str", "torch.nn.Module"]),
        ("wrong_shape", ["gives (2, 128)", "return logits (2, 3)"]),
        ("needs_cuda", ["fails on images of 2×8×8", "networks.py, line"]),
        ("gone", ["has no function 'gone'"]),
    ],
)
def test_a_network_that_does_not_work_says_why(study, function, words):
    with pytest.raises(StudyError) as raised:
        models.build(f"networks.{function}", (2, 8, 8), 3)
    assert [one for one in words if one not in str(raised.value)] == []


def test_trying_a_network_leaves_it_as_it_was(study):
    import torch

    torch.manual_seed(0)
    model = models.build("networks.tiny", (1, 8, 8), 3, channels=2)
    after = torch.rand(1)
    torch.manual_seed(0)
    models.build("networks.tiny", (1, 8, 8), 3, channels=2)
    assert torch.rand(1) == after and model.training


@pytest.mark.parametrize("name", networks.ours())
def test_every_network_of_ours_is_described(name):
    takes = networks.of_network(name)
    assert takes.model_config["extra"] == "forbid"
    assert Any not in [one.annotation for one in takes.model_fields.values()]


def test_every_value_of_a_list_can_be_built():
    def values(network, key):
        [found] = [f for f in networks.of_network(network).model_fields.values() if f.alias == key]
        return get_args(found.annotation)

    for block in values("resnet", "block"):
        assert models.build("resnet", (1, 8, 8), 2, block=block, widths=[2] * 4)
    for size in values("simple_cnn", "kernel_size"):
        assert models.build("simple_cnn", (1, 8, 8), 2, channels=[2], kernel_size=size)
