"""Networks of torchvision by name, fitted to channels, classes and sizes of small images."""

import pytest
import torch

from convstudy import models
from convstudy.errors import StudyError
from convstudy.models.cost import macs, parameters

SMALL = ["resnet18", "mobilenet_v3_small", "vgg11_bn", "efficientnet_b0", "squeezenet1_1"]


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 32, 32)])
def test_a_network_of_torchvision_takes_a_step(name, shape):
    model = models.build(f"torchvision/{name}", shape, 7)
    images, labels = torch.rand(4, *shape), torch.tensor([0, 1, 2, 6])
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    before = [one.detach().clone() for one in model.parameters()]
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
    assert any(not torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    assert parameters(model) > 1e5 and macs(model, shape) > 1e5


def test_a_vision_transformer_is_cut_to_the_images():
    model = models.build("torchvision/vit_b_16", (3, 32, 32), 10)
    assert model.eval()(torch.zeros(1, 3, 32, 32)).shape == (1, 10)


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("resnet81", (3, 32, 32), ["no network 'resnet81'", "resnet18"]),
        ("vit_b_16", (1, 28, 28), ["patches of 16 pixels", "28×28"]),
        ("alexnet", (3, 32, 32), ["torchvision/alexnet fails on images of 3×32×32"]),
    ],
)
def test_what_cannot_be_is_said(name, shape, words):
    with pytest.raises(StudyError) as raised:
        models.build(f"torchvision/{name}", shape, 10)
    assert [one for one in words if one not in str(raised.value)] == []


def test_a_network_that_is_not_installed_is_named():
    with pytest.raises(StudyError, match="timm"):
        models.build("timm/resnet18", (3, 32, 32), 10)
