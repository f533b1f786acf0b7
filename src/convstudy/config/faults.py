"""Fills the defaults of the config's models in, and puts what pydantic finds wrong into words."""

import copy
import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from convstudy.config.claim_kinds import KINDS
from convstudy.errors import nearest


def complete(value: Any, kind: Any) -> None:
    """Fill the defaults of a type into `value`, in place, at every level that is there.

    What is not of its type is passed over.
    """
    if (model := _model(kind, value)) and isinstance(value, dict):
        for key, field in _fields(model).items():
            if not field.is_required() and field.default_factory is None and key not in value:
                value[key] = copy.deepcopy(field.default)
    for key, inner in value.items() if isinstance(value, dict) else ():
        complete(inner, _inside(kind, value, key))


def faults(value: Any, kind: Any, at: str = "") -> list[str]:
    """Every fault of `value`, one sentence each, naming the key; `at` is put before the key."""
    try:
        _adapter(kind).validate_python(value)
        return []
    except ValidationError as error:
        found = [_located(one, value, kind) for one in error.errors(include_url=False)]
    found.sort(key=lambda one: (one.path, one.type))
    lines = [
        f"{'.'.join([at, *path]).strip('.') or 'the config'}: {said}"
        for (path, _), alike in groupby(found, lambda one: (one.path, one.type))
        for said in _words(list(alike))
    ]
    return list(dict.fromkeys(lines))


def unknown(key: str, names: Iterable[str], what: str, known: Iterable[str]) -> Iterator[str]:
    """A sentence for each of `names`, which `key` gives, that is not known."""
    known = list(known)
    for name in names:
        if name not in known:
            yield f"{key}: no {what} is named '{name}'{nearest(name, known)}"


# ── Words ────────────────────────────────────────────────────────────────────────────────────────
class _Fault(NamedTuple):
    """One of pydantic's errors, and what is asked for where it is."""

    path: tuple[str, ...]  # of the key that the sentence names
    last: str  # the key that is missing or unknown, which the path leaves out
    type: str
    value: Any
    context: dict[str, Any]
    model: Any  # what holds the key; None where no model does
    kind: Any  # type of the value


def _located(error: Any, value: Any, kind: Any) -> _Fault:
    path: list[str] = []
    model, key_kind = None, Any
    for part in error["loc"]:
        if part in (alternatives := _by_kind(_plain(kind))):
            kind = alternatives[part]  # pydantic's name for it is no key
            continue
        if part == "[key]":
            path.pop()
            kind = key_kind
            continue
        if get_origin(_plain(kind)) in (Union, UnionType):  # in none of whose types it fits
            error = {"type": "union", "input": value}
            break
        model = _model(kind, value)
        key_kind = (*get_args(_plain(kind)), Any)[0]  # of a mapping by names
        kind = _inside(kind, value, part)
        value = value.get(part) if isinstance(value, dict) else value[part]
        path.append(str(part))
    if error["type"] == "union_tag_invalid":
        path.append("kind")
    last = path.pop() if error["type"] in ("missing", "extra_forbidden") else ""
    context = error.get("ctx", {})
    return _Fault(tuple(path), last, error["type"], error["input"], context, model, kind)


def _words(found: list[_Fault]) -> Iterator[str]:
    """Sentences about errors of one type at one place."""
    if found[0].type == "missing":
        yield f"missing {', '.join(repr(one.last) for one in found)}"
        return
    for one in found:
        yield _unknown(one) if one.type == "extra_forbidden" else _said(one)


def _unknown(one: _Fault) -> str:
    known = _fields(one.model) if one.model else {}
    if "kind" in known and any(one.last in kind.takes for kind in KINDS.values()):
        [kind] = get_args(known["kind"].annotation)
        return f"'{one.last}' has no meaning in a claim of kind {kind}"
    return f"unknown key '{one.last}'{nearest(one.last, known)}"


def _said(one: _Fault) -> str:
    shown, context = _shown(one.value), one.context
    match one.type:
        case "said":  # by a check of ours
            return str(context["said"])
        case "literal_error":
            return _not_one_of(one.value, list(get_args(_plain(one.kind))))
        case "union_tag_invalid":
            return _not_one_of(one.value.get("kind"), list(KINDS))
        case "union_tag_not_found":
            return "missing 'kind'"
        case "string_too_short":
            return f"{shown} is empty; give some text"
        case "union":
            wanted = _description(one.kind) or "another value"
            return f"{shown} is out of range or of the wrong type; give {wanted}"
        case "string_pattern_mismatch":
            wanted = _description(one.kind) or f"pattern {context['pattern']}"
            return f"{one.value!r} has a form that is not allowed here ({wanted})"
    if one.type in _BOUNDS:
        words, bound = _BOUNDS[one.type]
        limit = context[bound]
        return f"{shown} {words} {int(limit) if limit == int(limit) else limit}"
    return f"{shown} has the wrong type; give {_wanted(one)}"


