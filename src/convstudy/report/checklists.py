"""`convstudy checklists`: what journals and conferences ask, answered from a study's record."""

import argparse
from pathlib import Path

from convstudy import language
from convstudy.files import write_text
from convstudy.report.context import gather
from convstudy.report.record import TABLES, check_origin, record_of
from convstudy.report.render import render
from convstudy.sealed import read_sealed


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy checklists", description=__doc__)
    parser.add_argument("--report", required=True, type=Path, help="report.md")
    parser.add_argument("--results", required=True, type=Path, help="results/<scale>")
    parser.add_argument("--data", required=True, type=Path, help="data/prepared")
    parser.add_argument("--templates", required=True, type=Path)
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(argv)
    check_origin(options.report, options.results, TABLES)
    record = read_sealed(record_of(options.report))
    with language.speaking(options.words):
        values = gather(record["report"], options.results, options.data, options.report)
        made = render(options.templates, values, record["written"], "checklists.md.j2")
    write_text(options.output, made)
