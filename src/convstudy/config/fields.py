"""What the fields of the config's models are made of: types with their bounds and descriptions."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WrapValidator
from pydantic_core import PydanticCustomError, PydanticKnownError


class Settings(BaseModel):
    """A mapping of the config, closed: a key that it does not know is a fault.

    Nothing is converted: `5.0` is no whole number, `.nan` no number, `"5"` none at all.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, protected_namespaces=()
    )


def absent(description: str | None = None, **more: Any) -> Any:
    """A key that stays out of the config, and so out of slices, unless it is given."""
    return Field(default_factory=_nothing, description=description, **more)


def by_default(settings: dict[str, Any]) -> Any:
    """A mapping as a config file would have it, for what is not given."""
    return Field(settings)


def _nothing() -> None: ...


def refused(said: str) -> PydanticCustomError:
    """A fault in words of ours."""
    return PydanticCustomError("said", "{said}", {"said": said})


def one_of_several(description: str) -> WrapValidator:
    """For a union: one fault that says what is asked for, in place of one per alternative."""

    def check(value: Any, handler: Any) -> Any:
        try:
            return handler(value)
        except ValidationError:
            raise PydanticCustomError("alternatives", "{asked}", {"asked": description}) from None

    return WrapValidator(check)


def _exactly(value: Any, handler: Any) -> Any:
    found = handler(value)  # of values that are equal, 1 and true, the one that is listed
    if type(found) is not type(value):
        raise PydanticKnownError("literal_error", {"expected": ""})
    return found


Exactly = WrapValidator(_exactly)


def _each_once(values: list[Any]) -> list[Any]:
    # By their spelling, since lists cannot be hashed and 1 is not true.
    spelt = [value if isinstance(value, str) else repr(value) for value in values]
    if twice := sorted({value for value in spelt if spelt.count(value) > 1}):
        raise refused(f"has non-unique elements ({', '.join(twice)}); give each once")
    return values


Unique = AfterValidator(_each_once)

# Names become file names and shell words: nothing else than these characters is let in.
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_UNSEEN = r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
Title = Annotated[
    str,
    Field(
        min_length=1,
        max_length=120,
        pattern=rf"^[^\x00-\x1f\x7f-\x9f{_UNSEEN}]+$",
        description="one line, without control characters or marks of the direction of text",
    ),
]
Paragraph = Annotated[
    str,
    Field(
        min_length=1,
        max_length=800,
        pattern=rf"^[^\x00-\x08\x0b-\x1f\x7f-\x9f{_UNSEEN}]+$",
        description="text without control characters or marks that change its direction",
    ),
]
Text = Annotated[str, Field(min_length=1)]
Names = Annotated[list[str], Unique]
SomeNames = Annotated[list[str], Field(min_length=1), Unique]
Layer = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]{0,63}$")]
Layers = Annotated[
    list[Layer], Field(min_length=1, description="names of the network's modules"), Unique
]
GridName = Annotated[str, Field(description="a grid of this section")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Share = Annotated[float, Field(ge=0, le=1)]

_SEEDS = "a count n for the seeds 0 to n-1, or a list of seeds"
Seeds = Annotated[
    Annotated[int, Field(ge=1, le=1000)]
    | Annotated[
        list[Annotated[int, Field(ge=0, le=2**31 - 1)]],
        Field(min_length=1, max_length=1000),
        Unique,
    ]
    | None,
    one_of_several(_SEEDS),
    Field(description=_SEEDS),
]
Images = Annotated[int, Field(ge=1, description="take only so many images")] | None
StandIns = Annotated[
    dict[str, str], Field(description="{data set of an experiment: the one to use instead}")
]
