"""What each family of networks computes; more on residual networks in test_resnet.py."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from convstudy import models
from convstudy.models.dropout import Dropout

SMALL: dict[str, dict[str, Any]] = {
    "fully_connected": {"hidden": [5, 4]},
    "simple_cnn": {"channels": [3, 4], "kernel_size": 3, "hidden": 6},
    "resnet": {"block": "bottleneck", "widths": [2, 3, 4, 5]},
    "whitened_cnn": {"widths": [2]},
}


@pytest.mark.parametrize("name", SMALL)
@given(
    shape=st.tuples(st.integers(1, 4), st.integers(4, 21), st.integers(4, 21)),
    classes=st.integers(2, 100),
    images=st.integers(1, 3),
)
@settings(max_examples=8, derandomize=True)
def test_takes_images_of_any_size(
    name: str, shape: tuple[int, int, int], classes: int, images: int
) -> None:
    model = models.build(name, shape, classes, **SMALL[name]).eval()
    logits = model(torch.randn(images, *shape))
    assert logits.shape == (images, classes)
    assert logits.isfinite().all()


@pytest.mark.parametrize("name", SMALL)
def test_dropout_acts_in_training_only(name: str) -> None:
    torch.manual_seed(0)
    shape, images = (3, 8, 8), torch.randn(16, 3, 8, 8)
    model = models.build(name, shape, 10, **SMALL[name], dropout=0.5)
    assert not torch.equal(model(images), model(images))
    model.eval()
    assert torch.equal(model(images), model(images))


@pytest.mark.parametrize("name", SMALL)
def test_without_dropout_training_is_deterministic(name: str) -> None:
    torch.manual_seed(0)
    images = torch.randn(16, 3, 8, 8)
    model = models.build(name, (3, 8, 8), 10, **SMALL[name])
    before = torch.get_rng_state()
    assert torch.equal(model(images), model(images))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", SMALL)
def test_same_seed_same_weights(name: str) -> None:
    weights = []
    for _ in range(2):
        torch.manual_seed(3)
        weights.append(models.build(name, (1, 8, 8), 10, **SMALL[name]).state_dict())
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_fully_connected_has_dropout_after_each_hidden_layer() -> None:
    model = models.build("fully_connected", (1, 28, 28), 10, hidden=[512, 256, 128], dropout=0.2)
    hidden = [nn.Linear, nn.ReLU, Dropout]
    assert [type(layer) for layer in model.children()] == [nn.Flatten, *3 * hidden, nn.Linear]
    assert [x.p for x in model.modules() if isinstance(x, Dropout)] == [0.2] * 3


@pytest.mark.parametrize("kernel_size", [1, 3, 5, 7])
def test_simple_cnn_keeps_the_size_of_maps_until_the_pool(kernel_size: int) -> None:
    model = models.build("simple_cnn", (1, 28, 28), 10, channels=[4, 6], kernel_size=kernel_size)
    images = torch.randn(2, 1, 28, 28)
    first = model.get_submodule("features.0")
    assert isinstance(first, nn.Conv2d) and first.kernel_size == (kernel_size, kernel_size)
    assert first(images).shape == (2, 4, 28, 28)
    assert model.get_submodule("features")(images).shape == (2, 6, 7, 7)


def test_simple_cnn_computes_its_plan() -> None:
    """conv, ReLU, pool, conv, ReLU, pool, linear, ReLU, linear, written out."""
    model = models.build("simple_cnn", (3, 9, 8), 5, channels=[3, 4], kernel_size=5, hidden=7)
    images = maps = torch.randn(2, 3, 9, 8)
    weights = list(model.parameters())
    for weight, bias in (weights[:2], weights[2:4]):
        maps = nn.functional.conv2d(maps, weight, bias, padding=2).relu()
        maps = nn.functional.max_pool2d(maps, 2)
    hidden = (maps.flatten(1) @ weights[4].T + weights[5]).relu()
    torch.testing.assert_close(model(images), hidden @ weights[6].T + weights[7])


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_a_pool_before_relu_gives_the_bits_of_the_published_order(memory_format):
    """Forward and backward, ties and windows without a positive value included."""
    torch.manual_seed(0)
    maps = torch.randint(-3, 4, (5, 4, 9, 8)).float().to(memory_format=memory_format)
    one, other = maps.clone().requires_grad_(), maps.clone().requires_grad_()
    published = F.max_pool2d(F.relu(one), 2)
    ours = F.relu(F.max_pool2d(other, 2))
    assert torch.equal(published, ours)
    weights = torch.randn(published.shape)
    (published * weights).sum().backward()
    (ours * weights).sum().backward()
    assert torch.equal(one.grad, other.grad)
