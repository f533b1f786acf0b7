"""Image folders and archives of them: order, sizes, colours, and every fault with its path."""

import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import v2 as transforms

from convstudy.datasets.formats import archive, image_folder, loader
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

from made_archives import picture, pictures, write_folder, write_tar, write_zip

WRITERS = {
    "folder": lambda path, members: write_folder(path / "set", members),
    "tar": lambda path, members: write_tar(path / "set.tar", members),
    "tar.gz": lambda path, members: write_tar(path / "set.tar.gz", members),
    "zip": lambda path, members: write_zip(path / "set.zip", members),
}


def load(source: Path, **options: object) -> Raw:
    if source.is_dir():
        return loader("image_folder")({}, {"folder": str(source)} | options)
    return loader("image_folder")({source.name: source}, options)


def refusal(source: Path, **options: object) -> str:
    with pytest.raises(StudyError) as caught:
        load(source, **options)
    message = str(caught.value)
    assert str(source) in message
    return message


def pixels(content: bytes, mode: str = "RGB") -> torch.Tensor:
    array = np.array(Image.open(io.BytesIO(content)).convert(mode))
    return torch.from_numpy(array.reshape(*array.shape[:2], -1)).permute(2, 0, 1)


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("wrapper", ["", "outer/"])
def test_one_of_each_class_in_turn(tmp_path, kind, wrapper):
    members = pictures()
    source = WRITERS[kind](tmp_path, {wrapper + name: data for name, data in members.items()})
    images = load(source)
    assert images.classes == ["cat", "dog"]
    assert images.train_labels.tolist() == [0, 1, 0, 1, 0, 1]
    assert images.train_images.shape == (6, 3, 8, 6)
    assert images.train_images.is_contiguous()
    names = [f"train/{name}/{i}.png" for i in range(3) for name in ("cat", "dog")]
    expected = torch.stack([pixels(members[name]) for name in names])
    assert torch.equal(images.train_images, expected)
    assert torch.equal(images.test_images[3], pixels(members["test/dog/1.png"]))


def test_leavings_of_file_managers_are_no_files_and_others_are_counted(tmp_path):
    members = pictures() | {
        "__MACOSX/train/cat/._0.png": b"x",
        ".DS_Store": b"x",
        "train/.DS_Store": b"x",
        "train/cat/.hidden.png": b"x",
        "README": b"x",
        "train/list.txt": b"x",
        "train/cat/notes.txt": b"x",
    }
    source = write_zip(tmp_path / "set.zip", members)
    assert "1 of 11 files would be left out" in refusal(source)
    assert "train/cat/notes.txt" in refusal(source)
    found = load(source, ignore=["notes.*"])
    assert len(found.train_images) == 6
    assert found.said == {"left_out": {"suffix": 2, "ignored": 1}}
    assert "'*.doc' is the name of no file" in refusal(source, ignore=["notes.*", "*.doc"])


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("colour", [False, True])
def test_grey_and_colour(tmp_path, mode, colour):
    members = {name: picture(i, mode=mode) for i, name in enumerate(pictures())}
    images = load(write_zip(tmp_path / "set.zip", members), colour=colour)
    assert images.train_images.shape == (6, 3 if colour else 1, 8, 6)
    expected = pixels(members["train/cat/0.png"], "RGB" if colour else "L")
    assert torch.equal(images.train_images[0], expected)
    told = {"converted": {"coloured": 10}} if colour and mode == "L" else {}
    assert images.said == told


def test_three_classes_and_jpeg(tmp_path):
    members = {
        f"{split}/{name}/1.{suffix}": picture(seed, kind="JPEG")
        for seed, split in enumerate(("train", "test"))
        for name, suffix in (("a", "jpg"), ("b", "JPEG"), ("c", "Jpg"))
    }
    assert load(write_tar(tmp_path / "set.tar", members)).classes == ["a", "b", "c"]


def test_only_images_of_another_size_are_resized(tmp_path):
    members = pictures() | {"train/cat/0.png": picture(7, size=(20, 18))}
    source = write_zip(tmp_path / "set.zip", members)
    images = load(source, image_size=[8, 6])
    assert torch.equal(images.train_images[1], pixels(members["train/dog/0.png"]))
    resize = transforms.Resize((8, 6), transforms.InterpolationMode.BILINEAR, antialias=True)
    reference = resize(Image.open(io.BytesIO(members["train/cat/0.png"])))
    assert np.array_equal(images.train_images[0].permute(1, 2, 0), np.array(reference))
    assert images.said == {"converted": {"resized": 1}}
    message = refusal(source)
    assert "train/cat/0.png is 20×18" in message or "train/cat/0.png 20×18" in message
    assert "image_size" in message


def test_an_empty_class(tmp_path):
    source = write_folder(tmp_path / "set", pictures())
    for split in ("train", "test"):
        (source / split / "cow").mkdir()
    assert "class cow is empty: it has no image" in refusal(source)


def test_broken_images_are_all_named(tmp_path):
    members = pictures()
    members["train/cat/1.png"] = members["train/cat/1.png"][:60]
    members["test/dog/0.png"] = b"no image"
    members["test/dog/1.png"] = b""
    message = refusal(write_tar(tmp_path / "set.tar", members))
    for name in ("train/cat/1.png", "test/dog/0.png", "test/dog/1.png"):
        assert f"{name} is a broken image" in message
    assert "empty" not in message
    assert "test/dog/1.png is a broken image (damaged, or of another format" in message


