"""Images that are arrays already."""

import io
import zipfile

import numpy as np
import pytest
import torch

from convstudy.datasets.formats import loader
from convstudy.errors import StudyError

RNG = np.random.default_rng(0)


def arrays(**changes):
    made = {
        "train_images": RNG.integers(0, 256, (6, 5, 4, 3), dtype=np.uint8),
        "train_labels": np.array([0, 1, 2, 0, 1, 2]),
        "test_images": RNG.integers(0, 256, (3, 5, 4, 3), dtype=np.uint8),
        "test_labels": np.array([2, 0, 1], dtype=np.uint8),
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


@pytest.fixture
def load(tmp_path):
    def call(options=None, **changes):
        np.savez_compressed(tmp_path / "mine.npz", **arrays(**changes))
        return loader("npz")({"mine.npz": tmp_path / "mine.npz"}, options or {})

    return call


def test_colour_images_come_as_channels_first(load):
    pixels = RNG.integers(0, 256, (6, 5, 4, 3), dtype=np.uint8)
    found = load(train_images=pixels)
    assert torch.equal(found.train_images, torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy()))
    assert found.train_images.is_contiguous()
    assert (found.test_labels.tolist(), found.test_labels.dtype) == ([2, 0, 1], torch.int64)
    assert found.classes == ["0", "1", "2"]


def test_grey_images_need_no_axis_of_channels(load):
    grey = {
        f"{k}_images": RNG.integers(0, 256, (n, 5, 4), np.uint8)
        for k, n in (("train", 6), ("test", 3))
    }
    assert load(**grey).train_images.shape == (6, 1, 5, 4)


def test_names_of_classes_from_the_file_or_from_the_config(load):
    names = ["кошка", "big dog", "猫"]
    assert load(classes=np.array(names)).classes == names
    assert load({"classes": ["a", "b", "c"]}, classes=np.array(names)).classes == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"test_labels": None}, "lacks test_labels; it holds train_images"),
        ({"train_images": np.zeros((6, 60))}, "train_images is float64 of shape"),
        ({"train_images": np.zeros((6, 3, 5, 3), np.uint8)}, "give uint8"),
        ({"train_images": np.full((6, 5, 4, 3), -1)}, "int64 with values from -1 to -1, which"),
        ({"train_images": np.full((6, 5, 4, 3), np.nan)}, "values from nan to nan, which"),
        ({"train_images": np.full((6, 5, 4, 3), 256, np.uint16)}, "from 256 to 256, which"),
        ({"train_images": np.full((6, 5, 4, 3), 0.5)}, "from 0.5 to 0.5, which"),
        ({"x_train": np.zeros((6, 5, 4))}, "several arrays for train images: train_images, x_tr"),
        ({"train_labels": np.full(6, 0.5)}, "train_labels is float64"),
        ({"train_labels": np.ones((6, 3), int)}, r"train_labels is int64 of shape \(6, 3\)"),
        ({"train_labels": np.array(["a", "b", "c"] * 2)}, "numbers in one split and names in the"),
        ({"train_labels": np.array([0, 1])}, "6 train images but 2 labels"),
        ({"train_labels": np.array([0, 1, 2, 0, 1, -1])}, "labels from -1"),
        ({"classes": np.array(["a", "b"])}, "labels from 0 to 2 for 2 classes"),
        ({"test_images": np.zeros((3, 6, 6, 3), np.uint8)}, "test images of shape"),
        ({"train_labels": np.array([0, 1, 2, 0, 1, 10**13])}, "a label is 10000000000000; classes"),
        ({"classes": np.array("cat")}, r"classes has shape \(\); give one name per class"),
        ({"classes": np.array([object()])}, "holds an array of Python objects"),
    ],
)
def test_what_does_not_fit_is_said(load, changes, said):
    with pytest.raises(StudyError, match=said):
        load(**changes)


def test_an_encrypted_archive_is_said(tmp_path):
    """zipfile reads encrypted members with a password only, and writes none."""
    path = tmp_path / "mine.npz"
    np.savez(path, **arrays())
    whole = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(header) + flags] |= 1
    path.write_bytes(whole)
    with pytest.raises(StudyError, match=r"cannot be read as an npz file .*encrypted"):
        loader("npz")({"mine.npz": path}, {})


def test_another_file_is_refused(tmp_path):
    (tmp_path / "mine.npz").write_bytes(b"no archive")
    with pytest.raises(StudyError, match=r"mine.npz cannot be read as an npz file"):
        loader("npz")({"mine.npz": tmp_path / "mine.npz"}, {})


def test_an_array_that_claims_more_than_there_is(tmp_path):
    """713 TiB in a header of 128 bytes."""
    path = tmp_path / "mine.npz"
    header = io.BytesIO()
    shape = (10**12, 28, 28)
    about = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, about)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("train_images.npy", header.getvalue())
    with pytest.raises(StudyError, match=r"mine.npz cannot be read as an npz file"):
        loader("npz")({"mine.npz": path}, {})
