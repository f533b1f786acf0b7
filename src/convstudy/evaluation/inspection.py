"""What networks cost and whether they can be trained, found before there are images for them."""

import argparse
from bisect import bisect_left
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from convstudy import models
from convstudy.config import read_slice
from convstudy.errors import StudyError
from convstudy.files import write_json
from convstudy.models import cost

_LARGEST = 300  # no network of torchvision needs larger images
_BATCH = 2  # normalisation over one image of one pixel would fail


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy inspect", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="JSON, {key: what was found}")
    options = parser.parse_args(argv)
    write_json(options.output, {key: inspect(**one) for key, one in read_slice().items()})


def inspect(model: dict[str, Any], shape: list[int], classes: int) -> dict[str, Any]:
    """Build `model`, a network of the config, and take it through a step forward and back.

    Returns `parameters`, `macs` (of one image of `shape`, (C, H, W)) and `activations` (bytes that
    one image's step keeps for its gradient), or `fault`: why it cannot be trained, in words.
    Trained weights of a library are not fetched.
    """
    of_library = "/" in model["name"]
    untrained = {key: value for key, value in model.items() if key != "weights" or not of_library}
    try:
        return _step(untrained, shape, classes, "meta")
    except Exception:  # also where a network looks at a value, of which this device has none
        try:
            return _step(untrained, shape, classes, "cpu")
        except StudyError as error:
            return {"fault": f"{error}{_size_that_it_takes(untrained, shape, classes)}"}
        except Exception as error:
            return {"fault": f"{model['name']} cannot be trained: {models.said(error)}"}


def _size_that_it_takes(model: dict[str, Any], shape: list[int], classes: int) -> str:
    """For whom the images are too small: from which size it takes square ones, in words."""

    def takes(size: int) -> bool:
        with suppress(Exception):
            return bool(_step(model, [shape[0], size, size], classes, "meta"))
        return False

    if not takes(_LARGEST):
        return ""
    size = bisect_left(range(_LARGEST), True, key=takes)
    return f"; it takes images from {size}×{size}"


def _step(model: dict[str, Any], shape: list[int], classes: int, device: str) -> dict[str, Any]:
    channels, height, width = shape
    with torch.device(device):
        network = models.build(**model, shape=(channels, height, width), classes=classes)
        images, labels = torch.zeros(_BATCH, *shape), torch.zeros(_BATCH, dtype=torch.int64)
    macs = cost.macs(network, (channels, height, width))
    counted = {"parameters": cost.parameters(network), "macs": macs}
    kept = _Kept(network)
    with torch.autograd.graph.saved_tensors_hooks(kept.add, lambda tensor: tensor):
        logits = network.train()(images)
    nn.functional.cross_entropy(logits, labels).backward()
    return {**counted, "activations": kept.bytes // _BATCH}


class _Kept:
    """Bytes of all that a step keeps for its gradients, each storage once, weights apart."""

    def __init__(self, network: nn.Module) -> None:
        self.bytes = 0
        self._storages: Any = {}  # kept too, since a freed one's address would be used again
        for one in (*network.parameters(), *network.buffers()):
            self._storages[one.untyped_storage()._cdata] = one.untyped_storage()

    def add(self, tensor: Tensor) -> Tensor:
        storage: Any = tensor.untyped_storage()
        if storage._cdata not in self._storages:
            self._storages[storage._cdata] = storage
            self.bytes += storage.nbytes()
        return tensor
