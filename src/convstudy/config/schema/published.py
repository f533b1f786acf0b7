"""published.yaml: what the reproduced study trained and stated."""

from typing import Any, Literal

from convstudy.config.fields import FileName, Name, Settings, Share, Title, absent, default, needed
from convstudy.config.schema.data import Checksums, Normalise
from convstudy.config.schema.recipe import Recipe

Verdict = Literal["supported", "contradicted"]


class Stated(Settings):
    """Of a run."""

    test_accuracy: Share
    gap: float = absent(ge=-1, le=1)
    seconds: float = absent(gt=0)
    parameters: int = absent(ge=1)


class StatedOfClaim(Settings):
    """Of a claim, by the published text and by the log kept beside it."""

    asked: dict[str, Any] = needed("the claim without section and words, its parts in full")
    report: Verdict
    log: Verdict = absent()


class PublishedDataset(Settings):
    """What was trained on."""

    title: Title
    format: str
    normalise: Normalise = absent("without it, mean and std of the training set")
    files: dict[FileName, Checksums]


class PublishedExperiment(Settings):
    """What was trained, and what the published text and the log kept beside it say of it."""

    name: Title
    dataset: str
    model: dict[str, Any]
    recipe: Recipe
    results: Stated
    log: Stated = absent()


class Statement(Settings):
    """A conclusion of the original, with the claim that tests it if one can."""

    says: Title
    claim: Name = absent()


class Published(Settings):
    """All of it."""

    datasets: dict[Name, PublishedDataset]
    experiments: dict[Name, PublishedExperiment]
    sections: dict[Name, dict[str, Stated]] = default({}, "values of one section's table alone")
    claims: dict[Name, StatedOfClaim] = default({})
    statements: list[Statement] = absent("in its own order")
