"""Files → values: everything that the templates may print."""

import csv
import os
import shlex
from collections import Counter
from pathlib import Path
from statistics import fmean
from typing import Any

from convstudy.config.kinds import compared
from convstudy.errors import StudyError
from convstudy.files import canonical_json, read_json

Values = dict[str, Any]

# Of each run's environment, what is printed; runs of one comparison should agree in the second.
_ENVIRONMENT = ("device", "processor", "threads", "precision", "torch", "python", "commit", "dirty")
_MATTERS = ("device", "processor", "threads", "precision", "torch")

# Figures of how the best network errs, whose numbers the text gives too.
_ERRORS = {"mistakes", "calibration", "recalls"}


def gather(study: Values, results: Path, data: Path, report: Path) -> Values:
    """Values for the templates; `study` is the config's slice, the rest comes from files.

    Paths of figures are given relative to the folder of `report`. Raises `StudyError` for a file
    that is missing or not readable.
    """
    runs = _rows(results / "summary.csv")
    names = dict.fromkeys(one["dataset"] for one in study["experiments"])
    datasets = {name: read_json(data / f"{name}.json") for name in names}
    experiments = {
        one["name"]: {**one, "dataset_title": datasets[one["dataset"]]["title"]}
        for one in study["experiments"]
    }
    study = {**study, "experiments": experiments}
    decided = read_json(results / "claims.json")
    comparisons = read_json(results / "comparisons.json")
    sections = []
    for section in study["sections"]:
        name = section["name"]
        confusion = results / "confusion" / f"{name}.json"
        errors = results / "errors" / f"{name}.json"
        grid = results / "grids" / f"{name}.json"
        sections.append(
            {
                **section,
                "figures": {one: _figure(results, name, one, report) for one in section["figures"]},
                "activations": section["shown"].get("activations"),
                "layers": [
                    read_json(results / "layers" / f"{one}.json") for one in section["layers"]
                ],
                "confusion": read_json(confusion) if "confusion" in section["figures"] else None,
                "errors": read_json(errors) if _ERRORS & set(section["figures"]) else None,
                "grid": read_json(grid) if "grid" in section["figures"] else None,
                "claims": _claims(name, study, decided["claims"]),
                "family": decided["families"].get(name),
                "differing": _differing(section["experiments"], runs),
                "incomparable": [one for one in study["incomparable"] if one["section"] == name],
                **_table(name, study, comparisons.get(name)),
            }
        )
    return {
        **study,
        **_head(study, datasets),
        **_time(experiments, runs),
        **_environments(experiments, runs),
        "datasets": datasets,
        "sections": sections,
        "statistics": {key: decided[key] for key in ("level", "minimum_seeds", "most_seeds")},
        "claims": [claim for section in sections for claim in section["claims"]],
        "command": _command(study["overlays"], study["settings"]),
        "as_published": _as_published(sections),
        "forest": Path(os.path.relpath(results / "figures/forest.png", report.parent)).as_posix(),
        "recipes": _recipes(experiments),
        "runs": len(runs),
    }


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to make it.") from None


def _figure(results: Path, section: str, kind: str, report: Path) -> str:
    return Path(
        os.path.relpath(results / "figures" / section / f"{kind}.png", report.parent)
    ).as_posix()


def _head(study: Values, datasets: Values) -> Values:
    """What a reader has to know first: which data, what was changed or left out."""
    experiments = study["experiments"].values()
    counts = sorted({len(one["seeds"]) for one in experiments})
    generated = {name for name, one in datasets.items() if one["generated"]}
    return {
        "seed_counts": counts,
        "differing": [
            one for one in experiments if one["unlike_published"] and _has_counterpart(one)
        ],
        "absent": _absent(study),
        "generated": bool(generated),
        "replaced": sorted(
            {one["meant_for"] for one in experiments if one["dataset"] in generated}
        ),
    }


def _has_counterpart(experiment: Values) -> bool:
    """Whether the published study trained it at all, under whatever conditions."""
    return all(one["what"] != "absent" for one in experiment["unlike_published"])


def _absent(study: Values) -> list[Values]:
    """How many networks of which section the published study does not have, each counted once."""
    found, counted = [], set()
    for section in study["sections"]:
        names = {
            name
            for name in section["experiments"]
            if not _has_counterpart(study["experiments"][name])
        }
        if new := names - counted:
            found.append({"title": section["title"], "count": len(new)})
        counted |= names
    return found


def _table(name: str, study: Values, comparison: Values | None) -> Values:
    """A section's rows, with the published values of those that are the published experiments."""
    if comparison is None:
        return {"table": None}
    published = study["published"]["experiments"]
    again = study["published"]["sections"].get(name, {})
    speeds = [row["metrics"]["images_per_second"]["mean"] for row in comparison["experiments"]]
    rows = []
    for row in comparison["experiments"]:
        key = row["experiment"]
        stated = published.get(key, {})
        running = row["metrics"]["train_accuracy_running"]["mean"]
        rows.append(
            {
                **row,
                "title": study["experiments"][key]["title"],
                "cell": study["experiments"][key]["cell"],
                "recipe": study["experiments"][key]["slice"]["recipe"],
                "time_ratio": max(speeds) / row["metrics"]["images_per_second"]["mean"],
                "running": running,
                "running_gap": running - row["metrics"]["test_accuracy"]["mean"],
                "known_as": stated.get("name"),
                "published": {**stated.get("results", {}), **again.get(key, {})},
                "log": stated.get("log", {}),
            }
        )
    comparable = [r for r in rows if not study["experiments"][r["experiment"]]["unlike_published"]]
    return {
        "table": {**comparison, "rows": rows},
        "published_rows": comparable,
        "has_log": any(row["log"] for row in comparable),
    }


