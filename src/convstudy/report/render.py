"""`convstudy report`: fill the templates with what the results say, and with nothing else."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from convstudy import histories, language
from convstudy.config import read_slice
from convstudy.config.claim_kinds import compared
from convstudy.config.metrics import METRICS
from convstudy.errors import StudyError
from convstudy.figures.kinds import files as files_of_figures
from convstudy.files import digest, write_text
from convstudy.report import findings, measured, sentences, settings, words
from convstudy.report.context import gather
from convstudy.report.record import TABLES, record_of
from convstudy.report.templates import environment_of
from convstudy.report.written import written_with
from convstudy.sealed import write_sealed

FILTERS = {
    one.__name__: one
    for module in (words, measured, sentences, settings, findings)
    for one in module.FILTERS
}


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy report", description=__doc__)
    parser.add_argument("--results", required=True, type=Path, help="results/<scale>")
    parser.add_argument("--data", required=True, type=Path, help="data/prepared")
    parser.add_argument("--templates", required=True, type=Path)
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(argv)
    study = read_slice()
    written = written_with(options.templates, options.words)
    with language.speaking(options.words):
        write_text(options.output, text_of(study["report"], options, written))
    write_sealed(record_of(options.output), {**_record(options, study), "written": written})


def text_of(
    study: dict[str, Any], options: argparse.Namespace, written: dict[str, Any] | None
) -> str:
    """The report as Markdown; `StudyError` where a result does not hold what it has to."""
    try:
        values = gather(study, options.results, options.data, options.output)
        return render(options.templates, values, written)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise StudyError(
            f"the results in {options.results} do not hold what a report is made from "
            f"({type(error).__name__}: {error}). One of its tables is damaged: "
            "delete them (*.json, summary.csv), the runs apart, and run `make report`."
        ) from error


def _record(options: argparse.Namespace, study: dict[str, Any]) -> dict[str, Any]:
    """What `convstudy verify` needs: what was asked for, and every file that went into the report.

    Paths are relative to the folder of results.
    """
    results = options.results
    used = [
        *(results / name for name in (histories.NAME, *TABLES)),
        *(
            results / "layers" / f"{layer}.json"
            for section in study["report"]["sections"]
            for layer in section["layers"]
        ),
        *(
            results / "figures" / section["name"] / f"{figure}.png"
            for section in study["report"]["sections"]
            for figure in section["figures"]
        ),
        *(
            results / "runs" / name / f"seed{seed}" / "metrics.json"
            for name, one in study["runs"].items()
            for seed in one["seeds"]
        ),
        *_measured(study["analysis"]["claims"].values(), study["runs"], results),
        *(
            results / path
            for name, job in study["drawn"]["sections"].items()
            for path in files_of_figures(name, job, *job["figures"])
        ),
        results / "figures" / "forest.png",
    ]
    datasets = sorted({one["dataset"] for one in study["report"]["experiments"]})
    return {
        **study,
        "results": results.as_posix(),
        "files": {
            path.relative_to(results).as_posix(): digest(path)
            for path in sorted(set(used))
            if path.is_file()
        },
        "data": {name: digest(options.data / f"{name}.json") for name in datasets},
        "report_sha256": digest(options.output),
    }


def _measured(claims: Iterable[dict[str, Any]], runs: dict[str, Any], results: Path) -> set[Path]:
    """Files that single claims were decided by."""
    found = set()
    for claim in claims:
        source = METRICS[claim["metric"]].source if "metric" in claim else None
        if source == "timing":
            found.add(results / "timing.json")
        if source == "activations":
            found |= {
                results / "runs" / name / f"seed{seed}" / "frequency.json"
                for name in compared(claim)
                for seed in runs[name]["seeds"]
            }
    return found


def render(
    templates: Path,
    values: dict[str, Any],
    written: dict[str, Any] | None = None,
    name: str = "report.md.j2",
) -> str:
    """The report as Markdown, or what another template makes of the same values.

    `written` is what `written_with` found, for the last section.

    A value that a template asks for and nobody computed is a fault.
    """
    environment = environment_of(templates, escaping=False)  # names pass the filter `text`
    environment.filters.update(FILTERS)
    try:
        return environment.get_template(name).render(values, written=written)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f", line {line}" if line else ""
        raise StudyError(
            f"{templates}{where}: {error.message}. Mend the template; or delete the table of "
            "results that lacks it, and run `make report`."
        ) from error
