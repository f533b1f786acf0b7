"""NumPy's archive of arrays (`numpy.savez`), for images that are arrays already.

One file with images and labels for training and test, under the names that are used for them:
`train_images` (MedMNIST), `x_train` (Keras) and their like. `classes` may name the labels.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convstudy.datasets.formats.archive import limited
from convstudy.datasets.formats.labels import named, plain
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

_SPLITS = {"train": ("train",), "test": ("test",), "validation": ("val", "valid", "validation")}
_ROLES = {"images": ("images", "x", "data"), "labels": ("labels", "y", "targets")}
_CHANNELS = (1, 3)


def load(files: Mapping[str, Path], options: Mapping[str, Any]) -> Raw:
    """Images uint8 (N, C, H, W) from the one file.

    Option `classes` names the labels, which are counted from `first_label`; without it the file's
    own `classes` do, or their numbers. Raises `StudyError` naming what is missing, can be read in
    two ways, or does not fit.
    """
    if len(files) != 1:
        raise StudyError(f"format npz is one file; {', '.join(files) or 'none'} are listed.")
    (path,) = files.values()
    arrays = _read(path)
    parts = _parts(path, arrays)
    said: dict[str, Any] = {}
    if "test" not in parts and "validation" in parts:
        parts["test"] = parts.pop("validation")
        said["test_folder"] = parts["test"]["images"]
    if spare := parts.pop("validation", None):
        said["left_out"] = {"validation": len(arrays[spare["images"]])}
    images = _images(path, {part["images"]: arrays[part["images"]] for part in parts.values()})
    labels = [plain(arrays[part["labels"]], f"{path}: {part['labels']}") for part in parts.values()]
    if len({each.dtype.kind for each in labels}) > 1:
        raise StudyError(f"{path}: labels are numbers in one split and names in the other.")
    given = arrays.get("classes")
    if given is not None and given.ndim != 1:
        raise StudyError(f"{path}: classes has shape {given.shape}; give one name per class, (K,).")
    names = options.get("classes") or (None if given is None else given.tolist())
    labels, classes = named(labels, names, options.get("first_label"), str(path))
    tensors = [torch.from_numpy(each) for each in labels]
    if len(images) == 1:
        images.append(images[0][:0])
        tensors.append(tensors[0][:0])
    return Raw(images[0], tensors[0], images[1], tensors[1], classes, said)


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            limited(path, sum(member.file_size for member in archive.zip.infolist()))
            inside, arrays = set(archive.zip.namelist()), {}
            for name, found in archive.items():
                if isinstance(found, np.ndarray) and _is_whole(found):
                    arrays[name] = found
                elif f"{name}.npy" in inside:  # other files may lie beside arrays
                    raise ValueError(f"{name}.npy in it is damaged")
            return arrays
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to fetch it.") from None
    except StudyError:
        raise
    except Exception as error:  # at a damaged file numpy raises nearly anything
        said = str(error) or type(error).__name__
        if said.startswith("Object arrays"):
            raise StudyError(
                f"{path} holds an array of Python objects (dtype object). Give it a type of its "
                "own, as labels.astype(str) or numpy.stack(images), and save it again."
            ) from None
        raise StudyError(
            f"{path} cannot be read as an npz file ({said}). Write it by numpy.savez."
        ) from None


def _is_whole(array: np.ndarray) -> bool:
    """Whether its values lie in the file, and text is of characters that there are.

    numpy looks at neither: values of no bytes may be as many as a header likes.
    """
    if not array.nbytes:
        return not array.size
    if array.dtype.kind != "U":
        return True
    codes = np.ascontiguousarray(array).view(array.dtype.byteorder + "u4")
    return bool(codes.max() <= sys.maxunicode)


def _parts(path: Path, arrays: Mapping[str, np.ndarray]) -> dict[str, dict[str, str]]:
    """Split → role → the name of its array; without a test split if the file has none."""
    parts: dict[str, dict[str, str]] = {}
    for split, splits in _SPLITS.items():
        for role, roles in _ROLES.items():
            wanted = {f"{a}_{b}" for s in splits for r in roles for a, b in ((s, r), (r, s))}
            found = [name for name in arrays if name.lower() in wanted]
            if len(found) > 1:
                raise StudyError(
                    f"{path} has several arrays for {split} {role}: {', '.join(found)}; leave one."
                )
            if found:
                parts.setdefault(split, {})[role] = found[0]
    parts.setdefault("train", {})
    missing = [f"{s}_{r}" for s, part in parts.items() for r in _ROLES if r not in part]
    if missing:
        raise StudyError(
            f"{path} lacks {', '.join(missing)}; it holds {', '.join(arrays) or 'nothing'}. "
            "See docs/extending.md for what it has to hold."
        )
    return parts


def _images(path: Path, arrays: Mapping[str, np.ndarray]) -> list[torch.Tensor]:
    """uint8 (N, C, H, W), contiguous; both splits are read in the same way."""
    for name, array in arrays.items():
        if array.ndim not in (3, 4) or array.dtype.kind not in "biuf" or not array.size:
            raise _unreadable(path, name, array)
    bytes_ = [_as_bytes(path, name, array, arrays) for name, array in arrays.items()]
    return [
        torch.from_numpy(np.ascontiguousarray(_channels_first(path, name, array)))
        for name, array in zip(arrays, bytes_, strict=True)
    ]


def _as_bytes(
    path: Path, name: str, array: np.ndarray, all_: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Grey values 0-255; floats may be from 0 to 1 if those of every split are."""
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind == "b":
        return array.astype(np.uint8) * np.uint8(255)
    low, high = array.min(), array.max()
    whole = array.dtype.kind in "iu" or bool((array == np.floor(array)).all())
    unit = array.dtype.kind == "f" and max(float(each.max()) for each in all_.values()) <= 1
    if low >= 0 and unit:
        scaled: np.ndarray = np.rint(array * 255).astype(np.uint8)
        return scaled
    if low >= 0 and high <= 255 and whole:
        return array.astype(np.uint8)
    raise StudyError(
        f"{path}: {name} is {array.dtype} with values from {low:g} to {high:g}, which can be read "
        "in more than one way; give uint8 from 0 to 255, or floats from 0 to 1."
    )


def _channels_first(path: Path, name: str, array: np.ndarray) -> np.ndarray:
    if array.ndim == 3:
        return array[:, None]
    first, last = (array.shape[axis] in _CHANNELS for axis in (1, 3))
    if first == last:
        raise _unreadable(path, name, array)
    if first:
        return array
    moved: np.ndarray = np.moveaxis(array, 3, 1)
    return moved


def _unreadable(path: Path, name: str, array: np.ndarray) -> StudyError:
    return StudyError(
        f"{path}: {name} is {array.dtype} of shape {array.shape}; give uint8 (N, H, W) for grey or "
        "(N, H, W, 3) or (N, 3, H, W) for colour images, values from 0 to 255."
    )
