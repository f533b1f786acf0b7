"""Files → values: everything that the templates may print."""

import csv
import os
from pathlib import Path
from typing import Any

from convstudy.config.metrics import shown as with_seeds_enough
from convstudy.errors import StudyError
from convstudy.figures.kinds import needs
from convstudy.files import read_json
from convstudy.report import provenance
from convstudy.report.claims import of_section, published_values
from convstudy.report.data import described
from convstudy.report.published import next_run, place, statements
from convstudy.sealed import read_sealed

Values = dict[str, Any]


def gather(study: Values, results: Path, data: Path, report: Path) -> Values:
    """Values for the templates; `study` is the config's slice, the rest comes from files.

    Paths of figures are given relative to the folder of `report`. Raises `StudyError` for a file
    that is missing or not readable.
    """
    runs = _rows(results / "summary.csv")
    names = dict.fromkeys(one["dataset"] for one in study["experiments"])
    datasets = {name: described(data / f"{name}.json", study["data"][name]) for name in names}
    experiments = {
        one["name"]: _experiment(one, datasets[one["dataset"]]) for one in study["experiments"]
    }
    study = {**study, "experiments": experiments}
    decided = read_json(results / "claims.json")
    comparisons = read_json(results / "comparisons.json")
    sections = []
    for section in study["sections"]:
        name = section["name"]
        claims = of_section(name, study, decided["claims"])
        sections.append(
            {
                **section,
                "figures": {one: _figure(results, name, one, report) for one in section["figures"]},
                "activations": section["shown"].get("activations"),
                "layers": [
                    read_sealed(results / "layers" / f"{one}.json") for one in section["layers"]
                ],
                **_drawn_from(results, name, section["figures"]),
                "claims": claims,
                "datasets": _titles_of_data(section["experiments"], experiments),
                "family": decided["families"].get(name),
                "differing": provenance.differing(section["experiments"], runs),
                "incomparable": [one for one in study["incomparable"] if one["section"] == name],
                **_table(name, study, comparisons.get(name), claims),
            }
        )
    return {
        **study,
        **_head(study),
        "statements": statements(study, sections),
        "overview": _overview(study, sections),
        **provenance.times(experiments, runs),
        **provenance.environments(experiments, runs),
        "datasets": datasets,
        "sections": sections,
        "statistics": {
            key: decided[key] for key in ("level", "minimum_seeds", "most_seeds", "looks_unknown")
        },
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


def _drawn_from(results: Path, section: str, shown: list[str]) -> Values:
    """The tables of how networks err and of a grid, whose numbers the text gives too, or None."""
    folders = {"confusion": "confusion", "errors": "errors", "grid": "grids"}
    used = {table: results / folders[table] / f"{section}.json" for table in folders}
    found = {one: read_json(used[one]) if one in needs(shown) else None for one in folders}
    if found["errors"]:
        calibration, seeds = found["errors"]["calibration"], len(found["errors"]["seeds"])
        calibration["error"] = with_seeds_enough(calibration["error"], seeds)
    if found["grid"]:
        cells = found["grid"]["cells"]
        found["grid"]["cells"] = [with_seeds_enough(cell, cell["n"]) for cell in cells]
    return found


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
        "differing": [
            one for one in experiments if one["unlike_published"] and _has_counterpart(one)
        ],
        "absent": _absent(study),
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


def _table(name: str, study: Values, comparison: Values | None, claims: list[Values]) -> Values:
    """A section's rows, with the published values of those that are the published experiments."""
    if comparison is None:
        return {"table": None}
    known = study["published"]["experiments"]
    published, logs = (published_values(study, name, source) for source in ("results", "log"))
    speeds = [row["metrics"]["images_per_second"]["mean"] for row in comparison["experiments"]]
    rows = []
    for row in comparison["experiments"]:
        key = row["experiment"]
        stated = published.get(key, {})
        metrics = {
            metric: with_seeds_enough(spread, row["n"]) for metric, spread in row["metrics"].items()
        }
        accuracy = metrics["test_accuracy"]
        ends = next_run(accuracy, row["n"])
        running = row["metrics"]["train_accuracy_running"]["mean"]
        rows.append(
            {
                **row,
                "metrics": metrics,
                "title": study["experiments"][key]["title"],
                "cell": study["experiments"][key]["cell"],
                "recipe": study["experiments"][key]["slice"]["recipe"],
                "time_ratio": max(speeds) / row["metrics"]["images_per_second"]["mean"],
                "running": running,
                "running_gap": running - accuracy["mean"],
                "known_as": known.get(key, {}).get("name"),
                "as_published": stated.get("parameters") == row["parameters"],
                "comparable": not study["experiments"][key]["unlike_published"],
                "next_run": ends,
                "place": place(stated["test_accuracy"], ends) if stated else None,
                "published": stated,
                "log": logs.get(key, {}),
            }
        )
    _keep_to_claims(rows, claims)
    comparable = [row for row in rows if row["comparable"]]
    return {
        "table": {**comparison, "rows": rows},
        "published_rows": comparable,
        "has_log": any(row["log"] for row in comparable),
    }


def _keep_to_claims(rows: list[Values], claims: list[Values]) -> None:
    """Where a claim asks about the best network and another one, its verdict is the mark too."""
    top = max(rows, key=lambda row: row["metrics"]["test_accuracy"]["mean"])
    for claim in claims:
        if claim["kind"] != "greater" or claim["metric"] != "test_accuracy" or claim["bound"]:
            continue
        for row in rows:
            if {row["experiment"], top["experiment"]} == {claim["of"], claim["than"]}:
                row["best"] = claim["verdict"] == "inconclusive"


def _overview(study: Values, sections: list[Values]) -> list[Values]:
    """Every network once, data set by data set; of a grid, which has its own table, no cells.

    A network that several sections show is marked as in the first of them.
    """
    rows: dict[str, Values] = {}
    for section in sections:
        for row in section["table"]["rows"] if section["table"] else ():
            marked = section["table"]["separable"] and not section["mixed"] and row["best"]
            one = study["experiments"][row["experiment"]]
            if not row["cell"]:
                about = {"dataset_title": one["dataset_title"], "marked": marked}
                rows.setdefault(row["experiment"], {**row, **about})
    order = list(dict.fromkeys(row["dataset_title"] for row in rows.values()))
    return sorted(rows.values(), key=lambda row: order.index(row["dataset_title"]))
