"""What a function takes, read from its source and put as a JSON schema.

Annotations that are understood: numbers, text, truth values, sequences, `Literal`, `X | None`,
`Annotated` with the bounds of annotated_types, and names of such in the module or in one that it
imports; whatever else there is lets anything in.
"""

import ast
from contextlib import suppress
from typing import Any

from convstudy.errors import StudyError, nearest
from convstudy.fingerprint import is_of_study, is_ours, path_of, tree

Schema = dict[str, Any]

_TYPES = {"int": "integer", "float": "number", "str": "string", "bool": "boolean"}
_SEQUENCES = {"list", "tuple", "Sequence", "Iterable", "Collection", "List", "Tuple"}
_BOUNDS = {"Ge": "minimum", "Gt": "exclusiveMinimum", "Le": "maximum", "Lt": "exclusiveMaximum"}
_LENGTHS = {"MinLen": "minItems", "MaxLen": "maxItems"}


def defined_in(module: ast.Module) -> dict[str, ast.stmt]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {one.name: one for one in module.body if isinstance(one, kinds)}


def signature(module: str, function: str) -> Schema:
    """Of a function or class of a module, or of one that it imports."""
    defined = defined_in(tree(module))
    where = f"{path_of(module)}"
    if function not in defined:
        if elsewhere := imported(module, function):
            return signature(*elsewhere)
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
    if elsewhere := imported(module, name):
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


def imported(module: str, name: str) -> tuple[str, str] | None:
    """Where a name comes from that a module imports: module of ours or the study's, and name."""
    for one in tree(module).body:
        if isinstance(one, ast.ImportFrom) and not one.level and one.module:
            for alias in one.names:
                seen = is_ours(one.module) or is_of_study(one.module)
                if (alias.asname or alias.name) == name and seen:
                    return one.module, alias.name
    return None
