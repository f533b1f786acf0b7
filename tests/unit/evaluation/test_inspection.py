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
    ("name", "shape", "said", "of"),
    [
        ("torchvision/alexnet", SHAPE, "it takes images from 63×63", "size"),
        ("torchvision/inception_v3", [1, 28, 28], "it takes images from 75×75", "size"),
        ("torchvision/vit_b_16", [1, 28, 28], "patches of 16 pixels; these have 28×28", ""),
        ("torchvision/resnet81", SHAPE, "did you mean 'resnet18'?", "all_images"),
    ],
)
def test_a_network_that_cannot_be_trained_says_why(name, shape, said, of):
    found = inspect({"name": name}, shape, 10)
    assert found.pop("fault").endswith(said)
    assert [one for one, is_so in found.items() if is_so] == ["of_network", f"of_{of}"][
        : 1 + bool(of)
    ]


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


OPEN = """
class Sized(nn.Sequential):
    def __init__(self, shape, classes, width=2, **more):
        layers = [nn.Linear(shape[1] * shape[2], width), nn.Linear(width, classes)]
        super().__init__(nn.Flatten(), *layers)

def closed(shape, classes, **more):
    width = more.get("width", 2)
    layers = [nn.Linear(shape[1] * shape[2], width), nn.Linear(width, classes)]
    return nn.Sequential(nn.Flatten(), *layers)

def of_class(shape, classes, **more):
    return Sized(shape, classes, **more)

def of_values(shape, classes, **more):
    width = int(torch.linspace(1, more.get("width", 2), 2)[1].item())
    return nn.Sequential(nn.Flatten(), nn.Linear(shape[1] * shape[2], width), nn.Linear(width, classes))

def of_values_and_four(shape, classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(shape[1] * shape[2], int(torch.ones(1).item() * 4)))

def nothing(shape, classes):
    return None

def of_four(shape, classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(shape[1] * shape[2], 4))
"""


@pytest.mark.parametrize(
    ("model", "idle"),
    [
        ({"name": "torchvision/mobilenet_v3_small", "width_mul": 0.25}, "'width_mul'"),
        ({"name": "torchvision/mobilenet_v3_small", "width_mult": 0.25}, None),
        ({"name": "torchvision/resnet18", "zero_init_residual": False}, None),  # as it is without
        ({"name": "brought.closed", "widht": 4, "deph": 1}, "'deph', 'widht'"),
        ({"name": "brought.closed", "width": 4}, None),
        ({"name": "brought.of_class", "alpha": 4}, None),  # its class may use it later
        ({"name": "brought.of_values", "width": 4}, None),  # only built with values
    ],
)
def test_a_key_that_makes_no_difference_is_a_fault(own, model, idle):
    module = own(OPEN)["name"].partition(".")[0]
    model = {**model, "name": model["name"].replace("brought", module)}
    found = inspect(model, [1, 28, 28], 10)
    if idle is None:
        assert "fault" not in found
    else:
        assert found["fault"].startswith(f"model: {idle} makes no difference to {model['name']}")
        assert found["of_all_images"]


@pytest.mark.parametrize(
    ("function", "surely"), [("nothing", True), ("of_four", False), ("of_values_and_four", False)]
)
def test_what_other_images_might_mend_is_told_from_what_none_will(own, function, surely):
    module = own(OPEN)["name"].partition(".")[0]
    assert inspect({"name": f"{module}.{function}"}, [1, 28, 28], 10)["of_all_images"] is surely


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
