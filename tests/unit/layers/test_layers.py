"""The custom layers against references that are written out, for many shapes and arguments."""

import inspect
import pkgutil

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from convstudy import layers
from convstudy.errors import StudyError
from convstudy.evaluation import layer_references as references
from convstudy.fingerprint import closure
from convstudy.layers.channel_attention import ChannelAttention
from convstudy.layers.gated_conv2d import GatedConv2d
from convstudy.layers.l2_pool2d import L2Pool2d
from convstudy.layers.swish import Swish
from convstudy.models.cost import parameters

few = settings(max_examples=15)
sides = st.integers(1, 7)
images = st.integers(0, 3)


def maps(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).normal(0, 2, shape))


def weights(layer):
    return {name: value.detach().numpy() for name, value in layer.state_dict().items()}


def assert_close(answer, expected):
    wanted = torch.as_tensor(expected, dtype=torch.float64)
    torch.testing.assert_close(answer.detach(), wanted, rtol=1e-12, atol=1e-12)


def test_modules_table_and_references_name_the_same_layers():
    modules = {module.name for module in pkgutil.iter_modules(layers.__path__)}
    assert modules == set(layers.LAYERS) == set(references.CASES)


@pytest.mark.parametrize("name", layers.LAYERS)
def test_each_layer_is_found_in_the_module_of_its_name(name):
    """The rules name the module by this pattern when they ask for its fingerprint."""
    found = layers.class_of(name)
    assert found.__module__ == f"convstudy.layers.{name}"
    assert "arXiv:" in inspect.getdoc(found), "a formula has a source"


def test_a_layer_does_not_reach_the_others_code():
    """Else an edit in one would rerun the checks of all."""
    reached = closure("convstudy.evaluation.check_layer", "convstudy.layers.swish")
    others = {f"convstudy.layers.{name}" for name in layers.LAYERS} - {"convstudy.layers.swish"}
    assert "convstudy.layers.swish" in reached
    assert not others & reached


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("swich", "did you mean 'swish'?"),
        ("batch_norm", "known: swish, channel_attention, gated_conv2d, l2_pool2d"),
    ],
)
def test_an_unknown_layer_is_a_fault_that_names_the_known_ones(name, meant):
    with pytest.raises(StudyError) as caught:
        layers.class_of(name)
    assert str(caught.value) == (f"layer: there is no layer '{name}'; {meant}")


@few
@given(shape=st.lists(st.integers(0, 4), max_size=5))
def test_swish_is_silu_for_any_shape(shape):
    values = maps(*shape) * 10
    assert_close(Swish()(values), nn.functional.silu(values))
    assert_close(Swish()(values), references.silu({}, values.numpy()))


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
    assert_close(layer(values), references.squeeze_excitation(weights(layer), values.numpy()))


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
    with pytest.raises(ValueError, match="6 channels cannot be divided by reduction 4"):
        ChannelAttention(6)


@few
@given(
    count=images,
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    size=st.sampled_from([(3, 3), (5, 4), (1, 6)]),
    kernel_size=st.sampled_from([1, 3, 5]),
)
def test_gated_convolution_is_its_formula(count, channels, size, kernel_size):
    layer = GatedConv2d(*channels, kernel_size, padding=kernel_size // 2).double()
    values = maps(count, channels[0], *size)
    assert_close(layer(values), references.gated_convolution(weights(layer), values.numpy()))


def test_gated_convolution_gates_with_the_second_half():
    layer = GatedConv2d(1, 1, 1).double()
    layer.convolution.weight.data.zero_()
    layer.convolution.bias.data = torch.tensor([3.0, 0.0], dtype=torch.float64)
    assert_close(layer(maps(1, 1, 1, 1)), [[[[1.5]]]])  # 3 · sigmoid(0)


def test_gated_convolution_has_twice_the_parameters_of_a_convolution():
    options = {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 2, "bias": False}
    gated, plain = GatedConv2d(3, 5, **options), nn.Conv2d(3, 5, **options)
    assert parameters(gated) == 2 * parameters(plain)


def test_gated_convolution_hands_its_arguments_to_the_convolution():
    options = {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 2, "bias": False}
    layer = GatedConv2d(3, 5, **options).double()
    first, second = nn.Conv2d(3, 5, **options).double(), nn.Conv2d(3, 5, **options).double()
    first.weight.data, second.weight.data = layer.convolution.weight.data.split(5)
    values = maps(2, 3, 9, 8)
    assert_close(layer(values), (first(values) * torch.sigmoid(second(values))).detach())


@few
@given(images, st.integers(1, 3), st.integers(2, 7), st.integers(2, 7))
def test_l2_pool_is_its_formula(count, channels, height, width):
    values = maps(count, channels, height, width)
    assert_close(L2Pool2d()(values), references.l2_pooling({}, values.numpy()))


def test_l2_pool_is_pytorchs_lp_pool_by_the_mean_in_place_of_the_sum():
    values = maps(2, 3, 7, 9)
    pooled = nn.functional.lp_pool2d(values, 2, 3) / 3
    assert_close(L2Pool2d(3, eps=0)(values), pooled)


def test_l2_pool_is_the_root_mean_square_and_leaves_rests_out():
    values = torch.tensor([[[[1.0, 5.0, 9.0], [1.0, 5.0, 9.0], [9.0, 9.0, 9.0]]]]).double()
    assert_close(L2Pool2d()(values), [[[[(13 + 1e-6) ** 0.5]]]])


def test_gradient_of_l2_pool_at_zero_is_zero():
    values = torch.zeros(1, 1, 2, 2, requires_grad=True)
    L2Pool2d()(values).sum().backward()
    assert torch.equal(values.grad, torch.zeros(1, 1, 2, 2))
