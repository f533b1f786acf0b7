"""What a function takes, read from its source and put as a model of pydantic.

Annotations that are understood: numbers, text, truth values, sequences, `Literal`, `X | None`,
`Annotated` with the bounds of annotated_types, and names of such in the module or in one that it
imports; whatever else there is lets anything in.
"""

import ast
from typing import Annotated, Any, Literal, Optional, Union, get_args, get_origin

import annotated_types
from pydantic import ConfigDict, Field, create_model

from convstudy.config.fields import Exactly, Settings, absent, one_of_several
from convstudy.errors import StudyError, nearest
from convstudy.fingerprint import is_of_study, is_ours, path_of, tree

_TYPES = {"int": int, "float": float, "str": str, "bool": bool}
_SEQUENCES = {"list", "tuple", "Sequence", "Iterable", "Collection", "List", "Tuple"}
_BOUNDS = ("Ge", "Gt", "Le", "Lt")
_LENGTHS = ("Len", "MinLen", "MaxLen")


def defined_in(module: ast.Module) -> dict[str, ast.stmt]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {one.name: one for one in module.body if isinstance(one, kinds)}


def signature(module: str, function: str) -> type[Settings]:
    """Of a function or class of a module, or of one that it imports."""
    defined = defined_in(tree(module))
    where = f"{path_of(module)}"
    if function not in defined:
        if elsewhere := imported(module, function):
            return signature(*elsewhere)
        if function in _assigned(module):
            return _model(module, [], [], open_ended=True)  # made at run time: checked there
        known = [name for name in defined if not name.startswith("_")]
        raise StudyError(f"{where} has no function '{function}'{nearest(function, known)}")
    node = defined[function]
    skipped = 2
    if isinstance(node, ast.ClassDef):
        made = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        made = [one for one in made if one.name == "__init__"]
        if not made:
            return _model(module, [], [], open_ended=True)  # a base class knows
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
    return _model(module, [*places[skipped:], *arguments.kwonlyargs], defaults, open_ended)


def _model(
    module: str, arguments: list[ast.arg], defaults: list[ast.expr | None], open_ended: bool
) -> type[Settings]:
    """A model of these arguments; its fields have names of their own, `arg0`, and theirs as alias.

    Beside them it has the network's name. A default that is no literal is left to the function.
    """
    fields: dict[str, Any] = {"name": (str, ...)}
    for place, (one, default) in enumerate(zip(arguments, defaults, strict=True)):
        if one.arg != "name":  # which a library's networks are built by
            field = Field(alias=one.arg) if default is None else _optional(one.arg, default)
            fields[f"arg{place}"] = (_type(module, one.annotation), field)
    base = _OpenEnded if open_ended else Settings
    return create_model("Arguments", __base__=base, **fields)


def _optional(name: str, default: ast.expr) -> Any:
    try:
        value = ast.literal_eval(default)
    except ValueError:
        return absent(alias=name)
    return Field(list(value) if isinstance(value, tuple) else value, alias=name)


class _OpenEnded(Settings):
    model_config = ConfigDict(extra="allow")


def _type(module: str, node: ast.expr | None) -> Any:
    """An annotation as a type that pydantic knows; Any where it is not understood."""
    if isinstance(node, ast.Constant) and node.value is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _type(module, ast.parse(node.value, mode="eval").body)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _either(_type(module, node.left), _type(module, node.right))
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(module, _last(node))
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _subscript(module, _last(node.value), inner)
    return Any


def _named(module: str, name: str) -> Any:
    if name in _TYPES:
        return _TYPES[name]
    if name in _SEQUENCES:
        return list[Any]
    if name in (assigned := _assigned(module)):
        return _type(module, assigned[name])
    if elsewhere := imported(module, name):
        return _named(*elsewhere)
    return Any


def _subscript(module: str, name: str, inner: list[ast.expr]) -> Any:
    if name == "Literal":
        values = tuple(ast.literal_eval(one) for one in inner)
        return Annotated[Literal[values], Exactly]
    if name == "Optional":
        return _either(_type(module, inner[0]), None)
    if name == "Annotated":
        return _bounded(_type(module, inner[0]), inner[1:])
    if name in _SEQUENCES:
        return list[_type(module, inner[0])]  # type: ignore[misc]
    return Any


def _bounded(kind: Any, nodes: list[ast.expr]) -> Any:
    """The type with those bounds that it can have; whose bounds leave null alone."""
    plain, *null = get_args(kind) if get_origin(kind) is Union else (kind,)
    numbers, lists = plain in (int, float), get_origin(plain) is list
    bounds = [
        getattr(annotated_types, name)(*map(ast.literal_eval, one.args))
        for one in nodes
        if isinstance(one, ast.Call)
        and (name := _last(one.func)) in (*_BOUNDS * numbers, *_LENGTHS * lists)
    ]
    bounded = Annotated[plain, *bounds] if bounds else plain
    return bounded | None if null else bounded


def _either(one: Any, other: Any) -> Any:
    if Any in (one, other):
        return Any
    if None in (one, other):
        return Optional[other if one is None else one]  # noqa: UP045  (types made here)
    return Annotated[Union[one, other], one_of_several("another value")]  # noqa: UP007


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
