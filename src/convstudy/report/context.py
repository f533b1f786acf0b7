"""Files → values: everything that the templates may print."""

import csv
import os
from pathlib import Path
from typing import Any

from convstudy.config.metrics import with_seeds_enough
from convstudy.errors import StudyError
from convstudy.figures.kinds import OF_BEST, needs
from convstudy.files import read_json
from convstudy.report import networks, provenance
from convstudy.report.claims import of_section
from convstudy.report.data import described
from convstudy.report.published import statements
from convstudy.sealed import read_sealed

Values = dict[str, Any]

# Of claims.json, what is printed of all of them.
_STATISTICS = ("level", "first_level", "minimum_seeds", "most_seeds", "looks_unknown", "timed_on")


def gather(study: Values, results: Path, data: Path, report: Path) -> Values:
    """Values for the templates; `study` is the config's slice, the rest comes from files.

    Paths of figures are given relative to the folder of `report`. Raises `StudyError` for a file
    that is missing or not readable.
    """
    runs = [provenance.as_computed(run) for run in _rows(results / "summary.csv")]
    names = dict.fromkeys(one["dataset"] for one in study["experiments"])
    datasets = {name: described(data / f"{name}.json", study["data"][name]) for name in names}
    experiments = {
        one["name"]: _experiment(one, datasets[one["dataset"]]) for one in study["experiments"]
    }
    study = {**study, "experiments": experiments}
    decided = read_json(results / "claims.json")
    comparisons = read_json(results / "comparisons.json")
    rows = {row["experiment"]: row for one in comparisons.values() for row in one["experiments"]}
    sections = []
    for section in study["sections"]:
        name = section["name"]
        claims = of_section(name, study, decided["claims"])
        sections.append(
            {
                **section,
                **_shown(section, rows, results, report),
                "claims": claims,
                "datasets": _titles_of_data(section["experiments"], experiments),
                "family": decided["families"].get(name),
                "differing": provenance.differing(section["experiments"], experiments, runs),
                "one_device": provenance.on_one_device(section["experiments"], runs),
                "incomparable": [one for one in study["incomparable"] if one["section"] == name],
                **networks.of_section(name, study, comparisons.get(name), claims),
            }
        )
    return {
        **study,
        **_head(study),
        "statements": statements(study, sections),
        "overview": networks.overview(study, sections),
        **provenance.times(experiments, runs, rows),
        **provenance.environments(experiments, runs),
        "one_device": provenance.on_one_device(experiments, runs),
        "datasets": datasets,
        "sections": sections,
        "statistics": {key: decided[key] for key in _STATISTICS},
        "unused": [
            {"title": experiments.get(name, {"title": name})["title"], "seeds": seeds}
            for name, seeds in decided["unused"].items()
        ],
        "dropped": decided["dropped"],
        "claims": [claim for section in sections for claim in section["claims"]],
        "command": provenance.command(study["overlays"], study["settings"]),
        "forest": Path(os.path.relpath(results / "figures/forest.png", report.parent)).as_posix(),
        "recipes": provenance.grouped(experiments.values(), lambda one: one["slice"]["recipe"]),
        "runs": len(runs),
    }


def _titles_of_data(names: list[str], experiments: Values) -> list[str]:
    return list(dict.fromkeys(experiments[name]["dataset_title"] for name in names))


def _experiment(one: Values, dataset: Values) -> Values:
    """An experiment with its data set's title, and how it is unlike what was published or stated.

    `altered` is what its scale changed, and images that are not all, unless `unlike_published` says
    so; images that are generated and that the experiment does not name itself are `stands_in`.
    """
    unlike, changed = (
        [
            {**way, "there": dataset[way["what"]]} if way["what"].endswith("_images") else way
            for way in one[ways]
        ]
        for ways in ("unlike_published", "changed")
    )
    said = {way["what"] for way in unlike}
    return {
        **one,
        "dataset_title": dataset["title"],
        "generated": dataset["generated"],
        "stands_in": dataset["generated"] and any(way["what"] == "dataset" for way in changed),
        "unlike_published": unlike,
        "altered": [way for way in changed if way["what"] not in said],
    }


def _shown(section: Values, rows: Values, results: Path, report: Path) -> Values:
    """Paths of a section's figures, and what they and its layers show that the text gives too."""
    name, kinds = section["name"], section["figures"]
    errors = read_json(results / "errors" / f"{name}.json") if needs(kinds) & OF_BEST else None
    if errors:
        calibration, seeds = errors["calibration"], len(errors["seeds"])
        calibration["error"] = with_seeds_enough(calibration["error"], seeds)
    return {
        "errors": errors,
        "figures": {kind: _figure(results, name, kind, report) for kind in kinds},
        "activations": section["shown"].get("activations"),
        "grid": _grid(section["shown"].get("grid"), rows),
        "layers": [read_sealed(results / "layers" / f"{one}.json") for one in section["layers"]],
    }


def _grid(asked: Values | None, rows: Values) -> Values | None:
    """A grid with the test accuracies of its cells."""
    if asked is None:
        return None
    found = [(cell, rows[cell["experiment"]]) for cell in asked["cells"]]
    cells = [
        {**cell, "n": row["n"], **with_seeds_enough(row["metrics"]["test_accuracy"], row["n"])}
        for cell, row in found
    ]
    return {**asked, "cells": cells}


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


def _head(study: Values) -> Values:
    """What a reader has to know first: which data, what was changed or left out."""
    experiments = study["experiments"].values()
    counts = sorted({len(one["seeds"]) for one in experiments})
    altered = [one for one in experiments if one["altered"]]
    replaced = {
        way["there"]
        for one in experiments
        if one["stands_in"]
        for way in one["changed"]
        if way["what"] == "dataset"
    }
    named = {
        one["dataset_title"] for one in experiments if one["generated"] and not one["stands_in"]
    }
    return {
        "seed_counts": counts,
        "differing": provenance.grouped(
            (one for one in experiments if one["unlike_published"] and _has_counterpart(one)),
            lambda one: one["unlike_published"],
        ),
        "absent": _absent(study) if study["published"]["experiments"] else [],
        "altered": [
            {"ways": ways, "experiments": those if len(those) < len(experiments) else None}
            for ways, those in provenance.grouped(altered, lambda one: one["altered"])
        ],
        "replaced": sorted(replaced),
        "generated": sorted(named),
    }


def _has_counterpart(experiment: Values) -> bool:
    """Whether the published study trained it at all, under whatever conditions."""
    return all(one["what"] != "absent" for one in experiment["unlike_published"])


def _absent(study: Values) -> list[Values]:
    """How many networks of which section the published study does not have, each counted once."""
    found: list[Values] = []
    counted: set[str] = set()
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
