"""The whitened network: its plan, and what it takes from the training images."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from convstudy import models
from convstudy.errors import StudyError

SHAPE = (3, 12, 11)


def network(shape=SHAPE, **arguments):
    torch.manual_seed(0)
    return models.build("whitened_cnn", shape, 5, **{"widths": [8, 30], **arguments})


def pictures(count=600, channels=3):
    """Neighbouring pixels are alike, as in photographs."""
    torch.manual_seed(1)
    return F.avg_pool2d(torch.randn(count, channels, 14, 13), 3, stride=1)


def test_filters_give_uncorrelated_values_of_equal_variance():
    model, images = network(), pictures()
    before = images.clone()
    model.initialise_from(images)
    assert torch.equal(images, before)
    values = F.conv2d(images, model.patches.weight).transpose(0, 1).flatten(1)
    half = values[:12]
    torch.testing.assert_close(half, -values[12:])
    products = half @ half.T / half.shape[1]
    # A little less than one, since no direction is divided by almost nothing.
    torch.testing.assert_close(products, torch.eye(12), atol=0.05, rtol=0)


def test_constant_images_make_no_infinite_weights():
    model = network()
    model.initialise_from(torch.zeros(5, *SHAPE))
    assert model.patches.weight.isfinite().all()


def test_whitened_weights_follow_from_the_images_alone_and_are_not_learned():
    first, second = network(dropout=0.5), network(whitening=True)
    for model in (first, second):
        model.initialise_from(pictures())
    assert torch.equal(first.patches.weight, second.patches.weight)
    assert not first.patches.weight.requires_grad
    assert first.patches.bias.requires_grad


def test_without_whitening_images_change_nothing_and_the_weights_are_learned():
    model = network(whitening=False)
    before = model.patches.weight.clone()
    model.initialise_from(pictures())
    assert torch.equal(model.patches.weight, before)
    assert model.patches.weight.requires_grad


def test_it_computes_its_plan():
    """Written out: the convolutions, pools, norms and activations in airbench's order."""
    model = network().eval()
    norms = [one for one in model.modules() if isinstance(one, nn.BatchNorm2d)]
    for norm in norms:
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 2)
        nn.init.normal_(norm.bias)
    nn.init.normal_(model.patches.bias)
    images = torch.randn(2, *SHAPE)

    def normed(maps, norm):
        mean, variance = norm.running_mean.view(-1, 1, 1), norm.running_var.view(-1, 1, 1)
        return (maps - mean) / (variance + norm.eps).sqrt() + norm.bias.view(-1, 1, 1)

    weights = [one.weight for one in model.modules() if isinstance(one, nn.Conv2d)]
    maps = F.gelu(F.conv2d(images, weights[0], model.patches.bias))
    for stage in (0, 1):
        maps = F.max_pool2d(F.conv2d(maps, weights[1 + 2 * stage], padding=1), 2)
        maps = F.gelu(normed(maps, norms[2 * stage]))
        maps = F.conv2d(maps, weights[2 + 2 * stage], padding=1)
        maps = F.gelu(normed(maps, norms[2 * stage + 1]))
    expected = maps.amax((2, 3)) @ model.classifier.weight.T / 9
    torch.testing.assert_close(model(images), expected)


def test_convolutions_begin_as_the_identity_and_norms_learn_their_shift_alone():
    model = network()
    second = model.stages[0][4]
    maps = torch.randn(2, 8, 5, 5)
    torch.testing.assert_close(second(maps), maps)
    norms = [one for one in model.modules() if isinstance(one, nn.BatchNorm2d)]
    assert {(one.weight.requires_grad, one.bias.requires_grad) for one in norms} == {(False, True)}


def test_images_too_small_are_refused_with_what_would_do():
    models.build("whitened_cnn", (1, 9, 9), 10)
    with pytest.raises(StudyError, match=r"3 pools leave nothing of images of 8×9 .* 9 pixels"):
        models.build("whitened_cnn", (1, 8, 9), 10)
