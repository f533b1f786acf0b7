"""published.yaml: what the reproduced study trained and stated."""

from typing import Any, Literal

from pydantic import Field

from convstudy.config.fields import Name, Settings, Share, Title, absent
from convstudy.config.schema.recipe import Recipe


class Stated(Settings):
    """What the original stated of one of its runs."""

    test_accuracy: Share
    gap: float = absent(ge=-1, le=1)
    seconds: float = absent(gt=0)
    parameters: int = absent(ge=1)


class StatedOfClaim(Settings):
    """What the original stated of a claim."""

    asked: dict[str, Any] = Field(
        description="the claim without section and words, its parts in full"
    )
    report: Literal["supported", "contradicted"] = Field(description="what the published text says")
    log: Literal["supported", "contradicted"] = absent("what the log kept beside it shows")


class PublishedFile(Settings):
    """A file that the original was trained on."""

    md5: str


class PublishedDataset(Settings):
    """What the original was trained on."""

    title: Title
    format: str
    normalise: dict[str, Any]
    files: dict[str, PublishedFile]


class PublishedExperiment(Settings):
    """What the original trained."""

    name: Title
    dataset: str
    model: dict[str, Any]
    recipe: Recipe
    results: Stated
    log: Stated = absent("what the log kept beside the report says")


class Published(Settings):
    """published.yaml."""

    datasets: dict[Name, PublishedDataset]
    experiments: dict[Name, PublishedExperiment]
    sections: dict[Name, dict[str, Stated]]
    claims: dict[Name, StatedOfClaim]
