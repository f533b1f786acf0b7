"""Networks: one module per family, imported only when asked for.

A network is a function `build(shape, classes, *, …)` in a module of its own; the keyword arguments
are the keys that config.yaml may give it. Networks know nothing of data sets or recipes.

Activation functions work in place, where nobody needs what they overwrite: the same bits, less
memory to fetch. Who looks into a network with hooks has to copy what it sees.
"""

import importlib
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convstudy.errors import StudyError, nearest

if TYPE_CHECKING:
    from torch import nn

# Fetched by name and not by an import statement: statements are what the code fingerprint of every
# experiment follows, and a new line in the table must not retrain the networks that stand.
MODELS: dict[str, str] = importlib.import_module("convstudy.models.known").MODELS


def module_of(name: str) -> str:
    """Dotted name of the module that builds the network `name`.

    Raises `StudyError` with the nearest name, or all, if there is none.
    """
    if name not in MODELS:
        raise StudyError(f"model.name: there is no network '{name}'{nearest(name, MODELS)}")
    return MODELS[name]


def build(name: str, shape: tuple[int, int, int], classes: int, **arguments: Any) -> "nn.Module":
    """The network `name`, images (N, C, H, W) → logits (N, classes), freshly initialised.

    `shape` is (C, H, W). Initialisation is PyTorch's default, from its global generator. Raises
    `StudyError` for an unknown network, arguments it does not take, and images too small for it.
    """
    make = importlib.import_module(module_of(name)).build
    _check_arguments(name, make, arguments)
    model: nn.Module = make(tuple(shape), classes, **arguments)
    return model


def _check_arguments(name: str, make: Callable[..., Any], given: dict[str, Any]) -> None:
    """Raise one `StudyError` for all arguments that are missing or not known."""
    every = inspect.signature(make).parameters.values()
    takes = {one.name: one for one in every if one.kind is one.KEYWORD_ONLY}
    faults = [f"takes no '{key}'{nearest(key, takes)}" for key in given if key not in takes]
    faults += [
        f"needs '{key}'"
        for key, one in takes.items()
        if one.default is one.empty and key not in given
    ]
    if faults:
        raise StudyError(
            f"model: {name} {' and '.join(faults)}. "
            f"It takes: {', '.join(_spell(one) for one in takes.values())}."
        )


def _spell(parameter: inspect.Parameter) -> str:
    required = parameter.default is parameter.empty
    return parameter.name if required else f"{parameter.name} (default {parameter.default})"
