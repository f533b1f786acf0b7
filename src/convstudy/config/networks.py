"""What a network takes, read from the source of its function: no torch while a DAG is built.

The signature becomes a part of the config's schema, so that defaults, bounds and misspelt keys of a
user's own network are what they are of ours. Annotations that are understood: numbers, text,
truth values, sequences, `Literal`, `X | None`, `Annotated` with the bounds of annotated_types, and
names of such in the module or in one that it imports; whatever else there is lets anything in.
"""

import ast
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from convstudy import named
from convstudy.errors import StudyError, nearest
from convstudy.fingerprint import is_of_study, is_ours, path_of, tree

Config = dict[str, Any]
Schema = dict[str, Any]

_TYPES = {"int": "integer", "float": "number", "str": "string", "bool": "boolean"}
_SEQUENCES = {"list", "tuple", "Sequence", "Iterable", "Collection", "List", "Tuple"}
_BOUNDS = {"Ge": "minimum", "Gt": "exclusiveMinimum", "Le": "maximum", "Lt": "exclusiveMaximum"}
_LENGTHS = {"MinLen": "minItems", "MaxLen": "maxItems"}
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
    found = _signature(module, function)
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
    return "build" in _defined(tree(f"{named.PACKAGE}.models.{stem}"))


def _defined(module: ast.Module) -> dict[str, ast.stmt]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {one.name: one for one in module.body if isinstance(one, kinds)}


def _signature(module: str, function: str) -> Schema:
    """Of a function or class of a module, or of one that it imports."""
    defined = _defined(tree(module))
    where = f"{path_of(module)}"
    if function not in defined:
        if elsewhere := _imported(module, function):
            return _signature(*elsewhere)
        if function in _assigned(module):
            return _schema(module, [], [], open_ended=True)  # made at run time: checked there
        known = [name for name in defined if not name.startswith("_")]
        raise StudyError(f"{where} has no function '{function}'{nearest(function, known)}")
    node = defined[function]
    skipped = 2
    if isinstance(node, ast.ClassDef):
        made = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        made = [one for one in made if one.name == "__init__"]
        if not made:
            return _schema(module, [], [], open_ended=True)  # a base class knows
        node, skipped = made[0], 3
    assert isinstance(node, ast.FunctionDef)
    arguments = node.args
    places = [*arguments.posonlyargs, *arguments.args]
    if len(places) < skipped and arguments.vararg is None:
        raise StudyError(
            f"{where}, line {node.lineno}: {function} takes {len(places)} arguments without a name;"
            " the first two of a network are `shape, classes`"
        )
    without = [None] * (len(places) - len(arguments.defaults))
    defaults = [*without, *arguments.defaults][skipped:] + arguments.kw_defaults
    open_ended = arguments.kwarg is not None
    return _schema(module, [*places[skipped:], *arguments.kwonlyargs], defaults, open_ended)


def _schema(
    module: str, arguments: list[ast.arg], defaults: list[ast.expr | None], open_ended: bool
) -> Schema:
    properties = {}
    for one, default in zip(arguments, defaults, strict=True):
        properties[one.arg] = _type(module, one.annotation)
        if default is not None:
            with suppress(ValueError):  # what is no literal is left to the function
                value = ast.literal_eval(default)
                value = list(value) if isinstance(value, tuple) else value
                properties[one.arg] = {**properties[one.arg], "default": value}
    pairs = zip(arguments, defaults, strict=True)
    required = [one.arg for one, default in pairs if default is None]
    return {"additionalProperties": open_ended, "required": required, "properties": properties}


def _type(module: str, node: ast.expr | None) -> Schema:
    """An annotation as JSON schema; {} where it is not understood."""
    if isinstance(node, ast.Constant) and node.value is None:
        return {"type": "null"}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _type(module, ast.parse(node.value, mode="eval").body)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _either(_type(module, node.left), _type(module, node.right))
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(module, _last(node))
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _subscript(module, _last(node.value), inner)
    return {}


def _named(module: str, name: str) -> Schema:
    if name in _TYPES:
        return {"type": _TYPES[name]}
    if name in _SEQUENCES:
        return {"type": "array"}
    if name in (assigned := _assigned(module)):
        return _type(module, assigned[name])
    if elsewhere := _imported(module, name):
        return _named(*elsewhere)
    return {}


def _subscript(module: str, name: str, inner: list[ast.expr]) -> Schema:
    if name == "Literal":
        return {"enum": [ast.literal_eval(one) for one in inner]}
    if name == "Optional":
        return _either(_type(module, inner[0]), {"type": "null"})
    if name == "Annotated":
        bounds: Schema = {}
        for one in inner[1:]:
            bounds |= _bound(one)
        return {**_type(module, inner[0]), **bounds}
    if name in _SEQUENCES:
        return {"type": "array", "items": _type(module, inner[0])}
    return {}


def _bound(node: ast.expr) -> Schema:
    if not isinstance(node, ast.Call):
        return {}
    name = _last(node.func)
    values = [ast.literal_eval(one) for one in node.args]
    if name == "Len":
        return dict(zip(("minItems", "maxItems"), values, strict=False))
    key = _BOUNDS.get(name) or _LENGTHS.get(name)
    return {key: values[0]} if key else {}


def _either(one: Schema, other: Schema) -> Schema:
    if "type" in one and other == {"type": "null"}:  # whose bounds leave null alone
        return {**one, "type": [one["type"], "null"]}
    if not one or not other:
        return {}
    return {"anyOf": [one, other]}


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _assigned(module: str) -> dict[str, ast.expr]:
    """Names that a module gives to values, at its top."""
    return {
        target.id: one.value
        for one in tree(module).body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }


def _imported(module: str, name: str) -> tuple[str, str] | None:
    """Where a name comes from that a module imports: module of ours or the study's, and name."""
    for one in tree(module).body:
        if isinstance(one, ast.ImportFrom) and not one.level and one.module:
            for alias in one.names:
                seen = is_ours(one.module) or is_of_study(one.module)
                if (alias.asname or alias.name) == name and seen:
                    return one.module, alias.name
    return None
