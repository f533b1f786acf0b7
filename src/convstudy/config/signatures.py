"""What a function takes, read from its source and put as a model of pydantic.

Annotations that are understood: numbers, text, truth values, sequences, `Literal`, `X | None`,
`Annotated` with the bounds of annotated_types, and names of such in the module or in one that it
imports; whatever else there is lets anything in.
"""

import ast
from typing import Annotated, Any, Literal, get_args

import annotated_types
from pydantic import ConfigDict, create_model

from convstudy.config.fields import Exactly, Settings, absent, default, needed
from convstudy.errors import StudyError, nearest
from convstudy.fingerprint import is_of_study, is_ours, path_of, tree

_TYPES = {"int": int, "float": float, "str": str, "bool": bool}
_SEQUENCES = {"list", "tuple", "Sequence", "Iterable", "Collection", "List", "Tuple"}
# Bounds, and what they can be of.
_BOUNDS = {
    **dict.fromkeys(("Ge", "Gt", "Le", "Lt"), (int, float)),
    **dict.fromkeys(("Len", "MinLen", "MaxLen"), (list,)),
}


class OpenEnded(Settings):
    """Of a function that takes whatever it is given, or whose source does not say what."""

    model_config = ConfigDict(extra="allow")

    name: str


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
            return OpenEnded  # made at run time: checked there
        known = [name for name in defined if not name.startswith("_")]
        raise StudyError(f"{where} has no function '{function}'{nearest(function, known)}")
    node = defined[function]
    skipped = 2
    if isinstance(node, ast.ClassDef):
        made = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        made = [one for one in made if one.name == "__init__"]
        if not made:
            return OpenEnded  # a base class knows
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
    fields: dict[str, Any] = {"name": (str, ...)}  # of the network
    for one, value in zip([*places[skipped:], *arguments.kwonlyargs], defaults, strict=True):
        if one.arg != "name":  # by which a library's networks are built
            # Names of its own, since a field may not be called like a method of models.
            fields[f"arg{len(fields)}"] = (_type(module, one.annotation), _field(one.arg, value))
    return create_model(function, __base__=OpenEnded if open_ended else Settings, **fields)


def _field(name: str, value: ast.expr | None) -> Any:
    """Of an argument; a default that is no literal is left to the function."""
    if value is None:
        return needed(alias=name)
    try:
        found = ast.literal_eval(value)
    except ValueError:
        return absent(alias=name)
    return default(list(found) if isinstance(found, tuple) else found, alias=name)


def _type(module: str, node: ast.expr | None) -> Any:
    """An annotation as a type that pydantic knows; Any where it is not understood."""
    match node:
        case ast.Constant(value=None):
            return None
        case ast.Constant(value=str(text)):
            return _type(module, ast.parse(text, mode="eval").body)
        case ast.BinOp(op=ast.BitOr()):
            sides = _type(module, node.left), _type(module, node.right)
            return Any if Any in sides else sides[0] | sides[1]
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _named(module, name)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name)):
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return _subscript(module, name, inner)
    return Any


def _named(module: str, name: str) -> Any:
    if name in _TYPES:
        return _TYPES[name]
    if name in _SEQUENCES:
        return list[Any]
    if name in (assigned := _assigned(module)):
        return _type(module, assigned[name])
    return _named(*elsewhere) if (elsewhere := imported(module, name)) else Any


def _subscript(module: str, name: str, inner: list[ast.expr]) -> Any:
    if name == "Literal":
        values = tuple(ast.literal_eval(one) for one in inner)
        return Annotated[Literal[values], Exactly]
    found = _type(module, inner[0])
    if name == "Annotated":
        return _bounded(found, inner[1:])
    if name == "Optional":
        return found if found is Any else found | None
    return list[found] if name in _SEQUENCES else Any  # type: ignore[valid-type]


def _bounded(kind: Any, nodes: list[ast.expr]) -> Any:
    """The type with those bounds that it can have; they leave null alone."""
    null = type(None) in get_args(kind)
    plain = next(one for one in (*get_args(kind), kind) if one is not type(None)) if null else kind
    bounds = [
        getattr(annotated_types, one.func.id)(*map(ast.literal_eval, one.args))
        for one in nodes
        if isinstance(one, ast.Call)
        and isinstance(one.func, ast.Name)
        and getattr(plain, "__origin__", plain) in _BOUNDS.get(one.func.id, ())
    ]
    bounded = Annotated[plain, *bounds] if bounds else plain
    return bounded | None if null else bounded


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
