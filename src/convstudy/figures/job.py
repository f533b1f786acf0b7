"""What a figure is asked to show: the slice of the config that the rules hand over."""

from typing import Any, NamedTuple

from convstudy.errors import StudyError


class Experiment(NamedTuple):
    """One network of a figure; `colour` is its index in the palette, the same in all figures."""

    name: str
    title: str
    colour: int
    seeds: list[int]


class Job(NamedTuple):
    """A section's heading, its data set, and the experiments to draw, in this order."""

    title: str
    dataset: str
    experiments: list[Experiment]
    layers: list[str]


def parse(job: dict[str, Any], activations: bool = False) -> Job:
    """Raise `StudyError` for what is missing or empty; `activations` asks for seed and layers."""
    try:
        experiments = [
            Experiment(
                one["experiment"],
                one["title"],
                int(one["colour"]),
                [int(seed) for seed in ([one["seed"]] if activations else one["seeds"])],
            )
            for one in job["experiments"]
        ]
        layers = list(job["layers"]) if activations else []
        found = Job(job["title"], job["dataset"], experiments, layers)
    except (KeyError, TypeError, ValueError) as error:
        raise StudyError(
            f"standard input lacks or misspells a part ({error!r}). {_SHAPE}"
        ) from None
    if not experiments or not all(one.seeds for one in experiments) or (activations and not layers):
        raise StudyError(f"standard input: a list of it is empty. {_SHAPE}")
    return found


_SHAPE = (
    'Give {"title": "…", "dataset": "…", "experiments": [{"experiment": "…", "title": "…", '
    '"colour": 0, "seeds": [0]}]}; for activations "seed": 0 in place of seeds, '
    'and "layers": ["…"].'
)


def said_of_seeds(experiments: list[Experiment]) -> str:
    """How many seeds the means are of, in words."""
    counts = sorted({len(one.seeds) for one in experiments})
    if counts == [1]:
        return "one seed each" if len(experiments) > 1 else "one seed"
    span = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"mean of {span} seeds, each seed faint"
