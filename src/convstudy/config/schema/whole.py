"""The whole config, and what is in it beside data sets, recipes and claims."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, create_model

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
    default,
    needed,
)
from convstudy.config.networks import Network, check_layer
from convstudy.config.schema.data import Dataset
from convstudy.config.schema.published import Published
from convstudy.config.schema.recipe import Changes, OwnRecipe, Recipe
from convstudy.figures.kinds import KINDS

_AXIS = "model.<key>, recipe.<key> or train_images"
Axis = Annotated[str, needed(_AXIS, pattern=r"^((model|recipe)\.[a-z_]+|train_images)$")]
Values = Annotated[list[Any], needed(min_length=2, max_length=100), Unique]
OurLayer = Annotated[str, needed(pattern="^[A-Za-z_][A-Za-z0-9_.]*$"), AfterValidator(check_layer)]


class Experiment(Settings):
    """One network on one data set under one recipe, once per seed; or a grid of them."""

    title: Title
    dataset: str
    model: Network
    recipe: OwnRecipe = default({"name": "classic"})
    seeds: Seeds = None
    train_images: Images = None
    test_images: Images = None
    axes: dict[Axis, Values] = absent(
        "{model.kernel_size: [3, 5], …}: an experiment per combination", min_length=1, max_length=2
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

    purpose: Title | None = default(None, "a title")
    seeds: Seeds = None
    stand_ins: StandIns = default({})
    without: list[str] = default([], "experiments left out")
    without_sections: list[str] = default([], "left out, with what only they show and claim")
    without_claims: list[str] = default([], "not asked: nothing at this scale could answer them")
    # Settings of every experiment that neither it nor its recipe states.
    recipe: Changes = default({})  # type: ignore[valid-type]
    # Laid over single recipes, {classic: {epochs: 3}, …}; an experiment's own word holds.
    recipes: dict[str, Changes] = default({})  # type: ignore[valid-type]
    experiments: dict[str, ScaledExperiment] = default({})


def _figure(kind: str) -> Any:
    """Its options; their types are named there, since `figures.kinds` imports nothing."""
    options: Any = {
        key.rstrip("?"): (getattr(fields, of), absent() if key.endswith("?") else needed())
        for key, of in KINDS[kind].options.items()
    }
    return create_model(kind.title(), __base__=Settings, **options)


_FIGURES: Any = {kind: (_figure(kind), absent()) for kind in KINDS}
Figures = create_model("Figures", __base__=Settings, **_FIGURES)


class Section(Settings):
    """A part of the report: experiments that are compared, or layers that are checked."""

    title: Title
    about: Paragraph | None = default(None, "printed below the title")
    experiments: Names = default([])
    # Networks need the same images and recipe to be compared, recipes the same images.
    compares: Literal["networks", "recipes"] = default("networks")
    layers: Annotated[list[OurLayer], Unique] = default([], "ours, or `module.Class` of the study")
    figures: Figures = default({})  # type: ignore[valid-type]


class Config(Settings):
    """config.yaml, with what is laid over it."""

    title: Title | None = default(None, "of the report")
    scale: str = needed("which of `scales` to run")
    device: Literal["auto", "cpu", "cuda"] = default("auto", "auto takes a GPU where there is one")
    # One entry per catalogue in workflow/locale; a test compares both.
    language: Literal["en", "ru"] = default("en", "of the report and its figures")
    # Tried before all other mirrors.
    data_mirror: Text | None = default(None, "folder or URL laid out <dataset>/<file>")
    seeds: Seeds = None
    allow_missing: bool = default(False, "report what is trained, and name what is not")
    minimum_seeds: int = default(5, "fewer decide no claim", ge=2)
    stand_ins: StandIns = default({})
    scales: dict[Name, Scale]
    datasets: dict[Name, Dataset]
    recipes: dict[Name, Recipe]
    experiments: dict[Name, Experiment]
    sections: dict[Name, Section]
    claims: dict[Name, Claim] = default({})
    published: Published = default(
        {"datasets": {}, "experiments": {}, "sections": {}, "claims": {}}
    )
