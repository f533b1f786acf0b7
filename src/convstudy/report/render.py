"""`convstudy report`: fill the templates with what the results say, and with nothing else."""

import argparse
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from convstudy.config import read_slice
from convstudy.errors import StudyError
from convstudy.files import write_text
from convstudy.report.context import gather
from convstudy.report.words import FILTERS


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy report", description=__doc__)
    parser.add_argument("--results", required=True, type=Path, help="results/<scale>")
    parser.add_argument("--data", required=True, type=Path, help="data/prepared")
    parser.add_argument("--templates", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(argv)
    values = gather(read_slice(), options.results, options.data, options.output)
    write_text(options.output, render(options.templates, values))


def render(templates: Path, values: dict[str, Any]) -> str:
    """The report as Markdown. A value that a template asks for and nobody computed is a fault."""
    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=False,  # Markdown; names from the config pass the filter `text`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update({function.__name__: function for function in FILTERS})
    try:
        return environment.get_template("report.md.j2").render(values)
    except TemplateError as error:
        where = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
        raise StudyError(f"{templates}{where}: {error.message}. Mend the template.") from error
