"""IDX files: faults are named with the file."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from convstudy.datasets.formats import idx, loader
from convstudy.errors import StudyError


def idx_bytes(array: np.ndarray, kind: int = 8) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    rng = np.random.default_rng(0)
    made = {}
    for part, count in (("train", 12), ("t10k", 5)):
        arrays = {
            "images-idx3": rng.integers(0, 256, (count, 4, 3), np.uint8),
            "labels-idx1": np.arange(count, dtype=np.uint8) % 10,
        }
        for kind, array in arrays.items():
            name = f"{part}-{kind}-ubyte.gz"
            made[name] = tmp_path / name
            made[name].write_bytes(gzip.compress(idx_bytes(array)))
    return made


def refusal(files: dict[str, Path], **options: object) -> str:
    with pytest.raises(StudyError) as caught:
        loader("idx")(files, options)
    return str(caught.value)


def test_shapes_and_types(files):
    images = idx.load(files, {})
    assert images.train_images.shape == (12, 1, 4, 3)
    assert str(images.train_images.dtype) == "torch.uint8"
    assert str(images.test_labels.dtype) == "torch.int64"
    assert images.test_labels.tolist() == [0, 1, 2, 3, 4]
    assert images.classes == [str(i) for i in range(10)]


def test_plain_files_will_do(files):
    for path in files.values():
        path.write_bytes(gzip.decompress(path.read_bytes()))
    assert len(idx.load(files, {}).train_images) == 12


def test_names_of_classes(files):
    assert idx.load(files, {"classes": list("abcdefghij")}).classes[2] == "c"
    assert "labels from 0 to 9 for 2 classes (counted from 0)" in refusal(files, classes=["a", "b"])


def test_truncated_gzip(files):
    path = files["train-images-idx3-ubyte.gz"]
    path.write_bytes(path.read_bytes()[:-20])
    assert f"{path} is a truncated or damaged gzip file" in refusal(files)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>", "is not an IDX file: it begins with 3c 68 74 6d"),
        (b"", "is not an IDX file: it begins with nothing"),
        (idx_bytes(np.zeros(5, np.uint8)), "in 1 dimensions; expected are type 8 (uint8) in 3"),
        (idx_bytes(np.zeros((2, 2, 2), np.int16), 11), "IDX type 11"),
        (idx_bytes(np.zeros((2, 2, 2), np.uint8))[:9], "truncated within its header"),
        (idx_bytes(np.zeros((2, 2, 2), np.uint8))[:-1], "announces 2 × 2 × 2 values but holds 7"),
        (idx_bytes(np.zeros((2, 2, 2), np.uint8)) + b"0", "but holds 9"),
    ],
)
def test_other_contents(files, content, said):
    path = files["t10k-images-idx3-ubyte.gz"]
    path.write_bytes(gzip.compress(content))
    message = refusal(files)
    assert str(path) in message
    assert said in message


def test_counts_that_differ(files):
    path = files["train-labels-idx1-ubyte.gz"]
    path.write_bytes(gzip.compress(idx_bytes(np.zeros(11, np.uint8))))
    message = refusal(files)
    assert "12 train images but 11 labels" in message
    assert str(path) in message


def test_sideways_letters_counted_from_one(files):
    """As EMNIST stores them."""
    stored = np.random.default_rng(0).integers(0, 256, (4, 4, 4), np.uint8)
    for part, turn in (("train", 0), ("t10k", 1)):
        files[f"{part}-images-idx3-ubyte.gz"].write_bytes(idx_bytes(np.roll(stored, turn, 1)))
        files[f"{part}-labels-idx1-ubyte.gz"].write_bytes(idx_bytes(np.array([1, 2, 1, 2], "u1")))
    found = loader("idx")(files, {"transpose": True, "first_label": 1, "classes": ["a", "b"]})
    assert np.array_equal(found.train_images[:, 0].numpy(), stored.swapaxes(1, 2))
    assert found.train_labels.tolist() == [0, 1, 0, 1]
    assert idx.load(files, {}).classes == ["1", "2"]
    assert "labels from 1 to 2 for 2 classes (counted from 0)" in refusal(
        files, classes=["a", "b"], first_label=0
    )


def test_sizes_that_differ(files):
    files["t10k-images-idx3-ubyte.gz"].write_bytes(idx_bytes(np.zeros((5, 4, 4), np.uint8)))
    message = refusal(files)
    assert "train images of shape (1, 4, 3), test images of shape (1, 4, 4)" in message


def test_no_images(files):
    files["t10k-labels-idx1-ubyte.gz"].write_bytes(idx_bytes(np.zeros(0, np.uint8)))
    files["t10k-images-idx3-ubyte.gz"].write_bytes(idx_bytes(np.zeros((0, 4, 3), np.uint8)))
    assert "has no test set" in refusal(files)


def test_missing_files(files):
    path = files["t10k-labels-idx1-ubyte.gz"]
    path.unlink()
    assert f"{path} is missing" in refusal(files)
    del files[path.name]
    assert "exactly one file with t10k-labels or test-labels" in refusal(files)
