"""The official files of MNIST and CIFAR-10, byte for byte the same on every machine.

gzip members are stored, not compressed: what a compressor makes of them differs between versions
of zlib, and nothing here is sent anywhere.
"""

import io
import pickle
import struct
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convstudy.files import replacing

# magic, deflate, no flags, no time, no extra flags, unknown system
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
STORED_BLOCK_BYTES = 0xFFFF
MNIST_NAMES = {"train": "train", "test": "t10k"}
CIFAR_BATCHES = 5

# images uint8 (N, C, H, W), labels int64 (N,)
Split = tuple[np.ndarray, np.ndarray]


def write_mnist(folder: Path, splits: dict[str, Split], classes: Sequence[str]) -> None:
    """Write the four IDX files of `splits` ("train", "test"; one channel) into `folder`.

    IDX has no room for the names of the `classes`; their order is all that is kept.
    """
    for split, (images, labels) in splits.items():
        name = MNIST_NAMES[split]
        _write(folder / f"{name}-images-idx3-ubyte.gz", stored_gzip(_idx(images[:, 0])))
        _write(folder / f"{name}-labels-idx1-ubyte.gz", stored_gzip(_idx(labels)))


def write_cifar10(folder: Path, splits: dict[str, Split], classes: Sequence[str]) -> None:
    """Write `cifar-10-python.tar.gz` with five train batches, a test batch and batches.meta."""
    images, labels = splits["train"]
    parts = zip(
        np.array_split(images, CIFAR_BATCHES), np.array_split(labels, CIFAR_BATCHES), strict=True
    )
    members = {
        f"data_batch_{i}": _batch(f"training batch {i} of {CIFAR_BATCHES}", *part)
        for i, part in enumerate(parts, 1)
    }
    members["test_batch"] = _batch("testing batch 1 of 1", *splits["test"])
    meta = {
        "num_cases_per_batch": len(images) // CIFAR_BATCHES,
        "label_names": list(classes),
        "num_vis": images[0].size,
    }
    members["batches.meta"] = python2_pickle(meta)
    _write(folder / "cifar-10-python.tar.gz", stored_gzip(_tar("cifar-10-batches-py", members)))


def stored_gzip(content: bytes) -> bytes:
    """A gzip file (RFC 1952) of `content` in stored deflate blocks (RFC 1951, 3.2.4)."""
    parts = [GZIP_HEADER]
    for start in range(0, max(len(content), 1), STORED_BLOCK_BYTES):
        block = content[start : start + STORED_BLOCK_BYTES]
        is_last = start + STORED_BLOCK_BYTES >= len(content)
        parts += [struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF), block]
    parts.append(struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF))
    return b"".join(parts)


def python2_pickle(value: object) -> bytes:
    """Protocol 2 as Python 2 wrote CIFAR-10: str is bytes, arrays are `numpy.core.multiarray` ones.

    Python 3 cannot write this, and what it writes instead, torchvision's reader does not take;
    it also names modules that numpy has moved since. For dict, list, int, str and uint8 arrays.
    """
    return pickle.PROTO + b"\x02" + _python2(value) + pickle.STOP


def _python2(value: object) -> bytes:
    match value:
        case dict():
            items = b"".join(_python2(key) + _python2(item) for key, item in value.items())
            return pickle.EMPTY_DICT + pickle.MARK + items + pickle.SETITEMS
        case list():
            items = b"".join(map(_python2, value))
            return pickle.EMPTY_LIST + pickle.MARK + items + pickle.APPENDS
        case tuple():
            return pickle.MARK + b"".join(map(_python2, value)) + pickle.TUPLE
        case None:
            return pickle.NONE
        case bool():
            return pickle.NEWTRUE if value else pickle.NEWFALSE
        case int():
            return pickle.BININT + struct.pack("<i", value)
        case str() | bytes():
            text = value.encode() if isinstance(value, str) else value
            return pickle.BINSTRING + struct.pack("<i", len(text)) + text
        case np.ndarray():
            return _python2_array(value)
    raise TypeError(type(value))


def _python2_array(array: np.ndarray) -> bytes:
    ndarray = pickle.GLOBAL + b"numpy\nndarray\n"
    empty = ndarray + _python2((0,)) + _python2("b")
    rebuild = pickle.GLOBAL + b"numpy.core.multiarray\n_reconstruct\n"
    made = rebuild + pickle.MARK + empty + pickle.TUPLE + pickle.REDUCE
    dtype = pickle.GLOBAL + b"numpy\ndtype\n" + _python2(("u1", 0, 1)) + pickle.REDUCE
    dtype += _python2((3, "|", None, None, None, -1, -1, 0)) + pickle.BUILD
    state = _python2(1) + _python2(array.shape) + dtype + _python2(False)
    state += _python2(array.tobytes())
    return made + pickle.MARK + state + pickle.TUPLE + pickle.BUILD


def _batch(label: str, images: np.ndarray, labels: np.ndarray) -> bytes:
    rows = images.reshape(len(images), -1)
    names = [f"{i:05d}.png" for i in range(len(images))]
    return python2_pickle(
        {"batch_label": label, "labels": labels.tolist(), "data": rows, "filenames": names}
    )


def _idx(array: np.ndarray) -> bytes:
    """uint8 (8) of as many dimensions, their sizes, the values."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def _tar(folder: str, members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    # tarfile.TarInfo is of time 0, user 0 and mode 644 unless told otherwise.
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return content.getvalue()


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)
