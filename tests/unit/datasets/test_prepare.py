"""Prepared tensors and their description, as docs/architecture.md states them."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from convstudy.datasets import prepare
from convstudy.datasets.generate import generate
from convstudy.datasets.images import TENSORS, checksum
from convstudy.errors import StudyError
from convstudy.files import digest

from made_archives import pictures, write_folder, write_zip

KEYS = {
    "dataset", "title", "format", "generated", "classes", "shape", "train_images", "test_images",
    "mean", "std", "sha256", "sources", "seal",
}  # fmt: skip


def slice_of(format_: str, files: list[str], **options: object) -> dict[str, object]:
    return {
        "dataset": "some",
        "title": "some images",
        "format": format_,
        "generated": False,
        "options": options,
        "files": {name: {} for name in files},
    }


def prepared(raw: Path, folder: Path, slice_: dict) -> tuple[dict[str, torch.Tensor], dict]:
    tensors, description = folder / "some.pt", folder / "some.json"
    prepare.prepare(raw, tensors, description, slice_)
    assert sorted(path.name for path in folder.iterdir()) == ["some.json", "some.pt"]
    loaded = torch.load(tensors, weights_only=True, mmap=True)
    return loaded, json.loads(description.read_text())


def test_as_promised(tmp_path):
    generate(tmp_path / "raw", "shapes", 40, 20, seed=0)
    slice_ = slice_of("cifar10", ["cifar-10-python.tar.gz"])
    tensors, description = prepared(tmp_path / "raw", tmp_path / "out", slice_)
    assert tensors.keys() == set(TENSORS)
    assert tensors["train_images"].shape == (40, 3, 32, 32)
    assert tensors["train_images"].dtype == torch.uint8
    assert tensors["train_images"].is_contiguous()
    assert tensors["test_labels"].shape == (20,)
    assert tensors["test_labels"].dtype == torch.int64
    assert description.keys() == KEYS
    assert description["shape"] == [3, 32, 32]
    assert (description["train_images"], description["test_images"]) == (40, 20)
    archive = tmp_path / "raw" / "cifar-10-python.tar.gz"
    assert description["sources"] == {archive.name: digest(archive)}
    scaled = tensors["train_images"].double() / 255
    mean, std = scaled.mean((0, 2, 3)), scaled.std((0, 2, 3), correction=0)
    assert description["mean"] == pytest.approx(mean.tolist(), rel=1e-12)
    assert description["std"] == pytest.approx(std.tolist(), rel=1e-12)


def test_the_same_bytes_again_under_any_name(tmp_path):
    generate(tmp_path / "raw", "shapes", 10, 10, seed=0)
    slice_ = slice_of("cifar10", ["cifar-10-python.tar.gz"])
    for name in ("a", "b"):
        tensors, description = tmp_path / f"{name}.pt", tmp_path / f"{name}.json"
        prepare.prepare(tmp_path / "raw", tensors, description, slice_)
    for suffix in (".pt", ".json"):
        once, again = (tmp_path / f"{name}{suffix}" for name in ("a", "b"))
        assert once.read_bytes() == again.read_bytes()


def test_the_checksum_is_of_the_data_not_of_the_file(tmp_path):
    write_zip(tmp_path / "set.zip", pictures())
    from_zip = prepared(tmp_path, tmp_path / "a", slice_of("image_folder", ["set.zip"]))[1]
    folder = write_folder(tmp_path / "set", pictures())
    slice_ = slice_of("image_folder", [], folder=str(folder))
    from_folder = prepared(tmp_path, tmp_path / "b", slice_)[1]
    assert from_zip["sha256"] == from_folder["sha256"]
    assert list(from_folder["sources"]) == [str(folder)]

    (folder / "train" / "cat" / "0.png").write_bytes(pictures()["train/dog/1.png"])
    changed = prepared(tmp_path, tmp_path / "c", slice_)[1]
    assert changed["sha256"] != from_folder["sha256"]
    assert changed["sources"] != from_folder["sources"]


def test_what_a_reader_has_to_know_of_the_images_is_on_record(tmp_path):
    members = pictures() | {"read.me": b"x"}
    members["test/cat/0.png"] = members["train/cat/0.png"]
    write_zip(tmp_path / "set.zip", members)
    slice_ = slice_of("image_folder", ["set.zip"], allow_duplicates=True)
    description = prepared(tmp_path, tmp_path / "a", slice_)[1]
    assert description.keys() == KEYS | {"duplicates", "reading"}
    assert (description["duplicates"], description["reading"]) == (1, {"left_out": {"suffix": 1}})


def test_a_raw_file_that_was_changed_since_it_came_is_refused(tmp_path):
    """Snakemake does not look at its time; here it would still parse."""
    generate(tmp_path / "raw", "shapes", 10, 10, seed=0)
    raw = tmp_path / "raw/cifar-10-python.tar.gz"
    generate(tmp_path / "other", "shapes", 10, 10, seed=1)
    raw.write_bytes((tmp_path / "other/cifar-10-python.tar.gz").read_bytes())
    with pytest.raises(StudyError, match=r"cifar-10-python\.tar\.gz is not the file that"):
        prepared(tmp_path / "raw", tmp_path, slice_of("cifar10", [raw.name]))
    assert not list(tmp_path.glob("*.pt"))


def test_a_raw_file_with_its_own_checksum_beside_it_is_held_to_the_config(tmp_path):
    write_zip(tmp_path / "set.zip", pictures())
    slice_ = slice_of("image_folder", ["set.zip"])
    right = {"sha256": digest(tmp_path / "set.zip"), "md5": digest(tmp_path / "set.zip", "md5")}
    prepared(tmp_path, tmp_path / "a", {**slice_, "files": {"set.zip": right}})
    for algorithm in right:
        wrong = right | {algorithm: "0" * len(right[algorithm])}
        with pytest.raises(StudyError, match=rf"set.zip has the {algorithm} .* the config states"):
            prepared(tmp_path, tmp_path / "b", {**slice_, "files": {"set.zip": wrong}})


def test_the_checksum_changes_with_any_value_or_shape():
    images = torch.zeros((4, 1, 2, 3), dtype=torch.uint8)
    labels = torch.zeros(4, dtype=torch.int64)
    same = dict(zip(TENSORS, (images, labels, images, labels), strict=True))
    changes = [{}, {"train_images": images.reshape(4, 1, 3, 2)}]
    for name, tensor in same.items():
        changed = tensor.clone()
        changed.view(-1)[-1] = 1
        changes.append({name: changed})
    sums = [checksum(same | change) for change in changes]
    assert len(set(sums)) == len(changes)


def test_flat_images_have_no_deviation():
    images = torch.full((3, 1, 4, 4), 51, dtype=torch.uint8)
    mean, std = prepare.channel_statistics(images)
    assert mean == [pytest.approx(0.2)]
    assert std == [0.0]


def test_nothing_is_written_of_bad_files(tmp_path):
    (tmp_path / "set.zip").write_bytes(b"PK")
    slice_ = slice_of("image_folder", ["set.zip"])
    with pytest.raises(StudyError, match=r"set\.zip"):
        prepare.prepare(tmp_path, tmp_path / "o" / "a.pt", tmp_path / "o" / "a.json", slice_)
    assert not (tmp_path / "o").exists()


def test_an_unknown_format_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"'tfrecord' is unknown. Use one of idx"):
        prepare.prepare(tmp_path, tmp_path / "a", tmp_path / "b", slice_of("tfrecord", []))


def test_as_a_command(tmp_path, monkeypatch):
    write_zip(tmp_path / "set.zip", pictures())
    slice_ = slice_of("image_folder", ["set.zip"], colour=False, image_size=[4, 4])
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(slice_)))
    outputs = ["--tensors", str(tmp_path / "a.pt"), "--description", str(tmp_path / "a.json")]
    prepare.main(["--raw-folder", str(tmp_path), *outputs])
    assert json.loads((tmp_path / "a.json").read_text())["shape"] == [1, 4, 4]
    assert np.prod(torch.load(tmp_path / "a.pt", weights_only=True)["test_images"].shape) == 64
