"""Each variant exchanges one part of the base network, and refuses what does not fit."""

import pytest
import torch
from torch import nn

from convstudy import models
from convstudy.errors import StudyError
from convstudy.layers.channel_attention import ChannelAttention
from convstudy.layers.gated_conv2d import GatedConv2d
from convstudy.layers.l2_pool2d import L2Pool2d
from convstudy.layers.swish import Swish

SHAPE = (3, 18, 20)
PLAIN = [nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d]


def build(**parts):
    return models.build("layered_cnn", SHAPE, 5, channels=[4, 8], **parts)


@pytest.mark.parametrize(
    ("parts", "stage"),
    [
        ({}, PLAIN),
        ({"activation": "swish"}, [nn.Conv2d, nn.BatchNorm2d, Swish, nn.MaxPool2d]),
        ({"attention": True}, [*PLAIN, ChannelAttention]),
        ({"gated": True}, [GatedConv2d, nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d]),
        ({"pool": "l2"}, [nn.Conv2d, nn.BatchNorm2d, nn.ReLU, L2Pool2d]),
        (
            {"activation": "swish", "attention": True, "gated": True, "pool": "l2"},
            [GatedConv2d, nn.BatchNorm2d, Swish, L2Pool2d, ChannelAttention],
        ),
    ],
)
def test_a_variant_has_the_layers_it_is_named_for(parts, stage):
    network = build(**parts)
    assert [[type(layer) for layer in one] for one in network.stages] == [stage, stage]
    logits = network(torch.randn(2, *SHAPE))
    assert logits.shape == (2, 5)
    logits.sum().backward()
    assert all(values.grad is not None for values in network.parameters())


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"activation": "gelu"}, "model.activation: there is no 'gelu'; give relu or swish"),
        ({"pool": "mean"}, "model.pool: there is no 'mean'; give max or l2"),
        ({"channels": [4] * 5}, "model.channels: 5 pools leave nothing of images of 18×20"),
        ({"channels": [4, 6, 7], "attention": True}, "divides them by 4, and 6, 7 cannot be"),
    ],
)
def test_what_does_not_fit_is_refused(parts, said):
    with pytest.raises(StudyError, match=said):
        models.build("layered_cnn", SHAPE, 5, **{"channels": [4, 8], **parts})
