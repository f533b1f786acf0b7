"""Predictions over a whole split, and loss and accuracy from them."""

import math

import pytest
import torch
from torch import nn

from convstudy import models
from convstudy.datasets.prepared import Split
from convstudy.evaluation import predictions
from convstudy.evaluation.predictions import loss_and_accuracy, predict


@pytest.fixture
def split():
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (23, 8, 9, 3), dtype=torch.uint8, generator=generator)
    labels = torch.randint(0, 4, (23,), generator=generator)
    mean, std = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.3, 0.25])
    return Split(images, labels, mean, std)


@pytest.fixture
def network():
    """Small, with dropout and normalisation: both behave otherwise in training."""
    torch.manual_seed(0)
    return models.build("resnet", (3, 8, 9), 4, block="basic", widths=[4, 4, 8, 8], dropout=0.5)


@pytest.mark.parametrize("batch", [1, 5, 23, 250])
def test_batches_give_what_all_images_at_once_give(monkeypatch, split, network, batch):
    pixels = split.images.permute(0, 3, 1, 2) / 255
    images = (pixels - split.mean[:, None, None]) / split.std[:, None, None]
    with torch.no_grad():
        expected = network.eval()(images)
    network.train()
    monkeypatch.setattr(predictions, "_BATCH", batch)
    logits = predict(network, split)
    assert (logits.shape, logits.dtype) == ((23, 4), torch.float32)
    torch.testing.assert_close(logits, expected)


def test_predicting_changes_nothing_but_the_mode(split, network):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    logits = predict(network.train(), split)
    assert not network.training
    assert not logits.requires_grad
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_views_are_mirrored_and_moved_as_airbench_weighs_them(split, network):
    pixels = split.batch(slice(None))[0]
    around = nn.functional.pad(pixels, (1, 1, 1, 1), "reflect")
    with torch.no_grad():
        network.eval()
        both = [
            (network(some) + network(some.flip(3))) / 2
            for some in (pixels, around[:, :, :8, :9], around[:, :, 2:, 2:])
        ]
    torch.testing.assert_close(predict(network, split, views=2), both[0])
    expected = 0.5 * both[0] + 0.25 * both[1] + 0.25 * both[2]
    torch.testing.assert_close(predict(network, split, views=6), expected)


def test_the_order_is_that_of_the_split(monkeypatch):
    """A network that answers with the pixel itself."""
    images = torch.arange(10, dtype=torch.uint8).reshape(10, 1, 1, 1)
    split = Split(images, torch.zeros(10, dtype=torch.int64), torch.zeros(1), torch.ones(1))
    monkeypatch.setattr(predictions, "_BATCH", 3)
    assert (predict(nn.Flatten(), split) * 255).round().flatten().tolist() == list(range(10))


def test_loss_and_accuracy_by_hand():
    logits = torch.tensor([[0.0, math.log(3)], [0.0, 0.0], [math.log(4), 0.0]])
    labels = torch.tensor([1, 0, 1])
    loss, accuracy = loss_and_accuracy(logits, labels)
    # The right classes have 3/4, 1/2 and 1/5; of equal logits the first counts as the answer.
    assert loss == pytest.approx((math.log(4 / 3) + math.log(2) + math.log(5)) / 3)
    assert accuracy == 2 / 3
