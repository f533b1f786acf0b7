"""Our engine and the plain loop of `benchmarks/` do the same work."""

import numpy as np
import pytest
import torch

from convstudy import models
from convstudy.datasets.prepared import Split
from convstudy.training.engine import order, train
from convstudy.training.recipe import Recipe

import reference

NETWORKS = {
    "fully connected": ({"name": "fully_connected", "hidden": [20, 10]}, (1, 12, 12)),
    "SimpleCNN": (
        {"name": "simple_cnn", "channels": [4, 6], "kernel_size": 3, "hidden": 9},
        (1, 12, 12),
    ),
    "kernel 7×7": ({"name": "simple_cnn", "channels": [3, 4], "kernel_size": 7}, (1, 12, 12)),
    "colour": ({"name": "fully_connected", "hidden": [20]}, (3, 10, 8)),
    "VGG": ({"name": "vgg", "stages": [[4, 4], [8]]}, (3, 12, 12)),
    "residual": ({"name": "resnet", "block": "basic", "widths": [4, 4, 8, 8]}, (3, 12, 12)),
    "bottleneck": ({"name": "resnet", "block": "bottleneck", "widths": [2, 2, 4, 4]}, (3, 12, 12)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_reference_and_engine_agree(name):
    """Same initialisation, same batches: losses and weights agree after two epochs."""
    arguments, shape = NETWORKS[name]
    channels = shape[0]
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (70, *shape[1:], channels), dtype=np.uint8)
    labels = rng.integers(0, 10, 70)
    mean, std = [0.3, 0.4, 0.5][:channels], [0.2, 0.25, 0.3][:channels]
    torch.manual_seed(0)
    plain = reference.as_published(models.build(**arguments, shape=shape, classes=10))
    ours = models.build(**arguments, shape=shape, classes=10)
    ours.load_state_dict(plain.state_dict())
    ours.to(memory_format=torch.channels_last)
    data = Split(
        torch.from_numpy(images), torch.from_numpy(labels), torch.tensor(mean), torch.tensor(std)
    )
    progress, _ = train(ours, data, data, Recipe("adam", 1e-3, 16, epochs=2), seed=3)

    pictures = images[..., 0] if channels == 1 else images
    theirs = reference.Images(pictures, labels, mean, std)
    optimizer = torch.optim.Adam(plain.parameters(), lr=1e-3)
    for epoch in progress.history:
        rows = torch.cat(order(data, 16, 3, epoch.number)).tolist()
        loss = reference.train_epoch(plain, theirs, optimizer, 16, rows)
        assert epoch.train.loss == pytest.approx(loss, rel=1e-4)
    for mine, other in zip(weights(ours), weights(plain), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-2, atol=2e-4)


def weights(model):
    """Without biases before a norm: their gradient is zero but for rounding, which Adam scales up."""
    normed = any(isinstance(module, torch.nn.BatchNorm2d) for module in model.modules())
    for module in model.modules():
        for name, value in module.named_parameters(recurse=False):
            if not (normed and name == "bias" and isinstance(module, torch.nn.Conv2d)):
                yield value
