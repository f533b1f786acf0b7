"""The custom layers against references that are written out, for many shapes and arguments."""

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import convstudy.layers
from convstudy.evaluation import layer_references as references
from convstudy.layers.channel_attention import ChannelAttention
from convstudy.layers.gated_conv2d import GatedConv2d
from convstudy.layers.l2_pool2d import L2Pool2d
from convstudy.layers.swish import Swish
from convstudy.models.cost import parameters

few = settings(max_examples=15, deadline=None)
sides = st.integers(1, 7)
images = st.integers(0, 3)


def maps(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).normal(0, 2, shape))


def assert_close(answer, expected):
    torch.testing.assert_close(answer.detach(), torch.as_tensor(expected), rtol=1e-12, atol=1e-12)


def test_modules_schema_and_references_name_the_same_layers(schema):
    modules = {module.name for module in pkgutil.iter_modules(convstudy.layers.__path__)}
    section = schema["$defs"]["section"]["properties"]
    assert modules == set(section["layers"]["items"]["enum"]) == set(references.REFERENCES)


@pytest.mark.parametrize("name", references.REFERENCES)
def test_each_layer_is_documented_with_its_source(name):
    layer = getattr(
        import_module(f"convstudy.layers.{name}"), references.REFERENCES[name].class_name
    )
    assert "Source: " in inspect.getdoc(layer)


@few
@given(shape=st.lists(st.integers(0, 4), max_size=5))
def test_swish_is_silu_for_any_shape(shape):
    values = maps(*shape) * 10
    assert_close(Swish()(values), nn.functional.silu(values))
    assert_close(Swish()(values), references.swish(values.numpy()))


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, 0.0), (1.0, 0.7310585786300049), (-1.0, -0.2689414213699951)]
)
def test_swish_of_single_numbers(value, expected):
    assert Swish()(torch.tensor(value, dtype=torch.float64)).item() == pytest.approx(expected)


@few
@given(images, st.sampled_from([(4, 4), (8, 4), (6, 2), (3, 1)]), sides, sides)
def test_channel_attention_is_its_formula(count, channels_and_reduction, height, width):
    channels, reduction = channels_and_reduction
    layer = ChannelAttention(channels, reduction).double()
    values = maps(count, channels, height, width)
    weights = (layer.squeeze.weight, layer.excite.weight)
    expected = references.channel_attention(
        values.numpy(), *(weight.detach().numpy() for weight in weights)
    )
    assert_close(layer(values), expected)


def test_channel_attention_by_hand():
    layer = ChannelAttention(2, reduction=2).double()
    layer.squeeze.weight.data = torch.tensor([[1.0, -0.5]], dtype=torch.float64)
    layer.excite.weight.data = torch.tensor([[2.0], [-1.0]], dtype=torch.float64)
    values = torch.tensor([[[[1.0, 3.0]], [[1.0, 1.0]]]], dtype=torch.float64)
    # means 2 and 1, hidden 2 - 0.5 = 1.5, scales sigmoid(3) and sigmoid(-1.5)
    high, low = 0.9525741268224334, 0.18242552380635635
    assert_close(layer(values), [[[[high, 3 * high]], [[low, low]]]])


def test_channel_attention_has_no_biases():
    assert parameters(ChannelAttention(16)) == 2 * 16 * 4


def test_channel_attention_refuses_a_reduction_that_does_not_divide_the_channels():
    with pytest.raises(ValueError, match="reduction 4 does not divide 6 channels"):
        ChannelAttention(6)


@few
@given(
    count=images,
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    size=st.sampled_from([(3, 3), (5, 4), (7, 6)]),
    kernel_size=st.integers(1, 3),
    padding=st.integers(0, 2),
    stride=st.integers(1, 2),
)
def test_gated_convolution_is_its_formula(count, channels, size, kernel_size, padding, stride):
    layer = GatedConv2d(*channels, kernel_size, stride, padding).double()
    values = maps(count, channels[0], *size)
    weight, bias = (one.detach().numpy() for one in layer.convolution.parameters())
    expected = references.gated_convolution(values.numpy(), weight, bias, padding, stride)
    assert_close(layer(values), expected)


def test_gated_convolution_gates_with_the_second_half():
    layer = GatedConv2d(1, 1, 1).double()
    layer.convolution.weight.data.zero_()
    layer.convolution.bias.data = torch.tensor([3.0, 0.0], dtype=torch.float64)
    assert_close(layer(maps(1, 1, 1, 1)), [[[[1.5]]]])  # 3 · sigmoid(0)


def test_gated_convolution_has_twice_the_parameters_of_a_convolution():
    options = {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 2, "bias": False}
    gated, plain = GatedConv2d(3, 5, **options), nn.Conv2d(3, 5, **options)
    assert parameters(gated) == 2 * parameters(plain)
    values = torch.zeros(2, 3, 9, 8)
    assert gated(values).shape == plain(values).shape


@few
@given(images, st.integers(1, 3), st.integers(2, 7), st.integers(2, 7))
def test_l2_pool_is_its_formula(count, channels, height, width):
    values = maps(count, channels, height, width)
    assert_close(L2Pool2d()(values), references.l2_pool(values.numpy()))


def test_l2_pool_with_windows_of_three():
    values = maps(2, 3, 7, 9)
    assert_close(L2Pool2d(3)(values), references.l2_pool(values.numpy(), 3))


def test_l2_pool_is_the_root_mean_square_and_leaves_rests_out():
    values = torch.tensor([[[[1.0, 5.0, 9.0], [1.0, 5.0, 9.0], [9.0, 9.0, 9.0]]]]).double()
    assert_close(L2Pool2d()(values), [[[[(13 + 1e-6) ** 0.5]]]])


def test_gradient_of_l2_pool_at_zero_is_zero():
    values = torch.zeros(1, 1, 2, 2, requires_grad=True)
    L2Pool2d()(values).sum().backward()
    assert torch.equal(values.grad, torch.zeros(1, 1, 2, 2))
