"""Files → values: everything that the templates may print."""

import csv
import os
from pathlib import Path
from typing import Any

from convstudy.errors import StudyError
from convstudy.files import read_json

Values = dict[str, Any]

# Of each run's environment, what has to be alike for its numbers to be compared.
_ENVIRONMENT = ("device", "processor", "threads", "precision", "torch", "python", "commit", "dirty")


def gather(study: Values, results: Path, data: Path, report: Path) -> Values:
    """Values for the templates; `study` is the config's slice, the rest comes from files.

    Paths of figures are given relative to the folder of `report`. Raises `StudyError` for a file
    that is missing or not readable.
    """
    experiments = study["experiments"]
    runs = _rows(results / "summary.csv")
    datasets = {
        name: read_json(data / f"{name}.json")
        for name in dict.fromkeys(one["dataset"] for one in experiments.values())
    }
    comparisons = read_json(results / "comparisons.json")
    claims = read_json(results / "claims.json")
    sections = [
        _section(name, section, study, results, report, comparisons, claims)
        for name, section in study["sections"].items()
    ]
    return {
        **study,
        "datasets": datasets,
        "sections": sections,
        "statistics": {key: claims[key] for key in ("level", "minimum_seeds")},
        "claims": [claim for section in sections for claim in section["claims"]],
        "environments": _environments(runs),
        "total_seconds": sum(
            float(run["train_seconds"]) + float(run["evaluate_seconds"]) for run in runs
        ),
        "runs": len(runs),
        "generated": any(one["generated"] for one in datasets.values()),
    }


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to make it.") from None


def _section(
    name: str, section: Values, study: Values, results: Path, report: Path,
    comparisons: Values, claims: Values,
) -> Values:  # fmt: skip
    """One section: its title, figures, table or layers, confusion and claims."""
    figures = results / "figures" / name
    made = {
        "name": name,
        "title": section["title"],
        "figures": {
            kind: os.path.relpath(figures / f"{kind}.png", report.parent)
            for kind in section["figures"]
        },
        "layers": [read_json(results / "layers" / f"{layer}.json") for layer in section["layers"]],
        "table": None,
        "confusion": None,
        "activations": section["figures"].get("activations"),
        "claims": [
            _claim(key, claim, study, claims["claims"][key])
            for key, claim in study["claims"].items()
            if claim["section"] == name
        ],
    }
    if section["experiments"]:
        made["table"] = _table(name, study, comparisons[name])
    if "confusion" in section["figures"]:
        made["confusion"] = read_json(results / "confusion" / f"{name}.json")
    return made


def _table(name: str, study: Values, comparison: Values) -> Values:
    """The rows of a section's table, with the published values where they may stand beside ours."""
    published = study["published"]["experiments"]
    again = study["published"]["sections"].get(name, {})
    fastest = min(row["metrics"]["train_seconds"]["mean"] for row in comparison["experiments"])
    rows = []
    for row in comparison["experiments"]:
        key = row["experiment"]
        about = study["experiments"][key]
        comparable = not about["unlike_published"]
        stated = {**published.get(key, {}).get("results", {}), **again.get(key, {})}
        rows.append(
            {
                **row,
                "title": about["title"],
                "known_as": published.get(key, {}).get("name"),
                "time_ratio": row["metrics"]["train_seconds"]["mean"] / fastest,
                "published": stated if comparable else {},
                "log": published.get(key, {}).get("log", {}) if comparable else {},
                "unlike_published": about["unlike_published"],
            }
        )
    return {**comparison, "rows": rows}


def _claim(key: str, claim: Values, study: Values, decided: Values) -> Values:
    """A claim's words and its decision; what was published only where that was about the same."""
    involved = [claim[role] for role in ("of", "than") if role in claim]
    involved += [
        study["claims"][part][role]
        for part in claim.get("claims", [])
        for role in ("of", "than")
        if role in study["claims"][part]
    ]
    comparable = not any(study["experiments"][name]["unlike_published"] for name in involved)
    titles = {
        role: study["experiments"][claim[role]]["title"] for role in ("of", "than") if role in claim
    }
    return {
        **claim,
        **decided,
        "name": key,
        "titles": titles,
        "dataset": study["experiments"][involved[0]]["dataset"],
        "published": study["published"]["claims"].get(key) if comparable else None,
    }


def _environments(runs: list[dict[str, str]]) -> list[Values]:
    """The distinct environments of all runs, most frequent first, with the number of runs."""
    found: dict[tuple[str, ...], int] = {}
    for run in runs:
        key = tuple(run[field] for field in _ENVIRONMENT)
        found[key] = found.get(key, 0) + 1
    ordered = sorted(found.items(), key=lambda item: -item[1])
    return [
        {**dict(zip(_ENVIRONMENT, key, strict=True)), "runs": number} for key, number in ordered
    ]
