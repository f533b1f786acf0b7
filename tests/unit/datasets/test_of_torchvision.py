"""Data sets by name: torchvision's classes over tiny files in the layout that they look for."""

import gzip
import hashlib
import io
import json
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import datasets

from convstudy.config.torchvision_sets import LISTED
from convstudy.datasets import fetch_torchvision, prepare
from convstudy.datasets.of_torchvision import downloads
from convstudy.errors import StudyError

RANDOM = np.random.default_rng(0)
NOWHERE = "http://127.0.0.1:9/"  # nothing listens there


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def idx(array: np.ndarray) -> bytes:
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes(), mtime=0)


def lay(folder: Path, path: str, content: bytes) -> str:
    """Put a file into a mirror; returns its md5."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(content)
    return md5(content)


class Set:
    """One data set, as its rules fetch and prepare it."""

    def __init__(self, folder: Path, name: str, **asked: object) -> None:
        self.mirror, self.raw, self.out = folder / "mirror", folder / "raw/some", folder / "out"
        self.options = {
            key: asked.pop(key) for key in ("image_size", "classes", "test_share") & asked.keys()
        }
        self.asked = {"name": name, "arguments": {}, **asked}

    def fetch(self) -> dict[str, str]:
        fetch_torchvision.fetch("some", self.raw / LISTED, self.asked, [str(self.mirror)])
        found: dict[str, str] = json.loads((self.raw / LISTED).read_text())["files"]
        return found

    def prepare(self) -> tuple[dict[str, torch.Tensor], dict]:
        slice_ = {
            "dataset": "some", "title": "some images", "format": "torchvision", "generated": False,
            "options": {"colour": True, "allow_duplicates": True, "torchvision": self.asked, **self.options},
            "files": {LISTED: {}},
        }  # fmt: skip
        prepare.prepare(self.raw, self.out / "some.pt", self.out / "some.json", slice_)
        tensors = torch.load(self.out / "some.pt", weights_only=True)
        return tensors, json.loads((self.out / "some.json").read_text())


@pytest.fixture
def fashion(tmp_path, monkeypatch):
    one = Set(tmp_path, "FashionMNIST")
    one.images = {kind: RANDOM.integers(0, 256, (n, 28, 28)) for kind, n in SIZES.items()}
    one.labels = {kind: np.arange(n)[::-1] % 10 for kind, n in SIZES.items()}
    resources = []
    for kind in SIZES:
        for what, array in (("images-idx3", one.images[kind]), ("labels-idx1", one.labels[kind])):
            name = f"{kind}-{what}-ubyte.gz"
            sum_ = lay(one.mirror, f"FashionMNIST/raw/{name}", idx(array))
            resources.append((name, sum_))
    monkeypatch.setattr(datasets.FashionMNIST, "resources", resources)
    monkeypatch.setattr(datasets.FashionMNIST, "mirrors", [NOWHERE])
    return one


SIZES = {"train": 30, "t10k": 20}


def test_fashion_mnist_of_a_mirror(fashion):
    files = fashion.fetch()
    assert len(files) == 8  # as they came, and unpacked
    path = "FashionMNIST/raw/train-images-idx3-ubyte"
    assert files[path] == hashlib.sha256((fashion.raw / path).read_bytes()).hexdigest()
    tensors, about = fashion.prepare()
    assert tensors["train_images"].dtype == torch.uint8
    assert tensors["train_images"].is_contiguous()
    assert (tensors["train_images"][:, 0].numpy() == fashion.images["train"]).all()
    assert (tensors["test_images"][:, 0].numpy() == fashion.images["t10k"]).all()
    assert (tensors["test_labels"].numpy() == fashion.labels["t10k"]).all()
    assert about["classes"][0] == "T-shirt/top"
    assert about["shape"] == [1, 28, 28]
    assert about["sources"].keys() == {LISTED}


def test_what_an_ended_fetch_had_half_unpacked_is_not_believed(fashion):
    before = fashion.fetch()
    (fashion.raw / LISTED).unlink()
    half = fashion.raw / "FashionMNIST/raw/train-images-idx3-ubyte"
    half.write_bytes(half.read_bytes()[:100])
    (fashion.raw / "leftover").write_text("of other arguments")
    assert fashion.fetch() == before


def test_what_links_below_the_raw_files_lead_to_is_left_alone(fashion, tmp_path):
    photos = tmp_path / "photos"
    lay(tmp_path, "photos/album/one.png", b"mine")
    fashion.raw.mkdir(parents=True)
    (fashion.raw / "images").symlink_to(photos)
    (fashion.raw / "FashionMNIST").mkdir()
    (fashion.raw / "FashionMNIST/one.png").symlink_to(photos / "album/one.png")
    fashion.fetch()
    assert (photos / "album/one.png").read_bytes() == b"mine"
    assert not (fashion.raw / "images").is_symlink()


def test_what_is_there_is_not_fetched_again(fashion):
    before = fashion.fetch()
    fashion.mirror = fashion.mirror / "gone"
    assert fashion.fetch() == before


def test_without_a_network_every_file_and_its_place_is_named(fashion):
    fashion.mirror = fashion.mirror / "gone"
    with pytest.raises(StudyError) as caught:
        fashion.fetch()
    said = str(caught.value)
    for name, sum_ in datasets.FashionMNIST.resources:
        assert f"DIR/some/FashionMNIST/raw/{name} (md5 {sum_})" in said
        assert f"{NOWHERE}{name}: connection refused" in said
    assert "data_mirror=DIR" in said
    assert not (fashion.raw / LISTED).exists()


def test_a_file_of_the_mirror_with_another_checksum_is_refused(fashion):
    lay(fashion.mirror, "FashionMNIST/raw/t10k-labels-idx1-ubyte.gz", idx(np.zeros(20)))
    with pytest.raises(StudyError, match="wrong checksum"):
        fashion.fetch()


@pytest.mark.parametrize("change", ["edit", "delete", "add"])
def test_files_other_than_those_fetched_are_refused(fashion, change):
    fashion.fetch()
    path = fashion.raw / "FashionMNIST/raw/t10k-labels-idx1-ubyte"
    if change == "edit":
        path.write_bytes(path.read_bytes()[:-1] + b"\1")
    elif change == "delete":
        path.unlink()
    else:
        path = path.with_name("more")
        path.write_text("")
    with pytest.raises(StudyError, match=f"{path.name} is not as it was fetched"):
        fashion.prepare()


def test_letters_of_emnist_stand_upright_and_count_from_0(tmp_path, monkeypatch):
    one = Set(tmp_path, "EMNIST", arguments={"split": "letters"})
    upright = RANDOM.integers(0, 256, (26, 28, 28))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for kind in ("train", "test"):
            head = f"gzip/emnist-letters-{kind}"
            on_its_side = upright.swapaxes(1, 2)  # as the official files have them
            archive.writestr(f"{head}-images-idx3-ubyte.gz", idx(on_its_side))
            archive.writestr(f"{head}-labels-idx1-ubyte.gz", idx(np.arange(26, 0, -1)))
    sum_ = lay(one.mirror, "EMNIST/raw/gzip.zip", packed.getvalue())
    monkeypatch.setattr(datasets.EMNIST, "md5", sum_)
    one.fetch()
    tensors, about = one.prepare()
    assert about["classes"] == list("abcdefghijklmnopqrstuvwxyz")
    assert tensors["train_labels"].tolist() == list(range(25, -1, -1))
    assert (tensors["test_images"][:, 0].numpy() == upright).all()


def test_cifar100_of_a_mirror(tmp_path, monkeypatch):
    one, packed, sums = Set(tmp_path, "CIFAR100"), io.BytesIO(), {}
    pixels = RANDOM.integers(0, 256, (6, 3072)).astype(np.uint8)
    parts = {
        kind: {"data": pixels, "fine_labels": [2, 1, 0, 2, 1, 0]} for kind in ("train", "test")
    }
    parts["meta"] = {"fine_label_names": ["apple", "bear", "cup"]}
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, part in parts.items():
            content = pickle.dumps(part)
            sums[name] = md5(content)
            member = tarfile.TarInfo(f"cifar-100-python/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    kind = datasets.CIFAR100
    sum_ = lay(one.mirror, kind.filename, packed.getvalue())
    monkeypatch.setattr(kind, "tgz_md5", sum_)
    monkeypatch.setattr(kind, "train_list", [["train", sums["train"]]])
    monkeypatch.setattr(kind, "test_list", [["test", sums["test"]]])
    monkeypatch.setattr(kind, "meta", {**kind.meta, "md5": sums["meta"]})
    one.fetch()
    tensors, about = one.prepare()
    assert (tensors["train_images"].numpy() == pixels.reshape(6, 3, 32, 32)).all()
    assert about["classes"] == ["apple", "bear", "cup"]


def test_svhn_of_a_mirror(tmp_path, monkeypatch):
    savemat = pytest.importorskip("scipy.io").savemat
    one, parts = Set(tmp_path, "SVHN"), {}
    pixels = RANDOM.integers(0, 256, (32, 32, 3, 10)).astype(np.uint8)
    for kind in ("train", "test"):
        content = io.BytesIO()
        savemat(content, {"X": pixels, "y": np.arange(10, 0, -1)[:, None]})
        name = f"{kind}_32x32.mat"
        parts[kind] = [NOWHERE + name, name, lay(one.mirror, name, content.getvalue())]
    monkeypatch.setattr(datasets.SVHN, "split_list", parts)
    one.fetch()
    tensors, about = one.prepare()
    assert (tensors["test_images"].numpy() == pixels.transpose(3, 2, 0, 1)).all()
    assert tensors["test_labels"].tolist() == [0, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert about["classes"] == [str(digit) for digit in range(10)]


def photograph(
    folder: Path, name: str, size: tuple[int, int], grey: int, mode: str = "RGB"
) -> None:
    path = folder / "eurosat/2750" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (grey, grey, grey)).convert(mode).save(path)


def test_of_a_set_without_a_test_set_a_share_of_each_class_is_one(tmp_path):
    """EuroSAT, unpacked in a mirror: torchvision finds it there, its archive is not asked for."""
    one = Set(tmp_path, "EuroSAT", test_share=0.2)
    for place in range(30):
        name = "Forest" if place < 20 else "River"
        photograph(one.raw, f"{name}/{name}_{place:02}.png", (8, 6), place * 8)
    one.raw.joinpath(LISTED).write_text(json.dumps({"files": fetch_torchvision.checksums(one.raw)}))
    tensors, about = one.prepare()
    assert about["classes"] == ["Forest", "River"]
    assert torch.bincount(tensors["train_labels"]).tolist() == [16, 8]
    assert torch.bincount(tensors["test_labels"]).tolist() == [4, 2]
    assert tensors["train_labels"][:6].tolist() == [0, 1] * 3  # a fair sample of all classes
    both = torch.cat([tensors["train_images"], tensors["test_images"]])[:, 0, 0, 0]
    assert sorted(both.tolist()) == [place * 8 for place in range(30)]
    assert about["reading"]["test_share"] == 0.2
    again, _ = one.prepare()
    assert (again["test_images"] == tensors["test_images"]).all()


def test_an_image_that_cannot_be_read_is_named_by_its_place(tmp_path):
    one = Set(tmp_path, "EuroSAT")
    for place in range(4):
        photograph(one.raw, f"{'ab'[place % 2]}/{place}.png", (8, 8), 9)
    (one.raw / "eurosat/2750/b/1.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    one.raw.joinpath(LISTED).write_text(json.dumps({"files": fetch_torchvision.checksums(one.raw)}))
    with pytest.raises(StudyError, match=r"torchvision's EuroSAT\): image number 3 cannot be read"):
        one.prepare()


@pytest.mark.parametrize("content", ["[]", "{", '{"files": 3}', '{"files": "ab"}'])
def test_a_damaged_list_of_files_is_named(fashion, content):
    fashion.fetch()
    (fashion.raw / LISTED).write_text(content)
    with pytest.raises(StudyError, match=f"{LISTED}.*cannot be read"):
        fashion.prepare()


def test_images_of_several_sizes_need_one(tmp_path):
    one = Set(tmp_path, "EuroSAT")
    for place in range(10):
        photograph(one.raw, f"{'ab'[place % 2]}/{place}.png", (8 + place, 8), 20 * place)
    one.raw.joinpath(LISTED).write_text(json.dumps({"files": fetch_torchvision.checksums(one.raw)}))
    with pytest.raises(StudyError, match=r"differ in size.*Set image_size: \[H, W\]"):
        one.prepare()
    one.options = {"image_size": [6, 7], "test_share": 0.2}
    tensors, _ = one.prepare()
    assert tensors["train_images"].shape == (8, 3, 6, 7)


def test_fake_data_needs_no_files(tmp_path):
    one = Set(
        tmp_path, "FakeData", arguments={"image_size": [3, 8, 8], "num_classes": 3},
        train={"size": 50}, test={"size": 20, "random_offset": 100},
    )  # fmt: skip
    assert one.fetch() == {}
    tensors, about = one.prepare()
    assert tensors["train_images"].shape == (50, 3, 8, 8)
    assert tensors["test_labels"].shape == (20,)
    assert about["classes"] == ["0", "1", "2"]


def test_names_of_classes_can_be_given(tmp_path):
    asked = {"arguments": {"image_size": [3, 8, 8], "size": 60, "num_classes": 3}}
    one = Set(tmp_path, "FakeData", classes=["a", "b", "c"], test_share=0.2, **asked)
    one.fetch()
    assert one.prepare()[1]["classes"] == ["a", "b", "c"]


def test_labels_that_are_no_class_numbers_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(
        datasets.FakeData, "__getitem__", lambda *_: (Image.new("L", (8, 8)), [{"bbox": 1}])
    )
    one = Set(tmp_path, "FakeData")
    one.fetch()
    with pytest.raises(StudyError, match=r"labels are no class numbers.*type list"):
        one.prepare()


def test_a_class_that_downloads_nothing_finds_the_users_own_files(tmp_path):
    """FER2013 cannot be downloaded by anybody's program; all of the mirror's folder is copied."""
    one = Set(tmp_path, "FER2013")
    with pytest.raises(StudyError) as caught:
        one.fetch()
    assert "DIR/some/…" in str(caught.value)
    lay(one.mirror, "fer2013/note.txt", b"more")
    with pytest.raises(StudyError):
        one.fetch()
    assert (one.raw / "fer2013/note.txt").is_file()


def test_an_argument_that_torchvision_refuses_is_said_in_its_words(tmp_path):
    one = Set(tmp_path, "EMNIST", arguments={"split": "lettres"})
    with pytest.raises(StudyError, match=r"Unknown value 'lettres' for argument split"):
        one.fetch()


def test_every_part_of_a_data_set_is_known_before_it_is_fetched():
    found = [
        one.path for split in ("train", "test") for one in downloads("GTSRB", {"split": split})
    ]
    assert found == [
        "gtsrb/GTSRB-Training_fixed.zip",
        "gtsrb/GTSRB_Final_Test_Images.zip",
        "gtsrb/GTSRB_Final_Test_GT.zip",
    ]
    mnist = downloads("MNIST", {"train": True})
    assert [len(one.mirrors) for one in mnist] == [1] * 4
