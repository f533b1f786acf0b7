"""The residual networks: their maps, and torchvision's networks with the same weights."""

import pytest
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.resnet import ResNet as TorchvisionResNet

from convstudy import models

TORCHVISION_BLOCKS = {"basic": BasicBlock, "bottleneck": Bottleneck}


def shapes_of_stages(block, shape):
    """(C, H, W) of the stem's and each stage's output for one image."""
    with torch.device("meta"):
        model = models.build("resnet", shape, 10, block=block).eval()
        seen = []
        for module in (model.stem, *model.stages):
            module.register_forward_hook(lambda _, inputs, output: seen.append(output.shape[1:]))
        model(torch.empty(1, *shape))
    return [tuple(shape) for shape in seen]


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((3, 32, 32), [(32, 32), (32, 32), (16, 16), (8, 8), (4, 4)]),
        ((1, 28, 28), [(28, 28), (28, 28), (14, 14), (7, 7), (4, 4)]),
        ((3, 33, 21), [(33, 21), (33, 21), (17, 11), (9, 6), (5, 3)]),
    ],
)
@pytest.mark.parametrize(
    ("block", "channels"),
    [("basic", [64, 64, 128, 256, 512]), ("bottleneck", [64, 256, 512, 1024, 2048])],
)
def test_maps_of_the_stem_and_of_each_stage(block, channels, shape, sizes):
    wanted = [(maps, *size) for maps, size in zip(channels, sizes, strict=True)]
    assert shapes_of_stages(block, shape) == wanted


def torchvision_network(block, channels):
    """torchvision's ResNet with the stem that is usual for small images."""
    network = TorchvisionResNet(TORCHVISION_BLOCKS[block], [2, 2, 2, 2], num_classes=10)
    network.conv1 = nn.Conv2d(channels, 64, 3, stride=1, padding=1, bias=False)
    network.maxpool = nn.Identity()
    return network


def scramble(network):
    """Give normalisation layers weights that show when one of them is left out or swapped."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.1)
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("block", ["basic", "bottleneck"])
def test_equals_torchvisions_network_with_the_same_weights(block, training):
    torch.manual_seed(0)
    theirs = torchvision_network(block, channels=3)
    scramble(theirs)
    ours = models.build("resnet", (3, 8, 8), 10, block=block)
    values = theirs.state_dict().values()  # both list their modules in the order of the forward
    ours.load_state_dict(dict(zip(ours.state_dict(), values, strict=True)))
    images = torch.randn(4, 3, 8, 8, dtype=torch.float64)
    answers = [network.double().train(training)(images) for network in (ours, theirs)]
    torch.testing.assert_close(*answers, rtol=1e-9, atol=1e-9)


def test_dropout_acts_on_the_pooled_maps_alone_and_keeps_their_mean():
    torch.manual_seed(0)
    model = models.build("resnet", (3, 8, 8), 2, block="basic", widths=[8, 8, 8, 400], dropout=0.5)
    seen = {}
    model.dropout.register_forward_hook(
        lambda _, inputs, output: seen.update(before=inputs[0], after=output)
    )
    model(torch.randn(4, 3, 8, 8))
    before, after = seen["before"], seen["after"]
    assert before.shape == (4, 400)
    kept = after != 0
    torch.testing.assert_close(after[kept], 2 * before[kept])
    assert 0.4 < kept[before > 0].float().mean() < 0.6
