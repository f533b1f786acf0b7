"""Every network takes grey and colour images, 2 to 100 classes, 16 to 64 pixels, or says why not."""

import pytest
import torch

from convstudy import models
from convstudy.config.networks import ours
from convstudy.errors import StudyError

NETWORKS = {
    "fully_connected": {"hidden": [8, 4], "dropout": 0.2},
    "simple_cnn": {"channels": [4, 8], "kernel_size": 7, "hidden": 8},
    "resnet": {"block": "bottleneck", "widths": [2, 2, 2, 2]},
    "vgg": {"stages": [[2, 2], [4, 4], [4, 4]]},
    "layered_cnn": {
        **{"channels": [4, 4, 8], "activation": "swish", "attention": True},
        **{"gated": True, "pool": "l2"},
    },
    "whitened_cnn": {"widths": [4, 8, 8], "dropout": 0.2},
}
SIZES = [(16, 16), (17, 23), (28, 28), (32, 32), (64, 64), (64, 16)]


def test_every_network_is_tried():
    assert set(NETWORKS) == set(ours())


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("depth", "classes"), [(1, 2), (3, 100), (1, 47), (3, 2)])
def test_it_is_built_and_answers(name, size, depth, classes):
    network = models.build(name, (depth, *size), classes, **NETWORKS[name]).eval()
    assert network(torch.zeros(2, depth, *size)).shape == (2, classes)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("simple_cnn", {"channels": [2] * 5}),
        ("vgg", {"stages": [[2]] * 5}),
        ("layered_cnn", {"channels": [4] * 5}),
    ],
)
def test_it_says_what_images_it_needs(name, changes):
    with pytest.raises(StudyError, match="images of at least 32 pixels"):
        models.build(name, (1, 16, 64), 10, **{**NETWORKS[name], **changes})
