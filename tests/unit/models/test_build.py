"""Networks are found by name, and a wrong request says what would be right."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from torch import nn

from convstudy import models
from convstudy.config.networks import ours
from convstudy.errors import StudyError
from convstudy.fingerprint import closure

SHAPE = (1, 28, 28)


def test_every_module_of_the_folder_that_builds_is_a_network() -> None:
    others = {"__init__", "arguments", "cost", "dropout", "of_timm", "of_torchvision"}
    assert {path.stem for path in Path(models.__file__).parent.glob("*.py")} - others == {*ours()}


def test_looking_up_a_name_imports_no_torch() -> None:
    program = (
        "import sys; from convstudy.config import networks; networks.of_network('resnet');"
        "print([m for m in sys.modules if m == 'torch' or m.startswith('convstudy.models.r')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_building_imports_only_the_network_asked_for() -> None:
    program = (
        "import sys; from convstudy import models;"
        "models.build('fully_connected', (1, 2, 2), 2, hidden=[3]);"
        "print([m for m in sys.modules if m.startswith('convstudy.models.')],"
        " [m for m in ('torchvision', 'pandas', 'sympy', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == (
        "['convstudy.models.arguments', 'convstudy.models.dropout', "
        "'convstudy.models.fully_connected'] []"
    ), done.stderr


def test_a_network_does_not_reach_the_others_code() -> None:
    """Else an edit in one would retrain all experiments."""
    reached = closure("convstudy.models.resnet", "convstudy.models", "convstudy.models.cost")
    assert "convstudy.models.simple_cnn" not in reached


def test_extra_classes_and_channels() -> None:
    assert isinstance(
        models.build("resnet", (5, 7, 9), 3, block="basic", widths=[1] * 4), nn.Module
    )


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"name": "resnt"}, ["no network 'resnt'"]),
        ({"name": "transformer"}, ["no network 'transformer'"]),
        ({"name": "cost"}, ["has no function 'build'"]),
        ({"name": "fully_connected"}, ["needs 'hidden'", "dropout (default 0.0)"]),
        (
            {"name": "fully_connected", "hiden": [1], "depth": 3},
            ["takes no 'hiden'; did you mean 'hidden'?", "takes no 'depth'", "needs 'hidden'"],
        ),
        ({"name": "resnet", "block": "basik"}, ["model.block", "'basik'", "basic or bottleneck"]),
        ({"name": "resnet", "block": "basic", "widths": [8, 16]}, ["model.widths", "2 given", "4"]),
        (
            {"name": "simple_cnn", "channels": [4] * 5, "kernel_size": 3},
            ["model.channels", "5 pools", "28×28", "at least 32 pixels"],
        ),
        (
            {"name": "simple_cnn", "channels": [4], "kernel_size": 4},
            ["model.kernel_size", "4 is even"],
        ),
    ],
)
def test_a_wrong_request_says_what_would_be_right(
    request_: dict[str, Any], said: list[str]
) -> None:
    with pytest.raises(StudyError) as raised:
        models.build(**request_, shape=SHAPE, classes=10)
    assert [words for words in said if words not in str(raised.value)] == []


def test_pools_may_leave_a_single_pixel() -> None:
    models.build("simple_cnn", (1, 16, 31), 10, channels=[2] * 4, kernel_size=3)
    with pytest.raises(StudyError, match=r"15×31"):
        models.build("simple_cnn", (1, 15, 31), 10, channels=[2] * 4, kernel_size=3)
