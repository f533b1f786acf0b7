"""The rows of tables of networks: what was measured, what was published, which are marked."""

from typing import Any

from convstudy.config.metrics import with_seeds_enough
from convstudy.config.stated import stated_values
from convstudy.report.published import place

Values = dict[str, Any]


def of_section(name: str, study: Values, comparison: Values | None, claims: list[Values]) -> Values:
    """A section's rows, with the published values of those that are the published experiments."""
    if comparison is None:
        return {"table": None}
    known = study["published"]["experiments"]
    published, logs = (
        stated_values(study["published"], name, source) for source in ("results", "log")
    )
    speeds = [row["medians"]["images_per_second"] for row in comparison["experiments"]]
    rows = []
    for found in comparison["experiments"]:
        row = with_seeds_enough(found, found["n"])
        key = row["experiment"]
        stated = published.get(key, {})
        metrics = {
            metric: with_seeds_enough(spread, row["n"]) for metric, spread in row["metrics"].items()
        }
        accuracy = metrics["test_accuracy"]
        running = row["metrics"]["train_accuracy_running"]["mean"]
        rows.append(
            {
                **row,
                "metrics": metrics,
                "title": study["experiments"][key]["title"],
                "cell": study["experiments"][key]["cell"],
                "recipe": study["experiments"][key]["slice"]["recipe"],
                "time_ratio": max(speeds) / row["medians"]["images_per_second"],
                "running": running,
                "running_gap": running - accuracy["mean"],
                "known_as": known.get(key, {}).get("name"),
                "as_published": stated.get("parameters") == row["parameters"],
                "comparable": not study["experiments"][key]["unlike_published"],
                "place": place(stated["test_accuracy"], row["one_more"]) if stated else None,
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


def overview(study: Values, sections: list[Values]) -> list[Values]:
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
