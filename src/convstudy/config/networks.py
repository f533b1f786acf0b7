"""Which networks and layers there are, and what networks take, without importing them.

The signature of a network's function becomes a model like those of `convstudy.config.schema`, so
that defaults, bounds and misspelt keys of a user's own network are what they are of ours.
"""

from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import core_schema

from convstudy import named
from convstudy.config.fields import Settings, refused
from convstudy.config.signatures import OpenEnded, defined_in, imported, signature
from convstudy.errors import StudyError, nearest
from convstudy.fingerprint import is_of_study, is_ours, path_of, tree

_NAME = r"^([A-Za-z_]\w*(\.[A-Za-z_]\w*)*|[a-z_]+/[A-Za-z0-9_.]+)$"


class Network(dict[str, Any]):
    """A network by its name, with what its function takes."""

    @classmethod
    def model_of(cls, name: str) -> type[Settings] | None:
        """What the network of this name takes; None if there is none."""
        try:
            return of_network(name)
        except StudyError:
            return None

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_check)

    @classmethod
    def __get_pydantic_json_schema__(cls, *_: Any) -> dict[str, Any]:
        return {"type": "object", "required": ["name"], "description": cls.__doc__}


def _exists(name: str) -> str:
    try:
        of_network(name)
    except StudyError as error:
        raise refused(str(error)) from None
    return name


class _Named(OpenEnded):
    name: Annotated[str, Field(pattern=_NAME), AfterValidator(_exists)]


def _check(value: Any) -> Any:
    of_network(_Named.model_validate(value).name).model_validate(value)
    return value


def check_layer(layer: str) -> str:
    """Refuse a layer of a section that there is not."""
    module = named.layer(layer)
    made = layer.rpartition(".")[2]
    said = None
    if is_ours(module):
        folder = path_of(f"{named.PACKAGE}.layers").parent
        known = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
        if layer not in known:
            said = f"there is no layer '{layer}'{nearest(layer, known)}"
    elif not is_of_study(module):
        said = f"there is no module {module}: {path_of(module)} is missing"
    elif made not in defined_in(tree(module)) and not imported(module, made):
        said = f"{path_of(module)} has no class '{made}'"
    if said:
        raise refused(said)
    return layer


@cache
def of_network(name: str) -> type[Settings]:
    """Model of a network with its arguments; `StudyError` if there is no such network."""
    module, function = named.network(name)
    if named.is_ours(name):
        if name not in ours():
            raise StudyError(f"there is no network '{name}'{nearest(name, ours())}")
    elif "/" in name:
        if name.partition("/")[0] not in named.LIBRARIES:
            raise StudyError(f"'{name}': only {' and '.join(named.LIBRARIES)} are known by name")
    elif not is_of_study(module):
        raise StudyError(f"there is no module {module}: {path_of(module)} is missing")
    return signature(module, function)


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
