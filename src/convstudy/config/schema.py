"""Checks a config against its schema: fills defaults and puts every fault into words."""

import json
import math
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from convstudy.errors import nearest


def complete(config: dict[str, Any], schema: dict[str, Any]) -> None:
    """Fill the schema's defaults into `config`, in place, at every level that is there."""
    for _ in _Completing(schema).iter_errors(config):
        pass


def faults(value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """Every fault of `value`, one sentence each, naming the key; `at` is put before the key."""
    found = sorted(
        _Strict(schema).iter_errors(value),
        key=lambda error: list(map(str, error.path)),
    )
    return list(dict.fromkeys(line for error in found for line in _words(error, at)))


def _words(error: ValidationError, at: str) -> Iterator[str]:
    key = ".".join([at, *map(str, error.absolute_path)]).strip(".") or "the config"
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        for name in error.instance:
            if name not in known:
                yield f"{key}: unknown key '{name}'{nearest(name, known)}"
    elif error.validator == "enum":
        known = [item if isinstance(item, str) else _shown(item) for item in error.validator_value]
        # A few are shown rather than guessed from: `gpu` looks like `cpu` and means `cuda`.
        said = nearest(error.instance, known) if len(known) > 4 else f": {', '.join(known)}"
        yield f"{key}: {_shown(error.instance)} is not one of its values{said}"
    elif error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        yield f"{key}: missing {', '.join(repr(name) for name in missing)}"
    elif error.validator == "anyOf":
        described = error.schema.get("description", "something else")
        shown = _shown(error.instance)
        yield f"{key}: {shown} is out of range or of the wrong type; give {described}"
    elif error.validator == "type":
        yield f"{key}: {_shown(error.instance)} has the wrong type; give {_wanted(error)}"
    elif error.validator == "pattern":
        wanted = error.schema.get("description", f"pattern {error.validator_value}")
        yield f"{key}: {error.instance!r} has a form that is not allowed here ({wanted})"
    else:
        yield f"{key}: {error.message}"


def _wanted(error: ValidationError) -> str:
    """The type that is asked for, and how to come to it from what was given."""
    types, given = error.validator_value, error.instance
    types = [types] if isinstance(types, str) else types
    wanted = " or ".join(_TYPES[one] for one in types)
    if "string" in types and isinstance(given, int | float):
        return f"{wanted}, in quotes: '{_shown(given)}'"
    if isinstance(given, str) and {"integer", "number"} & {*types} and given[:1] in _DIGITS:
        return f"{wanted}, in digits without quotes, '_' or ':', as 1000, 0.001 or 1e-3"
    return wanted


def _shown(value: Any) -> str:
    """A value as config files have it."""
    return repr(value) if isinstance(value, str | float) else json.dumps(value, ensure_ascii=False)


_DIGITS = ("+", "-", ".", *"0123456789")
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "settings, {key: value}",
    "array": "a list, [one, another]",
    "null": "null",
}


def _fill(validator: Any, properties: dict[str, Any], instance: Any, schema: Any) -> Iterator[Any]:
    if isinstance(instance, dict):
        for name, part in properties.items():
            if "default" in part:
                # A default is shared by all that lack the key, hence the copy.
                instance.setdefault(name, _copy(part["default"]))
    yield from Draft202012Validator.VALIDATORS["properties"](
        validator, properties, instance, schema
    )


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, dict | list) else value


# JSON Schema takes 5.0 for an integer, which torch does not, and .inf and .nan for numbers.
_numbers = Draft202012Validator.TYPE_CHECKER.redefine_many(
    {
        "integer": lambda _, value: type(value) is int,
        "number": lambda _, value: type(value) in (int, float) and math.isfinite(value),
    }
)
_Strict = validators.extend(Draft202012Validator, type_checker=_numbers)
_Completing = validators.extend(_Strict, {"properties": _fill})
