"""Whatever has happened to a file of data or of settings: it is read, or refused by its name.

`MUTATIONS=2000` in the environment tries so many damages of each kind in place of a few.
"""

import gzip
import io
import os
import random
import re
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convstudy.config import reading
from convstudy.datasets.formats import archive, loader
from convstudy.datasets.generators.writers import python2_pickle
from convstudy.errors import StudyError

from checkout import ROOT
from made_archives import picture, pictures, write_folder, write_tar, write_zip

MUTATIONS = int(os.environ.get("MUTATIONS", "16"))
MOST_MEMORY = 2 << 30  # that may be asked for beyond what the tests have
# What headers say of sizes and places: ends of the ranges of their types, and beyond.
EXTREMES = [
    value.to_bytes(width, order, signed=value < 0)
    for width in (2, 4, 8)
    for value in (0, -1, (1 << (8 * width - 1)) - 1, -(1 << (8 * width - 1)), 1 << (5 * width))
    for order in ("little", "big")
]  # fmt: skip

Read = Callable[[Path, bytes], None]  # folder, damaged contents


# ── What is damaged ──────────────────────────────────────────────────────────────────────────────
def arrays() -> dict[str, bytes]:
    """The members of an npz file."""
    made = np.random.default_rng(0)
    values = {
        "train_images": made.integers(0, 256, (12, 8, 6, 3), np.uint8),
        "train_labels": np.arange(12) % 3,
        "test_images": made.integers(0, 256, (6, 8, 6, 3), np.uint8),
        "test_labels": (np.arange(6) % 3).astype(np.uint8),
        "classes": np.array(["cat", "dog", "owl"]),
    }
    members = {}
    for name, value in values.items():
        file = io.BytesIO()
        np.save(file, value)
        members[f"{name}.npy"] = file.getvalue()
    return members


def idx(count: int, *shape: int) -> bytes:
    sizes = b"".join(n.to_bytes(4, "big") for n in (count, *shape))
    values = np.random.default_rng(count).integers(0, 256, (count, *shape), np.uint8)
    labels = (np.arange(count) % 3).astype(np.uint8)
    return bytes([0, 0, 8, 1 + len(shape)]) + sizes + (values if shape else labels).tobytes()


IDX = {
    "train-images": idx(12, 8, 6),
    "train-labels": idx(12),
    "test-images": idx(6, 8, 6),
    "test-labels": idx(6),
}


def batches() -> dict[str, bytes]:
    """The members of CIFAR-10's archive."""
    made = np.random.default_rng(0)
    held = {
        name: {"labels": [0, 1, 2], "data": made.integers(0, 256, (3, 3072), np.uint8)}
        for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")
    }
    meta = {"batches.meta": {"label_names": ["cat", "dog", "owl"]}}
    return {f"cifar-10-batches-py/{n}": python2_pickle(one) for n, one in (held | meta).items()}


def image(kind: str, mode: str, **options: object) -> bytes:
    file = io.BytesIO()
    noise = Image.effect_noise((12, 9), 50)
    noise.convert(mode).save(file, kind, **options)
    return file.getvalue()