def _claims(section: str, study: Values, decided: Values) -> list[Values]:
    """A section's claims with their decisions; what was published only if it was about the same."""
    all_claims = {claim["name"]: claim for claim in study["claims"]}
    made = []
    for name, claim in all_claims.items():
        if claim["section"] != section:
            continue
        parts = [claim, *(all_claims[part] for part in claim.get("claims", []))]
        names = dict.fromkeys(experiment for part in parts for experiment in compared(part))
        involved = [study["experiments"][experiment] for experiment in names]
        comparable = not any(one["unlike_published"] for one in involved)
        made.append(
            {
                **claim,
                **decided[name],
                "datasets": list(dict.fromkeys(one["dataset_title"] for one in involved)),
                "published": study["published"]["claims"].get(name) if comparable else None,
                "decisive": _decisive(claim, decided[name], study),
            }
        )
    return made


def _as_published(sections: list[Values]) -> int:
    """How many claims came out as the published report states them."""
    return sum(
        claim["published"] is not None and claim["verdict"] == claim["published"]["report"]
        for section in sections
        for claim in section["claims"]
    )


def _decisive(claim: Values, decided: Values, study: Values) -> str | None:
    """Title of the rival, or name of the class, that the numbers are about."""
    if claim["kind"] == "best_of" and decided["decisive"]:
        return study["experiments"][decided["decisive"]]["title"]
    return decided["decisive"]


def _time(experiments: Values, runs: list[dict[str, str]]) -> Values:
    """What the time went into: mean training seconds, share of all, ratio on the same data."""
    spent = _by_experiment(runs, "train_seconds")
    rates = {name: fmean(rate) for name, rate in _by_experiment(runs, "images_per_second").items()}
    total = sum(map(sum, spent.values()))
    fastest: dict[str, float] = {}
    for name, one in experiments.items():
        fastest[one["dataset"]] = max(fastest.get(one["dataset"], 0), rates[name])
    return {
        "total_seconds": total + sum(float(run["evaluate_seconds"]) for run in runs),
        "times": [
            {
                **one,
                "seconds": fmean(spent[name]),
                "share": sum(spent[name]) / total,
                "ratio": fastest[one["dataset"]] / rates[name],
            }
            for name, one in experiments.items()
        ],
    }


def _by_experiment(runs: list[dict[str, str]], field: str) -> dict[str, list[float]]:
    """The values of a field of the summary, one per run."""
    found: dict[str, list[float]] = {}
    for run in runs:
        found.setdefault(run["experiment"], []).append(float(run[field]))
    return found


def _environments(experiments: Values, runs: list[dict[str, str]]) -> Values:
    """The distinct environments, most frequent first; which runs were made in which."""

    def environment(run: dict[str, str]) -> tuple[str, ...]:
        return tuple(run[field] for field in _ENVIRONMENT)

    counts = Counter(map(environment, runs)).most_common()
    numbers = {key: number for number, (key, _) in enumerate(counts, start=1)}
    groups: dict[tuple[str, int], list[dict[str, str]]] = {}
    for run in runs:
        groups.setdefault((run["experiment"], numbers[environment(run)]), []).append(run)
    order = list(experiments)
    return {
        "environments": [
            {**dict(zip(_ENVIRONMENT, key, strict=True)), "runs": count} for key, count in counts
        ],
        "made": [
            {
                "title": experiments[name]["title"],
                "dataset_title": experiments[name]["dataset_title"],
                "seeds": [run["seed"] for run in members],
                "seconds": fmean(float(run["train_seconds"]) for run in members),
                "environment": number,
                "data": members[0]["data_sha256"][:12],
                "code": members[0]["code"],
            }
            for (name, number), members in sorted(
                groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
            )
        ],
    }


def _differing(names: list[str], runs: list[dict[str, str]]) -> list[Values]:
    """Fields that may change a result or a time and in which the runs of a comparison differ."""
    own = [run for run in runs if run["experiment"] in names]
    values = {field: sorted({run[field] for run in own}) for field in _MATTERS}
    return [{"field": field, "found": v} for field, v in values.items() if len(v) > 1]


def _command(overlays: list[str], settings: Values) -> str:
    """The call that makes this report, with the files and settings that it depends on."""
    files = " ".join(["--configfile", *map(shlex.quote, overlays)]) + " " if overlays else ""
    given = " ".join(f"{key}={value}".replace(" ", "") for key, value in settings.items())
    return f"snakemake --cores all report.md {files}--config {given}"


def _recipes(experiments: Values) -> list[Values]:
    """Each recipe that was used, with the experiments that used it."""
    used: dict[str, Values] = {}
    for one in experiments.values():
        recipe = one["slice"]["recipe"]
        entry = used.setdefault(canonical_json(recipe), {"recipe": recipe, "experiments": []})
        entry["experiments"].append(one)
    return list(used.values())