def _not_one_of(value: Any, choices: list[Any]) -> str:
    known = [item if isinstance(item, str) else _shown(item) for item in choices]
    # A few are shown rather than guessed from: `gpu` looks like `cpu` and means `cuda`.
    said = nearest(value, known) if len(known) > 4 else f": {', '.join(known)}"
    return f"{_shown(value)} is not one of its values{said}"


def _wanted(one: _Fault) -> str:
    """The type that is asked for, and how to come to it from what was given."""
    wanted = _TYPES.get(one.type, "another value")
    if wanted == "text" and isinstance(one.value, int | float):
        return f"{wanted}, in quotes: '{_shown(one.value)}'"
    if "number" in wanted and isinstance(one.value, str) and one.value[:1] in _DIGITS:
        return f"{wanted}, in digits without quotes, '_' or ':', as 1000, 0.001 or 1e-3"
    return f"{wanted} or null" if _takes_null(one.kind) else wanted


def _shown(value: Any) -> str:
    """A value as config files have it."""
    return repr(value) if isinstance(value, str | float) else json.dumps(value, ensure_ascii=False)


_DIGITS = ("+", "-", ".", *"0123456789")
_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "dict_type": "settings, {key: value}",
    "model_type": "settings, {key: value}",
    "model_attributes_type": "settings, {key: value}",
    "list_type": "a list, [one, another]",
}
_BOUNDS = {
    "greater_than_equal": ("is less than the minimum of", "ge"),
    "greater_than": ("is less than or equal to the minimum of", "gt"),
    "less_than_equal": ("is greater than the maximum of", "le"),
    "less_than": ("is greater than or equal to the maximum of", "lt"),
    "too_short": ("has too few values; the least are", "min_length"),
    "too_long": ("has too many values; the most are", "max_length"),
    "string_too_long": ("is too long; letters, at most:", "max_length"),
}


# ── Types ────────────────────────────────────────────────────────────────────────────────────────
@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _plain(kind: Any) -> Any:
    """A type without what a field, `Annotated` and `| None` put around it."""
    if isinstance(kind, FieldInfo):
        return _plain(kind.annotation)
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    others = [one for one in get_args(kind) if one is not type(None)]
    return _plain(others[0]) if _takes_null(kind) and len(others) == 1 else kind


def _takes_null(kind: Any) -> bool:
    return type(None) in get_args(kind.annotation if isinstance(kind, FieldInfo) else kind)


def _description(kind: Any) -> str | None:
    parts = [kind, *get_args(kind)] if get_origin(kind) is Annotated else [kind]
    return next((one.description for one in parts if isinstance(one, FieldInfo)), None)


def _model(kind: Any, value: Any) -> type[BaseModel] | None:
    """The model of a value of this type: of a claim by its kind, of a network by its name."""
    plain = _plain(kind)
    if models := _by_kind(plain):
        return models.get(value["kind"]) if _text(value, "kind") else None
    if hasattr(plain, "model_of"):
        return plain.model_of(value["name"]) if _text(value, "name") else None
    return plain if isinstance(plain, type) and issubclass(plain, BaseModel) else None


def _text(value: Any, key: str) -> bool:
    return isinstance(value, dict) and isinstance(value.get(key), str)


@cache
def _by_kind(plain: Any) -> dict[str, type[BaseModel]]:
    """The models of a union that is told apart by `kind`; empty for any other type."""
    models = get_args(plain) if get_origin(plain) is Union else ()
    tagged = [one for one in models if "kind" in getattr(one, "model_fields", {})]
    return {get_args(one.model_fields["kind"].annotation)[0]: one for one in tagged}


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """By the keys that the config has for them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _inside(kind: Any, value: Any, key: str | int) -> Any:
    """The type of what stands in a value of this type under `key`."""
    if model := _model(kind, value):
        return _fields(model).get(str(key), Any)
    plain = _plain(kind)
    if get_origin(plain) is dict:
        return get_args(plain)[1]
    return get_args(plain)[0] if get_origin(plain) is list else Any
