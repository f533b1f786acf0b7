"""Crops and mirror images of whole batches are those that torchvision makes one by one."""

import pytest
import torch
from torchvision.transforms import functional as tv

from convstudy.errors import StudyError
from convstudy.training.augmentation import alternating, augment, crop_and_flip
from convstudy.training.recipe import Recipe

RECIPE = Recipe("sgd", 0.1, 64, 1, crop_padding=4, flip=True)


def pictures(count, height=9, width=7, channels=3):
    generator = torch.Generator().manual_seed(0)
    return torch.randint(
        0, 256, (count, height, width, channels), generator=generator, dtype=torch.uint8
    )


def one_by_one(images, padding, tops, lefts, mirrored, mode="constant"):
    for image, top, left, mirror in zip(images, tops, lefts, mirrored, strict=True):
        _, height, width = image.permute(2, 0, 1).shape
        padded = tv.pad(image.permute(2, 0, 1), [padding], padding_mode=mode)
        cropped = tv.crop(padded, top.item(), left.item(), height, width)
        yield (tv.hflip(cropped) if mirror else cropped).permute(1, 2, 0)


@pytest.mark.parametrize(("fill", "mode"), [("black", "constant"), ("reflect", "reflect")])
def test_every_crop_and_flip_is_exactly_torchvisions(fill, mode):
    corners = torch.cartesian_prod(torch.arange(7), torch.arange(7), torch.arange(2))
    tops, lefts, mirrored = corners.T
    images = pictures(len(corners))
    ours = crop_and_flip(images, 3, tops, lefts, mirrored, fill)
    theirs = torch.stack(list(one_by_one(images, 3, tops, lefts, mirrored, mode)))
    assert ours.dtype == torch.uint8
    assert torch.equal(ours, theirs)


def test_every_image_is_drawn_for_itself_and_anew():
    torch.manual_seed(0)
    images = pictures(1, 16, 16, 1).expand(200, 16, 16, 1)
    first, second = augment(images, RECIPE), augment(images, RECIPE)
    assert first.shape == images.shape
    assert not torch.equal(first, second)
    assert len(first.flatten(1).unique(dim=0)) > 100  # of 9 · 9 · 2 that there are


def test_half_of_the_images_are_mirrored():
    torch.manual_seed(0)
    images = pictures(1).expand(1000, 9, 7, 3)
    flipped = augment(images, Recipe("sgd", 0.1, 64, 1, flip=True))
    same = (flipped == images).flatten(1).all(1)
    mirrored = (flipped == images.flip(2)).flatten(1).all(1)
    assert (same | mirrored).all()
    assert 400 < mirrored.sum() < 600


def test_a_recipe_without_augmentation_leaves_images_and_random_state_alone():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    images = pictures(3)
    assert augment(images, Recipe("adam", 0.1, 64, 1)) is images
    assert torch.equal(before, torch.get_rng_state())


def test_more_than_the_image_cannot_be_reflected():
    recipe = Recipe("sgd", 0.1, 64, 1, crop_padding=7, crop_fill="reflect")
    with pytest.raises(StudyError, match=r"crop_padding: 7 pixels .* 9×7 pixels. Give at most 6"):
        augment(pictures(2), recipe)


def test_alternating_flips_follow_from_seed_and_parity_of_the_epoch():
    first = alternating(seed=3, epoch=1, images=1000)
    assert torch.equal(first, alternating(seed=3, epoch=5, images=1000))
    assert torch.equal(first, 1 - alternating(seed=3, epoch=2, images=1000))
    assert not torch.equal(first, alternating(seed=4, epoch=1, images=1000))
    assert 400 < first.sum() < 600
