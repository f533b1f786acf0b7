"""What a figure shows, as it comes on standard input; titles in the language that is spoken."""

from dataclasses import dataclass, field
from typing import Any

from convstudy.errors import StudyError
from convstudy.language import gettext as _

_SHAPE = (
    '{"title": "…", "dataset": "…", "figures": {kind: options}, "experiments": '
    '[{"experiment": "…", "title": "…", "colour": 0, "seeds": […]}]}'
)


@dataclass(frozen=True)
class Experiment:
    """One experiment of a figure; `colour` is its place in the config.

    `published`: test accuracies of the same network, by source (results, log), if there are any.
    """

    name: str
    title: str
    colour: int
    seeds: tuple[int, ...]
    published: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawing:
    """What the figures of a section show; `options` by kind of figure, as in the config."""

    title: str
    dataset: str
    experiments: tuple[Experiment, ...]
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: tuple[dict[str, str], ...] = ()  # claim, says


def parse(job: dict[str, Any]) -> Drawing:
    """Raise `StudyError` if a part is missing or of the wrong kind."""
    try:
        drawing = Drawing(
            title=_(str(job["title"])),
            dataset=_(str(job.get("dataset", ""))),
            experiments=tuple(_experiment(one) for one in job["experiments"]),
            options={kind: dict(options) for kind, options in job.get("figures", {}).items()},
            claims=tuple(job.get("claims", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unusable(f"lacks or misspells a part ({error!r})") from None
    if not drawing.experiments:
        raise _unusable("names no experiment")
    return drawing


def _experiment(one: dict[str, Any]) -> Experiment:
    if not one["seeds"]:
        raise _unusable(f"gives {one['experiment']} no seed")
    return Experiment(
        name=str(one["experiment"]),
        title=_(str(one["title"])),
        colour=int(one["colour"]),
        seeds=tuple(int(seed) for seed in one["seeds"]),
        published={source: float(value) for source, value in one.get("published", {}).items()},
    )


def _unusable(said: str) -> StudyError:
    return StudyError(f"standard input {said}. Give {_SHAPE}.")
