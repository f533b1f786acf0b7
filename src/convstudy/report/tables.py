"""`convstudy tables`: the tables of a report, as CSV and for LaTeX.

Each table is built once, as a DataFrame of what was computed: fractions, seconds, counts. The CSV
file holds that; the one for LaTeX, of data, networks and claims, says the same in the words and
digits of the report.
"""

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from convstudy import language
from convstudy.files import write_text
from convstudy.gettext_noop import N_
from convstudy.language import gettext as _
from convstudy.report import measured, words
from convstudy.report.context import gather
from convstudy.report.record import TABLES, check_origin, record_of
from convstudy.sealed import read_sealed

Values = dict[str, Any]

VERDICTS = {
    "supported": N_("Supported"),
    "contradicted": N_("Contradicted"),
    "equivalent": N_("No relevant difference"),
    "inconclusive": N_("Not decided"),
}
_SPREADS = ("test_accuracy", "train_accuracy", "gap", "train_seconds")
_SIGNS = {"×": r"$\times$", "−": "$-$", "±": r"$\pm$", "≥": r"$\geq$", "∞": r"$\infty$"}
_LIGATURES = re.compile(r"([-'`<>,])(?=\1)|[?!](?=`)")  # -- would be a dash
_OPTIONS = re.compile(r"^(?=[\[*])", re.MULTILINE)  # a row's first sign, after the \\ before it
_SPACES = dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", "~")


class Table(NamedTuple):
    """A table, how its rows are written for LaTeX, and what stands above them."""

    frame: pd.DataFrame
    written: Callable[[Any], dict[str, str]]
    caption: str


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy tables", description=__doc__)
    parser.add_argument("--report", required=True, type=Path, help="report.md")
    parser.add_argument("--results", required=True, type=Path, help="results/<scale>")
    parser.add_argument("--data", required=True, type=Path, help="data/prepared")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", required=True, type=Path, help="folder of the tables")
    options = parser.parse_args(argv)
    check_origin(options.report, options.results, TABLES)
    study = read_sealed(record_of(options.report))["report"]
    with language.speaking(options.words):
        values = gather(study, options.results, options.data, options.report)
        for name, table in tables(values).items():
            write_text(options.output / f"{name}.csv", table.frame.to_csv(index=False))
            write_text(options.output / f"{name}.tex", latex(name, table))
        for name, frame in (("statements", _statements(values)), ("layers", _layers(values))):
            write_text(options.output / f"{name}.csv", frame.to_csv(index=False))


def tables(values: Values) -> dict[str, Table]:
    """The tables by name, of what `gather` found."""
    return {
        "datasets": Table(_datasets(values), _dataset, _("Data sets")),
        "networks": Table(
            _networks(values), _network, _("Networks: mean and standard deviation over seeds")
        ),
        "claims": Table(_claims(values), _claim, _("Claims and their verdicts")),
    }


def latex(name: str, table: Table) -> str:
    """A `longtable` with the lines of `booktabs`; empty tables have their head alone."""
    rows = [table.written(row) for row in table.frame.to_dict("records")]
    head = rows[0].keys() if rows else table.frame.columns
    numbers = "r" * (len(head) - 2)
    made = pd.DataFrame(rows, columns=list(head)).to_latex(
        index=False,
        escape=True,
        longtable=True,
        column_format=rf"p{{0.24\linewidth}}p{{0.2\linewidth}}{numbers}",
        caption=table.caption,
        label=f"tab:{name}",
    )
    made = str(made).replace("Continued on next page", r"\ldots")
    made = _OPTIONS.sub("{}", _LIGATURES.sub(r"\g<0>{}", made))
    for sign, spelt in {**_SIGNS, **_SPACES}.items():
        made = made.replace(sign, spelt)
    return "% \\usepackage{booktabs, longtable}\n" + made


def _title(row: Values, field: str = "title") -> str:
    """A name of the config in the language."""
    return _(str(row[field]))


def _datasets(values: Values) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "dataset": name,
            "title": one["title"],
            "generated": one["generated"],
            "train_images": one["train_images"],
            "test_images": one["test_images"],
            "classes": len(one["classes"]),
            "shape": "×".join(map(str, one["shape"])),
            "sha256": one["sha256"],
        }
        for name, one in values["datasets"].items()
    )


