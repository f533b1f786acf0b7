"""The data sets of torchvision, read from its source: its import costs a DAG too much time."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from convstudy.errors import StudyError, nearest

Config = dict[str, Any]

LISTED = "torchvision.json"  # all files of a data set with their checksums, beside them
# What the study itself passes, and functions, which YAML has none of.
_NOT_GIVEN = {"root", "download", "transform", "target_transform", "transforms"}
_NOT_GIVEN |= {"loader", "is_valid_file", "extensions"}


def faults(key: str, asked: Config) -> Iterator[str]:
    """Every fault of `torchvision: {name, arguments, train, test}`, which `key` names."""
    name = asked["name"]
    try:
        known = classes()
        if name not in known:
            yield f"{key}.name: torchvision has no data set '{name}'{nearest(name, sorted(known))}"
            return
        given = {part: asked[part] for part in ("arguments", "train", "test") if asked.get(part)}
        takes = parameters(name)
    except StudyError as fault:
        yield f"{key}: {fault}"
        return
    can_be_given = sorted(takes.keys() - _NOT_GIVEN - {"train"})
    for part, arguments in given.items():
        for argument in arguments:
            if argument not in can_be_given:
                said = nearest(argument, can_be_given)
                yield f"{key}.{part}: '{argument}' cannot be given to torchvision's {name}{said}"
    if "split" in asked["arguments"] and "split" in takes and "train" not in takes:
        yield f"{key}.arguments: give 'split' of {name} under 'train' and 'test', each its own"
    of_both = set(asked.get("train", {})) & set(asked.get("test", {}))
    set_here = _NOT_GIVEN | ({"train"} if "train" in takes else {"split"})
    for argument, has_default in takes.items():
        if not has_default and argument not in {*asked["arguments"], *of_both, *set_here}:
            yield f"{key}.arguments: torchvision's {name} needs '{argument}'"


def splits(asked: Config) -> tuple[Config, Config | None]:
    """Arguments for the training and the test set; None for a class that tells them not apart."""
    takes, arguments = parameters(asked["name"]), asked["arguments"]
    train: Config
    test: Config
    if "train" in takes:
        train, test = {"train": True}, {"train": False}
    elif "split" in takes:
        train, test = {"split": "train"}, {"split": "test"}
    elif not asked.get("test"):
        return {**arguments, **asked.get("train", {})}, None
    else:
        train, test = {}, {}
    return (
        {**arguments, **train, **asked.get("train", {})},
        {**arguments, **test, **asked.get("test", {})},
    )


def is_generated(dataset: Config) -> bool:
    """Whether a data set of the config is made up, by us or by torchvision's FakeData."""
    named = dataset.get("torchvision", {}).get("name")
    return "generator" in dataset or named == "FakeData"


@cache
def classes() -> dict[str, str]:
    """Names of all data sets of the installed torchvision, and the modules that they are in."""
    return {
        alias.name: one.module
        for one in _tree("__init__").body
        if isinstance(one, ast.ImportFrom) and one.level == 1 and one.module
        for alias in one.names
    }


@cache
def parameters(name: str) -> dict[str, bool]:
    """What a data set's constructor takes: {argument: whether it has a default}."""
    return _parameters(classes()[name], name)


def _parameters(module: str, name: str) -> dict[str, bool]:
    kinds = [one for one in _tree(module).body if isinstance(one, ast.ClassDef)]
    found = [one for one in kinds if one.name == name]
    if not found:
        elsewhere = _imported(module, name)
        return _parameters(elsewhere, name) if elsewhere else {}
    functions = [one for one in found[0].body if isinstance(one, ast.FunctionDef)]
    own = [_taken(one.args) for one in functions if one.name == "__init__"]
    if own and not any(one.args.kwarg for one in functions if one.name == "__init__"):
        return own[0]
    takes: dict[str, bool] = {}
    for base in found[0].bases:
        if isinstance(base, ast.Name):
            takes |= _parameters(module, base.id)
    return takes | (own[0] if own else {})


def _taken(arguments: ast.arguments) -> dict[str, bool]:
    places = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    without = len(places) - len(arguments.defaults)
    takes = {one: place >= without for place, one in enumerate(places) if place}
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return takes | {one.arg: default is not None for one, default in named}


def _imported(module: str, name: str) -> str | None:
    for one in _tree(module).body:
        if isinstance(one, ast.ImportFrom) and name in [alias.name for alias in one.names]:
            return one.module
    return None


@cache
def _tree(module: str) -> ast.Module:
    package = find_spec("torchvision")
    if package is None or not package.submodule_search_locations:
        raise StudyError("torchvision is not installed. Install it: pip install torchvision.")
    path = Path(package.submodule_search_locations[0], "datasets", f"{module}.py")
    return ast.parse(path.read_bytes())
