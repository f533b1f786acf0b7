"""What the fields of the config's models are made of: types with their bounds, and defaults."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WrapValidator
from pydantic_core import PydanticCustomError, PydanticKnownError


class Settings(BaseModel):
    """A mapping of the config, closed: a key that it does not know is a fault.

    Nothing is converted: `5.0` is no whole number, `.nan` no number, `"5"` none at all.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, protected_namespaces=()
    )


def needed(meaning: str | None = None, **bounds: Any) -> Any:
    """A key that has to be given."""
    return Field(**_about(meaning), **bounds)


def default(value: Any, meaning: str | None = None, **bounds: Any) -> Any:
    """A key that has this value unless it is given; models as a config file would have them."""
    return Field(value, **_about(meaning), **bounds)


def absent(meaning: str | None = None, **bounds: Any) -> Any:
    """A key that stays out of the config, and so out of slices, unless it is given."""
    return Field(default_factory=lambda: None, **_about(meaning), **bounds)


def _about(meaning: str | None) -> dict[str, Any]:
    return {"description": meaning} if meaning else {}  # without one, that of the type holds


def refused(said: str) -> PydanticCustomError:
    """A fault in words of ours."""
    return PydanticCustomError("said", "{said}", {"said": said})


def _exactly(value: Any, handler: Any) -> Any:
    found = handler(value)  # of values that are equal, 1 and true, the one that is listed
    if type(found) is not type(value):
        raise PydanticKnownError("literal_error", {"expected": ""})
    return found


def _each_once(values: list[Any]) -> list[Any]:
    # By their spelling, since lists cannot be hashed and 1 is not true.
    spelt = [value if isinstance(value, str) else repr(value) for value in values]
    if twice := sorted({value for value in spelt if spelt.count(value) > 1}):
        raise refused(f"has non-unique elements ({', '.join(twice)}); give each once")
    return values


Exactly = WrapValidator(_exactly)
Unique = AfterValidator(_each_once)

# Names become file names and shell words: nothing else than these characters is let in.
_NAME = "small letters, digits and _, a letter first, 64 at most"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", description=_NAME)]
_FILE = "letters, digits and ._-, a letter or digit first, 128 at most"
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", description=_FILE)]
_LAYER = "the name of a module of the network: letters, digits, _ and ., 64 at most"
Layer = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.]{0,63}$", description=_LAYER)]
# Titles and texts become Markdown, HTML and file contents; none of these can be seen there.
_UNSEEN = r"\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
# Spaces, and characters without width: there has to be one of others.
_BLANK = r"\s\u00ad\u034f\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064"
_BLANK += r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
_LINE = "one line, without control characters or marks of the direction of text, not all blank"


def _seen(refused: str) -> str:
    return rf"^[^{refused}{_UNSEEN}]*[^{refused}{_UNSEEN}{_BLANK}][^{refused}{_UNSEEN}]*$"


_LINES = Field(min_length=1, max_length=120, pattern=_seen(r"\x00-\x1f"), description=_LINE)
Title = Annotated[str, _LINES]
Paragraph = Annotated[
    str, Field(min_length=1, max_length=800, pattern=_seen(r"\x00-\x08\x0b-\x1f"))
]
Text = Annotated[str, Field(min_length=1)]
Names = Annotated[list[str], Unique]
SomeNames = Annotated[list[str], Field(min_length=1), Unique]
Layers = Annotated[list[Layer], Field(min_length=1, description="modules of the network"), Unique]
BestOrAll = Annotated[Literal["best", "all"], needed("networks; else the best one")]
GridName = Annotated[str, Field(description="a grid of this section")]
Share = Annotated[float, Field(ge=0, le=1)]
Images = Annotated[int, Field(ge=1, description="take only so many images")] | None
StandIns = Annotated[
    dict[str, str], Field(description="{data set of an experiment: the one to use}")
]

_SEEDS = "a count n for the seeds 0 to n-1, or a list of seeds"
_COUNT = Annotated[int, Field(ge=1, le=1000)]
_LIST = list[Annotated[int, Field(ge=0, le=2**31 - 1)]]
_LISTED = Annotated[_LIST, Field(min_length=1, max_length=1000), Unique]
Seeds = Annotated[_COUNT | _LISTED | None, Field(description=_SEEDS)]
