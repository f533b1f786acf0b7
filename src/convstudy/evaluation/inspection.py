"""What networks cost and whether they can be trained, found before there are images for them."""

import argparse
from bisect import bisect_left
from collections.abc import Collection
from contextlib import suppress
from inspect import signature
from itertools import product
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from convstudy import models
from convstudy.config import read_slice
from convstudy.config.networks import of_network
from convstudy.errors import StudyError
from convstudy.files import write_json
from convstudy.models import cost

_LARGEST = 300  # no network of torchvision needs larger images
# Of images that are not known yet; a network that none of them lets be built never is.
_SHAPES, _CLASSES = ((1, 28, 28), (3, 32, 32), (3, 224, 224)), (2, 10, 1000)
_BATCH = 2  # normalisation over one image of one pixel would fail


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy inspect", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="JSON, {key: what was found}")
    options = parser.parse_args(argv)
    found: dict[str, dict[str, Any]] = {}
    for key, one in read_slice().items():
        found[key] = inspect(**one)
        write_json(options.output, found)  # after each: the next one may end the process


def inspect(model: dict[str, Any], shape: list[int], classes: int) -> dict[str, Any]:
    """Build `model`, a network of the config, and take it through a step forward and back.

    Returns `parameters`, `macs` (of one image of `shape`, (C, H, W)) and `activations` (bytes that
    one image's step keeps for its gradient). Of one that cannot be trained: `fault`, why, in words;
    `of_network`, whether another machine would say the same; `of_size`, whether larger images would
    do; `of_all_images`, whether it is so whatever the images. Trained weights of a library are not
    fetched.
    """
    of_library = "/" in model["name"]
    untrained = {key: value for key, value in model.items() if key != "weights" or not of_library}
    try:
        try:
            found = _step(untrained, shape, classes, "meta")
        except Exception as error:
            if not _asks_for_values(error):
                raise
            found = _step(untrained, shape, classes, "cpu")
        with suppress(Exception, SystemExit):  # of a try on the meta device, which proves nothing
            return _with_idle_keys(untrained, shape, classes) or found
        return found
    except (Exception, SystemExit) as error:
        size = _size_that_it_takes(untrained, shape, classes)
        words = str(error) if isinstance(error, StudyError) else models.said(error)
        return {
            "fault": words + (f"; it takes images from {size}×{size}" if size else ""),
            "of_network": not _is_of_machine(error),
            "of_size": size is not None,
            "of_all_images": not _can_be_built(untrained),
        }


def _can_be_built(model: dict[str, Any]) -> bool:
    """Whether images of some shape, and some number of classes, get as far as into the network."""
    begun: list[bool] = []
    hook = nn.modules.module.register_module_forward_pre_hook(lambda *_: begun.append(True))
    try:
        for shape, classes in product(_SHAPES, _CLASSES):
            try:
                with torch.device("meta"):
                    models.build(**model, shape=shape, classes=classes)
            except (Exception, SystemExit) as error:
                if begun or _asks_for_values(error):
                    return True
            else:
                return True
    finally:
        hook.remove()
    return False


def _with_idle_keys(model: dict[str, Any], shape: list[int], classes: int) -> dict[str, Any] | None:
    """The fault of a network whose function, with `**keys`, took some and made nothing of them.

    Those without which the network is the same, and that neither the function nor the class of the
    network knows by name.
    """

    def built(keys: Collection[str]) -> tuple[nn.Module, str]:
        with torch.device("meta"):
            arguments = {key: model[key] for key in ("name", *keys)}
            channels, height, width = shape
            network = models.build(**arguments, shape=(channels, height, width), classes=classes)
        sizes = [(name, tuple(one.shape)) for name, one in network.named_parameters()]
        return network, f"{network} {sizes}"

    known = of_network(model["name"]).model_fields.items()
    keys = {*model} - {"name"}
    if not (odd := sorted(keys - {one.alias or name for name, one in known})):
        return None
    network, made = built(keys)
    of_class = signature(type(network)).parameters
    takes_all = any(one.kind is one.VAR_KEYWORD for one in of_class.values())
    if takes_all and "/" not in model["name"]:  # a class of the study's may use them later
        return None
    idle = [one for one in odd if one not in of_class and built(keys - {one})[1] == made]
    if not idle:
        return None
    fault = (
        f"model: {', '.join(map(repr, idle))} makes no difference to {model['name']}: misspelt, or "
        "what it has without; mend it or leave it out"
    )
    return {"fault": fault, "of_network": True, "of_size": False, "of_all_images": True}


def _asks_for_values(error: BaseException) -> bool:
    """Whether it fails since tensors of the meta device have a shape and nothing else."""
    cause = error.__context__ or error
    return isinstance(cause, NotImplementedError) or "meta" in str(cause).lower()


def _is_of_machine(error: BaseException) -> bool:
    """Whether a file, a library, memory or a GPU is missing, which another machine may have."""
    cause = error.__context__ or error
    missing = any(word in str(cause).lower() for word in ("cuda", "nvidia", "allocate memory"))
    return missing or isinstance(cause, ImportError | MemoryError | OSError)


def _size_that_it_takes(model: dict[str, Any], shape: list[int], classes: int) -> int | None:
    """For whom the images are too small: from which size it takes square ones."""

    def takes(size: int, more: int = 0) -> bool:
        with suppress(Exception, SystemExit):
            return bool(_step(model, [shape[0], size, size + more], classes, "meta"))
        return False

    if max(shape[1:]) >= _LARGEST or not takes(_LARGEST):
        return None
    sizes = range(max(shape[1:]) + 1, _LARGEST + 1)
    size = sizes[bisect_left(sizes, True, key=takes)]
    # Of one that wants sides divisible by something, or equal, this says nothing.
    return size if takes(size, 1) and takes(size + 1) and takes(size + 2) else None


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
