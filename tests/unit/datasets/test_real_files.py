"""The official files, where they are."""

import gzip

import numpy as np
import pytest
import torch
from torchvision.datasets.mnist import read_image_file, read_label_file

from convstudy.datasets import fetch, prepare
from convstudy.datasets.formats import idx, image_folder

MNIST = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}


def test_mnist_as_torchvision_reads_it(shared_data, tmp_path):
    for name, md5 in MNIST.items():
        fetch.fetch("mnist", tmp_path / name, {"md5": md5}, [str(shared_data / "mnist")])
        unpacked = gzip.decompress((tmp_path / name).read_bytes())
        (tmp_path / name).with_suffix("").write_bytes(unpacked)
    images = idx.load({name: tmp_path / name for name in MNIST}, {})
    for part, pixels, labels in (
        ("train", images.train_images, images.train_labels),
        ("t10k", images.test_images, images.test_labels),
    ):
        reference = read_image_file(str(tmp_path / f"{part}-images-idx3-ubyte"))
        assert torch.equal(pixels[:, 0], reference)
        reference = read_label_file(str(tmp_path / f"{part}-labels-idx1-ubyte"))
        assert torch.equal(labels, reference)
    mean, std = prepare.channel_statistics(images.train_images)
    assert (mean, std) == ([pytest.approx(0.1307, abs=5e-5)], [pytest.approx(0.3081, abs=5e-5)])


def test_cifar10_jpeg(shared_data):
    path = shared_data / "cifar10-jpeg.tar.gz"
    images = image_folder.load({path.name: path}, {"image_size": [32, 32]})
    assert images.train_images.shape == (50_000, 3, 32, 32)
    assert images.test_images.shape == (10_000, 3, 32, 32)
    assert torch.bincount(images.train_labels).tolist() == [5000] * 10
    assert torch.bincount(images.test_labels).tolist() == [1000] * 10
    assert images.classes == [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]  # fmt: skip
    mean, std = prepare.channel_statistics(images.train_images)
    assert np.allclose(mean, [0.4914, 0.4822, 0.4465], atol=1e-3)
    assert np.allclose(std, [0.2470, 0.2435, 0.2616], atol=3e-3)
