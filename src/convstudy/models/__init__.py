"""Networks: one module per family, imported only when asked for.

A network is a function `build(shape, classes, *, …)` in a module of its own; the keyword arguments
are the keys that config.yaml may give it. Networks know nothing of data sets or recipes. A study
may bring its own (docs/extending.md).

Activation functions work in place, where nobody needs what they overwrite: the same bits, less
memory to fetch. Who looks into a network with hooks has to copy what it sees.
"""

import importlib
import inspect
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convstudy import named
from convstudy.errors import StudyError, nearest

if TYPE_CHECKING:
    from torch import nn


def build(name: str, shape: tuple[int, int, int], classes: int, **arguments: Any) -> "nn.Module":
    """The network `name`, images (N, C, H, W) → logits (N, classes), freshly initialised.

    `shape` is (C, H, W). Initialisation is PyTorch's default, from its global generator. Raises
    `StudyError` for an unknown network, arguments it does not take, images too small for it, and
    whatever goes wrong in a network of the study's own.
    """
    make = _function(name)
    if "/" in name:
        arguments["name"] = name.partition("/")[2]
    _check_arguments(name, make, arguments)
    if named.is_ours(name):
        model: nn.Module = make(tuple(shape), classes, **arguments)
        return model
    return _tried(name, make, tuple(shape), classes, arguments)


def _function(name: str) -> Callable[..., Any]:
    module, function = named.network(name)
    try:
        found = getattr(importlib.import_module(module), function, None)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise StudyError(f"model.name: {name} needs {error.name}, which is not there") from None
        raise StudyError(f"model.name: there is no network '{name}'") from None
    except Exception as error:
        raise StudyError(f"model.name: {name} cannot be imported: {said(error)}") from error
    if not callable(found):
        raise StudyError(f"model.name: {module} has no function '{function}'")
    return found  # type: ignore[no-any-return]


def _tried(
    name: str,
    make: Callable[..., Any],
    shape: tuple[int, ...],
    classes: int,
    arguments: dict[str, Any],
) -> "nn.Module":
    """A network that nobody here wrote, after two black images have passed through it."""
    import torch

    try:
        model = make(shape, classes, **arguments)
        if not isinstance(model, torch.nn.Module):
            raise StudyError(f"{name} gives {type(model).__name__}; return a torch.nn.Module")
        device = next(model.parameters(), torch.empty(0)).device
        modes = [(one, one.training) for one in model.modules()]
        with torch.no_grad(), torch.random.fork_rng():
            found = model.eval()(torch.zeros(2, *shape, device=device))
        for one, training in modes:
            one.training = training
    except StudyError:
        raise
    except Exception as error:
        size = "×".join(map(str, shape))
        raise StudyError(f"{name} fails on images of {size}: {said(error)}") from error
    if not isinstance(found, torch.Tensor) or found.shape != (2, classes):
        given = tuple(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
        raise StudyError(
            f"{name} gives {given} for 2 images of {classes} classes; return logits (2, {classes})"
        )
    return model


def said(error: BaseException) -> str:
    """One line: what was raised, and where in the study's folder, if it was there."""
    own = [one for one in traceback.extract_tb(error.__traceback__) if _is_own(one.filename)]
    where = f" ({own[-1].filename}, line {own[-1].lineno})" if own else ""
    first_line = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first_line}{where}"


def _is_own(file: str) -> bool:
    path, package = Path(file), Path(__file__).parents[1]
    return path.is_relative_to(Path.cwd()) and not (
        path.is_relative_to(package) or "site-packages" in path.parts
    )


def _check_arguments(name: str, make: Callable[..., Any], given: dict[str, Any]) -> None:
    """Raise one `StudyError` for all arguments that are missing or not known."""
    parameters = list(inspect.signature(make).parameters.values())
    takes = {one.name: one for one in parameters if one.kind is one.KEYWORD_ONLY}
    takes |= {o.name: o for o in parameters[2:] if o.kind is o.POSITIONAL_OR_KEYWORD}
    any_key = any(one.kind is one.VAR_KEYWORD for one in parameters)
    unknown = [] if any_key else [key for key in given if key not in takes]
    faults = [f"takes no '{key}'{nearest(key, takes)}" for key in unknown]
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