def _dataset(row: Values) -> dict[str, str]:
    return {
        _("data set"): _title(row),
        _("size"): row["shape"],
        _("images for training"): words.count(row["train_images"]),
        _("for test"): words.count(row["test_images"]),
        _("classes"): words.count(row["classes"]),
    }


def _networks(values: Values) -> pd.DataFrame:
    """One row for each network of each section that compares some."""
    rows = []
    for section in values["sections"]:
        for row in section["table"]["rows"] if section["table"] else ():
            experiment = values["experiments"][row["experiment"]]
            spreads = {
                f"{metric}_{part}": row["metrics"][metric][part]
                for metric in _SPREADS
                for part in ("mean", "sd", "low", "high")
            }
            rows.append(
                {
                    "section": section["name"],
                    "experiment": row["experiment"],
                    "title": row["title"],
                    "dataset": experiment["dataset_title"],
                    "n": row["n"],
                    **spreads,
                    "parameters": row["parameters"],
                    "macs": row["macs"],
                }
            )
    return pd.DataFrame(rows)


def _network(row: Values) -> dict[str, str]:
    def spread(metric: str) -> Values:
        parts = {part: row[f"{metric}_{part}"] for part in ("mean", "sd", "low", "high")}
        return {part: None if pd.isna(value) else value for part, value in parts.items()}

    return {
        _("network"): _title(row),
        _("data"): _title(row, "dataset"),
        _("test accuracy, %"): words.mean_sd(spread("test_accuracy")),
        _("interval, %"): words.interval(spread("test_accuracy")),
        "n": words.count(row["n"]),
        _("parameters"): words.count(row["parameters"]),
        _("training time"): words.seconds(row["train_seconds_mean"]),
    }


_FIELDS = (
    *("kind", "metric", "estimate", "low", "high", "coverage", "bound"),
    *("test", "p", "p_holm", "level", "effect", "superiority"),
)


def _claims(values: Values) -> pd.DataFrame:
    made = pd.DataFrame(
        {
            "claim": claim["name"],
            "section": section["name"],
            "says": claim["says"],
            **{field: claim[field] for field in _FIELDS},
            **{
                f"{part}_{end}": (claim[part] or {}).get(end)
                for part in ("new_items", "seeds_needed")
                for end in ("low", "high")
            },
            "verdict": claim["verdict"],
            "reason": claim["reason"],
        }
        for section in values["sections"]
        for claim in section["claims"]
    )
    numbers = {"estimate", "low", "high", "coverage", "p", "p_holm"} & {*made}
    return made.astype(dict.fromkeys(numbers, float))


def _claim(row: Values) -> dict[str, str]:
    claim: Values = {key: None if pd.isna(value) else value for key, value in row.items()}
    known = claim["estimate"] is not None
    return {
        _("claim"): _title(claim, "says"),
        _("verdict"): _title(VERDICTS, claim["verdict"]),
        _("estimate"): measured.in_unit(claim["estimate"], claim) if known else "–",
        _("interval"): measured.span(claim, claim) if claim["low"] is not None else "–",
        _("p, corrected"): "–"
        if claim["p_holm"] is None
        else words.p_value(claim["p_holm"], claim["level"]),
    }


_STATED = ("name", "published_estimate", "logged_estimate", "estimate", "low", "high", "verdict")


def _statements(values: Values) -> pd.DataFrame:
    """Published statements in their order; without a claim that asks them nothing was measured."""
    return pd.DataFrame(
        {
            "says": one["says"],
            "outcome": one["outcome"],
            **{field: (one["claim"] or {}).get(field) for field in _STATED},
        }
        for one in values["statements"]
    ).rename(columns={"name": "claim"})


def _layers(values: Values) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "section": section["name"],
            **{field: layer[field] for field in ("layer", "title", "parameters", "macs")},
            "checks": len(layer["checks"]),
            "passed": sum(check["passed"] for check in layer["checks"]),
        }
        for section in values["sections"]
        for layer in section["layers"]
    )
