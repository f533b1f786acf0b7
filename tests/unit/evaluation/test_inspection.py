"""What `convstudy inspect` says of a network before any image is there."""

import pytest
import torch

from convstudy import models
from convstudy.evaluation.inspection import inspect
from convstudy.models import cost

SHAPE = [3, 32, 32]


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "vgg11_bn", "vit_b_16"])
def test_networks_of_torchvision_are_counted_without_an_image(name):
    found = inspect({"name": f"torchvision/{name}"}, SHAPE, 10)
    with torch.device("meta"):
        network = models.build(f"torchvision/{name}", tuple(SHAPE), 10)
    assert found["parameters"] == cost.parameters(network)
    assert found["macs"] == cost.macs(network, tuple(SHAPE))
    assert found["activations"] > 100_000


def test_what_a_step_keeps_is_counted_once():
    # Of each image its 4 × 4 pixels for the weights of the first layer, and 3 values for those of
    # the second, which the activation function keeps as well.
    found = inspect({"name": "fully_connected", "hidden": [3]}, [1, 4, 4], 2)
    assert found == {"parameters": 59, "macs": 54, "activations": 4 * (16 + 3)}


@pytest.mark.parametrize(
    ("name", "shape", "said", "of_size"),
    [
        ("torchvision/alexnet", SHAPE, "it takes images from 63×63", True),
        ("torchvision/inception_v3", [1, 28, 28], "it takes images from 75×75", True),
        ("torchvision/vit_b_16", [1, 28, 28], "patches of 16 pixels; these have 28×28", False),
        ("torchvision/resnet81", SHAPE, "did you mean 'resnet18'?", False),
    ],
)
def test_a_network_that_cannot_be_trained_says_why(name, shape, said, of_size):
    found = inspect({"name": name}, shape, 10)
    assert found.pop("fault").endswith(said)
    assert found == {"of_network": True, "of_size": of_size}


def test_trained_weights_are_not_fetched():
    found = inspect({"name": "torchvision/squeezenet1_1", "weights": "DEFAULT"}, SHAPE, 10)
    assert found == inspect({"name": "torchvision/squeezenet1_1"}, SHAPE, 10)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Write the study's networks.py; it is asked for as networks.made."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    def write(body):
        (tmp_path / f"{name}.py").write_text(f"import torch\nfrom torch import nn\n\n\n{body}")
        return {"name": f"{name}.made"}

    name = f"networks_{tmp_path.name}"
    return write


def test_a_network_that_looks_at_values_is_built_on_the_processor(own):
    model = own(
        "def made(shape, classes):\n"
        "    assert torch.ones(1).item() == 1\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(48, classes))\n"
    )
    assert inspect(model, [3, 4, 4], 5)["parameters"] == 245


def test_a_network_without_a_gradient_is_refused(own):
    model = own(
        "class made(nn.Module):\n"
        "    def __init__(self, shape, classes):\n"
        "        super().__init__()\n"
        "        self.last = nn.Linear(48, classes)\n"
        "    def forward(self, images):\n"
        "        return self.last(images.flatten(1)).detach()\n"
    )
    found = inspect(model, [3, 4, 4], 5)
    assert "does not require grad" in found["fault"] and found["of_network"]


MADE = "def made(shape, classes):\n    {}\n    return nn.Sequential(nn.Flatten(), nn.LazyLinear(classes))\n"


@pytest.mark.parametrize(
    ("line", "said", "of_network"),
    [
        ("open('data/w.pt')", "FileNotFoundError: [Errno 2]", False),
        ("import nowhere", "ModuleNotFoundError: No module named 'nowhere'", False),
        ("raise MemoryError", "MemoryError", False),
        ("raise RuntimeError('Found no NVIDIA driver')", "no NVIDIA driver", False),
        ("raise SystemExit(3)", "SystemExit: 3", True),
        ("assert shape[1] % 4 == 0", "AssertionError", True),
        ("assert shape[1] == shape[2]", "AssertionError", True),
    ],
)
def test_what_another_machine_may_have_is_no_fault_of_the_network(own, line, said, of_network):
    found = inspect(own(MADE.format(line)), [3, 30, 34], 5)
    assert said in found["fault"] and "it takes images" not in found["fault"]
    assert (found["of_network"], found["of_size"]) == (of_network, False)
