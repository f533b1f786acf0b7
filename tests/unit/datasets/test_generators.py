"""Stand-ins: official formats, the same bytes from the same seed."""

import gzip
import hashlib
import pickle
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.datasets import cifar
from torchvision.datasets.mnist import read_image_file, read_label_file

from convstudy.datasets.formats import cifar10, idx
from convstudy.datasets.generate import generate
from convstudy.datasets.generators import digits, shapes
from convstudy.datasets.generators.writers import python2_pickle, stored_gzip
from convstudy.errors import StudyError

MODULES = {"digits": digits, "shapes": shapes}
# Over all files of 30 train and 20 test images from seed 1. A change here changes every result of
# the quick study; it is meant to happen only with a generator or a locked package.
PINNED = {
    "digits": "84b7ddf276cea08c",
    "shapes": "65574b429b779a82",
}


def made(folder: Path, name: str, seed: int = 1) -> dict[str, Path]:
    generate(folder, name, train_images=30, test_images=20, seed=seed)
    return {path.name: path for path in sorted(folder.glob("*.gz"))}


def drawn(name: str, split: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    return MODULES[name].draw(count, np.random.Generator(np.random.PCG64([1, split])))


@pytest.mark.parametrize("name", MODULES)
def test_the_same_bytes_from_the_same_seed(tmp_path, name):
    once, again = made(tmp_path / "once", name), made(tmp_path / "again", name)
    other = made(tmp_path / "other", name, seed=2)
    assert [p.read_bytes() for p in once.values()] == [p.read_bytes() for p in again.values()]
    assert [p.read_bytes() for p in once.values()] != [p.read_bytes() for p in other.values()]
    contents = b"".join(path.read_bytes() for path in once.values())
    assert hashlib.sha256(contents).hexdigest()[:16] == PINNED[name]


@pytest.mark.parametrize("name", MODULES)
def test_each_file_has_its_checksum_beside_it(tmp_path, name):
    for path in made(tmp_path, name).values():
        noted = path.with_name(f"{path.name}.sha256").read_text()
        assert noted == hashlib.sha256(path.read_bytes()).hexdigest() + "\n"


@pytest.mark.parametrize(("name", "load"), [("digits", idx.load), ("shapes", cifar10.load)])
def test_loaded_as_drawn(tmp_path, name, load):
    loaded = load(made(tmp_path, name), {})
    for split, (count, images, labels) in enumerate(
        [
            (30, loaded.train_images, loaded.train_labels),
            (20, loaded.test_images, loaded.test_labels),
        ]
    ):
        expected_images, expected_labels = drawn(name, split, count)
        assert torch.equal(images, torch.from_numpy(expected_images))
        assert torch.equal(labels, torch.from_numpy(expected_labels))
        assert torch.bincount(labels).tolist() == [count // 10] * 10
    assert loaded.classes == MODULES[name].CLASSES


@pytest.mark.parametrize("name", MODULES)
def test_images_use_the_whole_range_and_differ(name):
    images, _ = drawn(name, 0, 200)
    assert images.dtype == np.uint8
    assert images.min() == 0
    assert images.max() == 255
    assert len({image.tobytes() for image in images}) == 200


def test_test_images_do_not_depend_on_the_number_of_train_images(tmp_path):
    for train_images in (10, 50):
        generate(tmp_path / str(train_images), "digits", train_images, 10, seed=0)
    name = "t10k-images-idx3-ubyte.gz"
    assert (tmp_path / "10" / name).read_bytes() == (tmp_path / "50" / name).read_bytes()


def test_torchvision_reads_the_digits_identically(tmp_path):
    files = made(tmp_path, "digits")
    loaded = idx.load(files, {})
    for part, images, labels in (
        ("train", loaded.train_images, loaded.train_labels),
        ("t10k", loaded.test_images, loaded.test_labels),
    ):
        plain = {}
        for kind in ("images-idx3", "labels-idx1"):
            plain[kind] = tmp_path / f"{part}-{kind}-ubyte"
            plain[kind].write_bytes(gzip.decompress(files[f"{plain[kind].name}.gz"].read_bytes()))
        assert torch.equal(images[:, 0], read_image_file(str(plain["images-idx3"])))
        assert torch.equal(labels, read_label_file(str(plain["labels-idx1"])))


def test_torchvision_reads_the_shapes_identically(tmp_path, monkeypatch):
    (path,) = made(tmp_path, "shapes").values()
    loaded = cifar10.load({path.name: path}, {})
    with tarfile.open(path) as tar:
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # from 3.11.4 on
        tar.extractall(tmp_path, **safely)
    # Its checksums are those of the real CIFAR-10; all else is its own reading of the files.
    monkeypatch.setattr(cifar, "check_integrity", lambda *_: True)
    for train, images, labels in (
        (True, loaded.train_images, loaded.train_labels),
        (False, loaded.test_images, loaded.test_labels),
    ):
        reference = cifar.CIFAR10(tmp_path, train=train)
        assert np.array_equal(images.permute(0, 2, 3, 1), reference.data)
        assert labels.tolist() == reference.targets
        assert loaded.classes == reference.classes


def test_the_shapes_come_in_all_members_of_the_official_archive(tmp_path):
    (path,) = made(tmp_path, "shapes").values()
    with tarfile.open(path) as tar:
        names = tar.getnames()
        batch = pickle.load(tar.extractfile("cifar-10-batches-py/data_batch_2"), encoding="bytes")
        meta = pickle.load(tar.extractfile("cifar-10-batches-py/batches.meta"), encoding="bytes")
    assert names == [
        f"cifar-10-batches-py/{name}"
        for name in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta"]
    ]
    assert batch.keys() == {b"batch_label", b"labels", b"data", b"filenames"}
    assert batch[b"batch_label"] == b"training batch 2 of 5"
    assert len(batch[b"filenames"]) == len(batch[b"labels"]) == len(batch[b"data"]) == 6
    assert meta == {
        b"num_cases_per_batch": 6,
        b"label_names": [name.encode() for name in shapes.CLASSES],
        b"num_vis": 3072,
    }


@pytest.mark.parametrize("size", [0, 1, 0xFFFF, 0x10000, 200_000])
def test_stored_gzip_is_gzip(size):
    content = bytes(i % 251 for i in range(size))
    assert gzip.decompress(stored_gzip(content)) == content


def test_python2_pickles_have_bytes_for_strings():
    value = {"a": [1, -2, "x"], "b": (None, True), "c": np.arange(6, dtype=np.uint8).reshape(2, 3)}
    read = pickle.loads(python2_pickle(value), encoding="bytes")
    assert read[b"a"] == [1, -2, b"x"]
    assert read[b"b"] == (None, True)
    assert np.array_equal(read[b"c"], value["c"])


def test_an_unknown_generator_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"'digit' is unknown. Use one of digits, shapes"):
        generate(tmp_path, "digit", 10, 10, 0)


def test_too_few_images_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(StudyError, match="test_images is 9"):
        generate(tmp_path / "raw", "shapes", 10, 9, 0)
    assert not (tmp_path / "raw").exists()


def test_generate_and_fetch_start_without_heavy_imports():
    code = """if True:
        import sys, numpy
        from convstudy.datasets import fetch, generate
        from convstudy.datasets.generators import digits, shapes
        for module in (digits, shapes):
            module.draw(10, numpy.random.default_rng(0))
        print([m for m in ("torch", "torchvision", "matplotlib", "scipy") if m in sys.modules])
    """
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr
