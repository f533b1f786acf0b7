"""Which networks and layers there are, and what networks take, without importing them.

The signature of a network's function becomes a part of the config's schema, so that defaults,
bounds and misspelt keys of a user's own network are what they are of ours.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from convstudy import named
from convstudy.config.signatures import Schema, defined_in, imported, signature
from convstudy.errors import StudyError, nearest
from convstudy.fingerprint import is_of_study, is_ours, path_of, tree

Config = dict[str, Any]
_NAME = r"^([A-Za-z_]\w*(\.[A-Za-z_]\w*)*|(torchvision|timm)/[A-Za-z0-9_.]+)\Z"


def described(config: Config, schema: Schema) -> tuple[Schema, list[str]]:
    """The schema with what each network of the config takes, and faults of unknown networks."""
    branches, faults = [], []
    known: dict[str, Schema | str] = {}
    for key, name in _asked(config):
        if name not in known:
            try:
                known[name] = of_network(name)
            except StudyError as error:
                known[name] = str(error)
        if isinstance(found := known[name], str):
            faults.append(f"{key}: {found}")
    faults += _faults_of_layers(config)
    for name, takes in known.items():
        if not isinstance(takes, str):
            branches.append({"if": {"properties": {"name": {"const": name}}}, "then": takes})
    properties = {"name": {"type": "string", "pattern": _NAME}}
    model = {"type": "object", "required": ["name"], "properties": properties, "allOf": branches}
    if not branches:
        del model["allOf"]
    return {**schema, "$defs": {**schema["$defs"], "model": model}}, faults


def _asked(config: Config) -> Iterator[tuple[str, str]]:
    """Every name of a network in the config, with its key; other shapes are passed over."""
    scales = config.get("scales")
    parts = [("experiments", config.get("experiments"))]
    for scale, one in scales.items() if isinstance(scales, dict) else ():
        if isinstance(one, dict):
            parts.append((f"scales.{scale}.experiments", one.get("experiments")))
    for at, experiments in parts:
        for experiment, one in experiments.items() if isinstance(experiments, dict) else ():
            with suppress(TypeError, KeyError, AttributeError):
                yield from _text(f"{at}.{experiment}.model.name", [one["model"]["name"]])
            with suppress(TypeError, KeyError, AttributeError):
                yield from _text(f"{at}.{experiment}.axes.model.name", one["axes"]["model.name"])


def _text(key: str, names: list[Any]) -> Iterator[tuple[str, str]]:
    yield from ((key, name) for name in names if isinstance(name, str))


def _faults_of_layers(config: Config) -> Iterator[str]:
    """A sentence for each layer of a section that there is not."""
    sections = config.get("sections")
    for section, one in sections.items() if isinstance(sections, dict) else ():
        layers = one.get("layers") if isinstance(one, dict) else None
        for layer in layers if isinstance(layers, list) else ():
            module = named.layer(str(layer))
            key, made = f"sections.{section}.layers", str(layer).rpartition(".")[2]
            if is_ours(module):
                known = [
                    path.stem for path in path_of(f"{named.PACKAGE}.layers").parent.glob("*.py")
                ]
                known = sorted(name for name in known if name != "__init__")
                if layer not in known:
                    yield f"{key}: there is no layer '{layer}'{nearest(layer, known)}"
            elif not is_of_study(module):
                yield f"{key}: there is no module {module}: {path_of(module)} is missing"
            elif made not in defined_in(tree(module)) and not imported(module, made):
                yield f"{key}: {path_of(module)} has no class '{made}'"


def of_network(name: str) -> Schema:
    """JSON schema of the arguments of a network; `StudyError` if there is no such network."""
    module, function = named.network(name)
    if named.is_ours(name):
        if name not in ours():
            raise StudyError(f"there is no network '{name}'{nearest(name, ours())}")
    elif "/" in name:
        if name.partition("/")[0] not in named.LIBRARIES:
            raise StudyError(f"'{name}': only {' and '.join(named.LIBRARIES)} are known by name")
    elif not is_of_study(module):
        raise StudyError(f"there is no module {module}: {path_of(module)} is missing")
    found = signature(module, function)
    if "/" in name:
        del found["properties"]["name"]
        found["required"].remove("name")
    return {**found, "properties": {"name": {}, **found["properties"]}}


@cache
def ours() -> list[str]:
    """Names of the networks of the package: the modules of its folder that build one."""
    folder = path_of(f"{named.PACKAGE}.models").parent
    return sorted(path.stem for path in folder.glob("*.py") if _builds(path.stem))


def _builds(stem: str) -> bool:
    """Whether a module of our folder of networks is one."""
    if stem.startswith(("_", "of_")):
        return False
    return "build" in defined_in(tree(f"{named.PACKAGE}.models.{stem}"))