def animation() -> bytes:
    frames = [Image.effect_noise((12, 9), 50) for _ in range(3)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


IMAGES = {
    **{f"{kind} image": image(kind, "RGB") for kind in ("PNG", "JPEG", "PPM", "BMP", "WEBP")},
    "TIFF image": image("TIFF", "RGB", compression="tiff_lzw"),
    "JPEG in TIFF image": image("TIFF", "RGB", compression="jpeg"),
    "palette image": image("PNG", "P", transparency=0),
    "deep image": image("PNG", "I;16"),
    "GIF image": animation(),
}


# ── How it is damaged ────────────────────────────────────────────────────────────────────────────
def damaged(content: bytes, draw: random.Random) -> bytes:
    """`content` cut, with bytes flipped, put in, left out or repeated, or numbers made large."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        # Most fields of a format are in its first bytes, of archives also in the last.
        start, end = draw.choice(((0, 60), (0, len(content)), (len(content) - 60, len(content))))
        at = draw.randrange(max(start, 0), max(min(end, len(content)), 1) or 1)
        n = draw.choice((1, 1, 2, 8, 100))
        held = content[at : at + n]
        match draw.randrange(8):
            case 0:
                content = content[:at]
            case 1 | 2 if held:
                flipped = bytes([held[0] ^ 1 << draw.randrange(8)])
                content = content[:at] + flipped + content[at + 1 :]
            case 3:
                content = content[:at] + draw.randbytes(n) + content[at:]
            case 4:
                content = content[:at] + content[at + n :]
            case 5:
                content = content[:at] + held * draw.choice((2, 50)) + content[at + n :]
            case 6:
                extreme = draw.choice(EXTREMES)
                content = content[:at] + extreme + content[at + len(extreme) :]
            case _:
                content = with_large_number(content, draw)
    return content


def with_large_number(content: bytes, draw: random.Random) -> bytes:
    """One of the numbers that are written in digits is another one."""
    places = [*re.finditer(rb"\d+", content[:4000])]
    if not places:
        return content
    place, number = draw.choice(places), draw.choice((b"0", b"-1", b"9" * 12, b"1e9", b"9" * 30))
    # Some headers have a length of their own: what is longer takes the place of spaces.
    rest = content[place.end() :]
    spare = rest.replace(b" " * (len(number) - len(place[0])), b"", 1)
    return content[: place.start()] + number + draw.choice((rest, spare))


# ── How it is read ───────────────────────────────────────────────────────────────────────────────
def load(format_: str, files: dict[str, Path], **options: object) -> None:
    found = loader(format_)(files, {"allow_duplicates": True, **options})
    for images, labels in (
        (found.train_images, found.train_labels),
        (found.test_images, found.test_labels),
    ):
        assert (str(images.dtype), str(labels.dtype)) == ("torch.uint8", "torch.int64")
        assert len(images) == len(labels) > 0
        assert images.is_contiguous()
        assert labels.max() < len(found.classes)


def one_file(format_: str, name: str, pack: Callable[[bytes], bytes] = bytes) -> Read:
    def read(folder: Path, content: bytes) -> None:
        (folder / name).write_bytes(pack(content))
        load(format_, {name: folder / name})

    return read


def one_member(format_: str, name: str, members: dict[str, bytes], member: str) -> Read:
    """A whole archive with a damaged member."""

    def read(folder: Path, content: bytes) -> None:
        write = write_tar if ".tar" in name else write_zip
        path = write(folder / name, members | {member: content})
        load(format_, {name: path})

    return read


def of_idx(name: str, pack: Callable[[bytes], bytes] = bytes) -> Read:
    def read(folder: Path, content: bytes) -> None:
        write_folder(folder, IDX | {name: pack(content)})
        load("idx", {one: folder / one for one in IDX})

    return read


def of_folder(folder: Path, content: bytes) -> None:
    write_folder(folder / "set", pictures() | {"train/cat/0.png": content})
    load("image_folder", {}, folder=str(folder / "set"), image_size=[8, 6])


def of_settings(folder: Path, content: bytes) -> None:
    (folder / "x.yaml").write_bytes(content)
    reading.read(folder / "x.yaml")


def written(write: Callable[..., Path], name: str, members: dict[str, bytes]) -> bytes:
    path = Path(os.environ.get("TMPDIR", "/tmp"), f"convstudy-{os.getpid()}-{name}")
    try:
        return write(path, members).read_bytes()
    finally:
        path.unlink()


KINDS: dict[str, tuple[bytes, Read]] = {
    "npz": (written(write_zip, "a.npz", arrays()), one_file("npz", "a.npz")),
    "array in npz": (
        arrays()["train_images.npy"],
        one_member("npz", "a.npz", arrays(), "train_images.npy"),
    ),
    "labels in npz": (
        arrays()["test_labels.npy"],
        one_member("npz", "a.npz", arrays(), "test_labels.npy"),
    ),
    "names in npz": (arrays()["classes.npy"], one_member("npz", "a.npz", arrays(), "classes.npy")),
    "idx": (IDX["train-images"], of_idx("train-images")),
    "labels in idx": (IDX["test-labels"], of_idx("test-labels")),
    "idx.gz": (gzip.compress(IDX["train-images"]), of_idx("train-images")),
    "idx in gz": (IDX["train-images"], of_idx("train-images", gzip.compress)),
    "tar": (written(write_tar, "a.tar", pictures()), one_file("image_folder", "a.tar")),
    "tar.gz": (written(write_tar, "a.tar.gz", pictures()), one_file("image_folder", "a.tar.gz")),
    "tar in gz": (
        written(write_tar, "a.tar", pictures()),
        one_file("image_folder", "a.tar.gz", gzip.compress),
    ),
    "zip": (written(write_zip, "a.zip", pictures()), one_file("image_folder", "a.zip")),
    "image in zip": (
        picture(1),
        one_member("image_folder", "a.zip", pictures(), "train/cat/0.png"),
    ),
    "cifar10": (written(write_tar, "a.tar.gz", batches()), one_file("cifar10", "a.tar.gz")),
    "pickle in cifar10": (
        batches()["cifar-10-batches-py/test_batch"],
        one_member("cifar10", "a.tar.gz", batches(), "cifar-10-batches-py/test_batch"),
    ),
    "names in cifar10": (
        batches()["cifar-10-batches-py/batches.meta"],
        one_member("cifar10", "a.tar.gz", batches(), "cifar-10-batches-py/batches.meta"),
    ),
    **{kind: (content, of_folder) for kind, content in IMAGES.items()},
    "yaml": ((ROOT / "overlays/tour.yaml").read_bytes(), of_settings),
    "json": (b'{"seeds": 3, "datasets": {"a": {"title": "b", "x": [1e3, null]}}}', of_settings),
}


@contextmanager
def limited_memory() -> Iterator[None]:
    """A demand of more is a MemoryError, whether or not the machine would grant it."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("kind", KINDS)
def test_whole_files_are_read(tmp_path, kind):
    content, read = KINDS[kind]
    read(tmp_path, content)


@pytest.mark.filterwarnings("ignore")  # of numpy's and zipfile's on what is refused in the end
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused_by_its_name(tmp_path, kind):
    content, read = KINDS[kind]
    for number in range(MUTATIONS):
        spoilt = damaged(content, random.Random(f"{kind} {number}"))
        try:
            with limited_memory():
                read(tmp_path, spoilt)
        except StudyError as error:
            assert str(tmp_path) in str(error), number
        except Exception as error:
            raise AssertionError(f"damage {number}") from error


def of_shape(shape: tuple[int, ...]) -> bytes:
    """The array of images in npz, whose header announces another shape."""
    file = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + bytes(100)


LARGE = 10**12
CLAIMS = {
    "array in npz": [of_shape((LARGE,)), of_shape((10**6, 10**3, 10**3)), of_shape((1 << 62, 4))],
    "idx": [b"\0\0\x08\x03" + b"\xff" * 12 + bytes(100)],
    "idx in gz": [b"\0\0\x08\x03" + b"\xff" * 12 + bytes(100)],
    "PPM image": [b"P6 1000000 1000000 255 abc"],
    "BMP image": [image("BMP", "RGB").replace(b"\x0c\0\0\0\x09", b"\xff\xff\0\0\xff", 1)],
}


@pytest.mark.parametrize(("kind", "content"), [(k, one) for k in CLAIMS for one in CLAIMS[k]])
def test_a_header_that_claims_more_than_there_is_costs_no_memory(tmp_path, kind, content):
    with limited_memory(), pytest.raises(StudyError, match=str(tmp_path)):
        KINDS[kind][1](tmp_path, content)


@pytest.mark.parametrize("kind", ["npz", "idx.gz", "tar", "tar.gz", "zip"])
def test_what_unpacks_to_more_than_fits_is_refused(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 500)
    content, read = KINDS[kind]
    with pytest.raises(StudyError, match=f"{tmp_path}.* unpacks to more than"):
        read(tmp_path, content)


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip", "PNG image"])
def test_a_file_larger_than_any_image_is_refused(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 50)
    content, read = KINDS[kind]
    with pytest.raises(StudyError, match=r"/0\.png has 0 MiB, more than the"):
        read(tmp_path, content)