def test_a_folder_that_is_nearly_a_split_is_told_their_names(tmp_path):
    members = {name.replace("test/", "tests/"): one for name, one in pictures().items()}
    assert "Splits are called train or training, test or testing" in refusal(
        write_zip(tmp_path / "set.zip", members)
    )


def test_many_faults_are_cut_short(tmp_path):
    members = pictures() | {f"train/cat/{i}.png": b"" for i in range(100, 130)}
    assert "and 20 more" in refusal(write_tar(tmp_path / "set.tar", members))


def test_classes_that_differ_are_listed_on_both_sides(tmp_path):
    members = pictures() | {"train/emu/0.png": picture(1), "test/yak/0.png": picture(2)}
    message = refusal(write_zip(tmp_path / "set.zip", members))
    assert "class emu has no image in the test set" in message
    assert "class yak has no image in the training set" in message


def test_no_test_folder(tmp_path):
    members = {name: data for name, data in pictures().items() if name.startswith("train")}
    assert "has no test set" in refusal(write_zip(tmp_path / "s.zip", members))


def test_one_class_only(tmp_path):
    members = {name: data for name, data in pictures().items() if "cat" in name}
    assert "only one class, cat" in refusal(write_zip(tmp_path / "s.zip", members))


def test_two_wrapping_folders(tmp_path):
    members = pictures()
    members = {f"{'a' if 'cat' in name else 'b'}/{name}": data for name, data in members.items()}
    assert "several folders (a, b)" in refusal(write_zip(tmp_path / "s.zip", members))


def png_of(width: int, height: int) -> bytes:
    """A small file that claims to be a large image."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_image_bombs(tmp_path, side):
    members = pictures() | {"train/cat/0.png": png_of(side, side)}
    message = refusal(write_tar(tmp_path / "set.tar", members))
    assert "train/cat/0.png is a broken image" in message
    assert "decompression bomb" in message


def link(name: str, kind: bytes, target: str = "/etc/passwd") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (tarfile.TarInfo("../train/cat/9.png"), "leaves the archive's folder"),
        (tarfile.TarInfo("train/../../9.png"), "leaves the archive's folder"),
        (tarfile.TarInfo("/train/cat/9.png"), "an absolute path"),
        (link("train/cat/9.png", tarfile.SYMTYPE), "a link"),
        (link("train/cat/9.png", tarfile.LNKTYPE, "train/cat/0.png"), "a link"),
        (link("train/cat/9.png", tarfile.FIFOTYPE), "a device or pipe"),
        (link("train/cat/9.png", tarfile.CHRTYPE), "a device or pipe"),
    ],
)
def test_tar_members_that_could_do_harm(tmp_path, member, said):
    message = refusal(write_tar(tmp_path / "set.tar.gz", pictures(), member))
    assert repr(member.name) in message
    assert said in message


def zip_link(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = 0o120777 << 16
    return member


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (zipfile.ZipInfo("../train/cat/9.png"), "leaves the archive's folder"),
        (zipfile.ZipInfo("/train/cat/9.png"), "an absolute path"),
        (zipfile.ZipInfo("train\\..\\..\\9.png"), "leaves the archive's folder"),
        (zipfile.ZipInfo("C:\\train\\cat\\9.png"), "an absolute path"),
        (zip_link("train/cat/9.png"), "a link"),
    ],
)
def test_zip_members_that_could_do_harm(tmp_path, member, said):
    message = refusal(write_zip(tmp_path / "set.zip", pictures(), member))
    assert repr(member.filename.replace("\\", "/")) in message
    assert said in message


@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
def test_archives_that_unpack_to_too_much(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1000)
    assert "unpacks to more than" in refusal(WRITERS[kind](tmp_path, pictures()))


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.85])
def test_truncated_archives(tmp_path, kind, share):
    source = WRITERS[kind](tmp_path, pictures())
    if kind == "tar":  # its last part is padding
        with tarfile.open(source) as tar:
            size = tar.getmembers()[-1].offset_data
    else:
        size = source.stat().st_size
    source.write_bytes(source.read_bytes()[: int(size * share)])
    assert "no whole tar or zip archive" in refusal(source)


def test_a_tar_cut_between_two_members(tmp_path):
    source = write_tar(tmp_path / "set.tar", pictures())
    with tarfile.open(source) as tar:
        start = tar.getmembers()[-1].offset
    source.write_bytes(source.read_bytes()[:start])
    assert "ends in the middle" in refusal(source)


def test_neither_tar_nor_zip(tmp_path):
    (tmp_path / "set.tar").write_bytes(b"no archive at all" * 100)
    assert "no whole tar or zip archive" in refusal(tmp_path / "set.tar")


def test_missing_sources(tmp_path):
    assert "is missing" in refusal(tmp_path / "none.zip")
    with pytest.raises(StudyError, match="is not a folder"):
        image_folder.load({}, {"folder": str(tmp_path / "none")})
    with pytest.raises(StudyError, match="exactly one archive"):
        image_folder.load({}, {})
