"""The whole config, and what is in it beside data sets, recipes and claims."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, create_model

from convstudy.config import fields
from convstudy.config.claims import Claim
from convstudy.config.fields import (
    Images,
    Name,
    Names,
    Paragraph,
    Seeds,
    Settings,
    StandIns,
    Text,
    Title,
    Unique,
    absent,
    by_default,
)
from convstudy.config.networks import Network, check_layer
from convstudy.config.schema.data import Dataset
from convstudy.config.schema.published import Published
from convstudy.config.schema.recipe import Changes, OwnRecipe, Recipe
from convstudy.figures.kinds import KINDS

Axis = Annotated[str, Field(pattern=r"^((model|recipe)\.[a-z_]+|train_images)$")]


class Experiment(Settings):
    """One network on one data set under one recipe, once per seed."""

    title: Title
    dataset: str
    model: Network
    recipe: OwnRecipe = by_default({"name": "classic"})
    seeds: Seeds = None
    train_images: Images = None
    test_images: Images = None
    axes: dict[Axis, Annotated[list[Any], Field(min_length=2, max_length=100), Unique]] = absent(
        min_length=1,
        max_length=2,
        description="makes it a grid: {model.kernel_size: [3, 5], …}, an experiment per "
        "combination",
    )


class ScaledExperiment(Settings):
    """What a scale lays over an experiment, which is checked as a whole."""

    model: dict[str, Any] = absent()
    recipe: Changes = absent()  # type: ignore[valid-type]
    seeds: Seeds = absent()
    train_images: Images = absent()
    test_images: Images = absent()


class Scale(Settings):
    """How much of the study is run, and on what."""

    purpose: Title | None = Field(None, description="a title")
    seeds: Seeds = None
    stand_ins: StandIns = Field({})
    without: list[str] = Field([], description="experiments left out")
    without_sections: list[str] = Field(
        [], description="sections left out, with what only they show and claim"
    )
    recipe: Changes = Field(  # type: ignore[valid-type]
        {}, description="settings of every experiment that neither it nor its recipe states"
    )
    recipes: dict[str, Changes] = Field(  # type: ignore[valid-type]
        {},
        description="laid over single recipes, {classic: {epochs: 3}, …}; an experiment's own "
        "word holds",
    )
    experiments: dict[str, ScaledExperiment] = Field({})


# The kinds of figures, which import nothing, name the types of their options.
def _options(kind: str, options: Any) -> Any:
    return create_model(kind.title(), __base__=Settings, **options)


_FIGURES: Any = {
    kind: (
        _options(kind, {key: (getattr(fields, of), ...) for key, of in one.options.items()}),
        absent(),
    )
    for kind, one in KINDS.items()
}
Figures = create_model("Figures", __base__=Settings, **_FIGURES)


class Section(Settings):
    """A part of the report: experiments that are compared, or layers that are checked."""

    title: Title
    about: Paragraph | None = Field(None, description="printed below the title")
    experiments: Names = Field([])
    compares: Literal["networks", "recipes"] = Field(
        "networks",
        description="networks need the same images and recipe to be compared, recipes the same "
        "images",
    )
    layers: Annotated[
        list[
            Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$"), AfterValidator(check_layer)]
        ],
        Unique,
    ] = Field(
        [],
        description="custom layers to check, ours by name or `module.Class` of the study; a "
        "section has experiments or layers",
    )
    figures: Figures = by_default({})  # type: ignore[valid-type]


class Config(Settings):
    """config.yaml, with what is laid over it."""

    scale: str = Field(description="which of `scales` to run")
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="auto takes a GPU where there is one"
    )
    # One entry per catalogue in workflow/locale; a test compares both.
    language: Literal["en", "ru"] = Field("en", description="of the report and its figures")
    data_mirror: Text | None = Field(
        None, description="folder or URL laid out <dataset>/<file>, tried before all other mirrors"
    )
    seeds: Seeds = None
    allow_missing: bool = Field(
        False, description="report what is trained, and name what is not, instead of training it"
    )
    minimum_seeds: int = Field(5, ge=2, description="fewer decide no claim")
    stand_ins: StandIns = Field({})
    scales: dict[Name, Scale]
    datasets: dict[Name, Dataset]
    recipes: dict[Name, Recipe]
    experiments: dict[Name, Experiment]
    sections: dict[Name, Section]
    claims: dict[Name, Claim] = Field({})
    published: Published = by_default(
        {"datasets": {}, "experiments": {}, "sections": {}, "claims": {}}
    )
