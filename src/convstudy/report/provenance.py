"""What a report says of how its runs were made: time, environments, recipes, the command."""

import shlex
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from statistics import median
from typing import Any

from convstudy.files import canonical_json

Values = dict[str, Any]

# Of each run's environment, what is printed; runs of one comparison should agree in the second.
_ENVIRONMENT = ("device", "processor", "threads", "precision", "torch", "python", "commit", "dirty")
_MATTERS = ("device", "processor", "threads", "precision", "torch")


def as_computed(run: dict[str, str]) -> dict[str, str]:
    """A row of the summary with the precision that it had: a CPU takes `tf32` for float32."""
    if run["precision"] == "tf32" and run["device"] == "cpu":
        return {**run, "precision": "float32"}
    return run


def times(experiments: Values, runs: list[dict[str, str]], rows: Values) -> Values:
    """What the time went into: seconds of a usual run, share of all, ratio on the same data.

    `rows` are those of comparisons.json, by experiment.
    """
    spent = dict.fromkeys(experiments, 0.0)
    for run in runs:
        spent[run["experiment"]] += float(run["train_seconds"])
    total = sum(spent.values())
    usual = {name: rows[name]["medians"] for name in experiments}
    fastest: dict[str, float] = {}
    for name, one in experiments.items():
        rate = usual[name]["images_per_second"]
        fastest[one["dataset"]] = max(fastest.get(one["dataset"], 0), rate)
    return {
        "total_seconds": total + sum(float(run["evaluate_seconds"]) for run in runs),
        "times": [
            {
                **one,
                "seconds": usual[name]["train_seconds"],
                "share": spent[name] / total,
                "ratio": fastest[one["dataset"]] / usual[name]["images_per_second"],
            }
            for name, one in experiments.items()
        ],
    }


def environments(experiments: Values, runs: list[dict[str, str]]) -> Values:
    """The distinct environments, most frequent first; which runs were made in which.

    And how many runs were cut off and went on from a state.
    """

    def environment(run: dict[str, str]) -> tuple[str, ...]:
        return tuple(run[field] for field in _ENVIRONMENT)

    counts = Counter(map(environment, runs)).most_common()
    numbers = {key: number for number, (key, _) in enumerate(counts, start=1)}
    groups: dict[tuple[str, int], list[dict[str, str]]] = {}
    for run in runs:
        groups.setdefault((run["experiment"], numbers[environment(run)]), []).append(run)
    order = list(experiments)
    return {
        "resumed": sum(int(run["sessions"]) > 1 for run in runs),
        "environments": [
            {**dict(zip(_ENVIRONMENT, key, strict=True)), "runs": count} for key, count in counts
        ],
        "made": [
            {
                "title": experiments[name]["title"],
                "dataset_title": experiments[name]["dataset_title"],
                "seeds": [run["seed"] for run in members],
                "seconds": median(float(run["train_seconds"]) for run in members),
                "environment": number,
                "data": members[0]["data_sha256"][:12],
                "code": members[0]["code"],
            }
            for (name, number), members in sorted(
                groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
            )
        ],
    }


def differing(names: list[str], experiments: Values, runs: list[dict[str, str]]) -> list[Values]:
    """Fields that may change a result or a time and in which the runs of a comparison differ.

    Of each value the titles of the networks that all their runs have it, where none has two.
    """
    made = []
    for field in _MATTERS:
        found: dict[str, list[str]] = {}
        for name in names:
            for value in sorted({run[field] for run in runs if run["experiment"] == name}):
                found.setdefault(value, []).append(experiments[name]["title"])
        if len(found) > 1:
            whole = sum(map(len, found.values())) == len(names)
            made.append(
                {"field": field, "found": found if whole else {value: [] for value in found}}
            )
    return made


def on_one_device(names: Collection[str], runs: list[dict[str, str]]) -> bool:
    """Whether times of these experiments can be compared at all."""
    return len({run["device"] for run in runs if run["experiment"] in names}) <= 1


def command(overlays: list[str], settings: Values) -> str:
    """The call that makes this report, with the files and settings that it depends on."""
    files = " ".join(["--configfile", *map(shlex.quote, overlays)]) + " " if overlays else ""
    spelt = {k: v if isinstance(v, str) else canonical_json(v) for k, v in settings.items()}
    given = " ".join(shlex.quote(f"{key}={value}") for key, value in spelt.items())
    return f"snakemake --cores all report.md {files}--config {given}"


def grouped(
    experiments: Iterable[Values], of: Callable[[Values], Any]
) -> list[tuple[Any, list[Values]]]:
    """Each value that `of` has of these experiments, a recipe, say, with those that have it."""
    found: dict[str, tuple[Any, list[Values]]] = {}
    for one in experiments:
        value = of(one)
        found.setdefault(canonical_json(value), (value, []))[1].append(one)
    return list(found.values())
