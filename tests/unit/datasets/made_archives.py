"""Image files of random pixels, in folders, tars and zips."""

import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image


def picture(
    seed: int, size: tuple[int, int] = (8, 6), mode: str = "RGB", kind: str = "PNG"
) -> bytes:
    """An image file of random pixels; size is (height, width)."""
    shape = size if mode == "L" else (*size, 3)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def pictures() -> dict[str, bytes]:
    """Member name → contents: classes cat and dog, three train and two test images of each."""
    return {
        f"{split}/{name}/{i}.png": picture(1000 * (split == "test") + 100 * (name == "dog") + i)
        for split, count in (("train", 3), ("test", 2))
        for name in ("dog", "cat")
        for i in range(count)
    }


def write_folder(folder: Path, members: dict[str, bytes]) -> Path:
    for name, content in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def write_tar(path: Path, members: dict[str, bytes], *special: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in special:
            tar.addfile(member)
    return path


def write_zip(path: Path, members: dict[str, bytes], *special: zipfile.ZipInfo) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        for member in special:
            archive.writestr(member, b"target")
    return path
