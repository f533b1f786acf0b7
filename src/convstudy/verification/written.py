"""The report and its page written once more: what was not written again is not accepted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from convstudy import language
from convstudy.files import digest
from convstudy.report.context import gather
from convstudy.report.html import page
from convstudy.report.record import record_of
from convstudy.report.render import render
from convstudy.report.written import changed, code_and_words
from convstudy.verification.alike import lines

Study = dict[str, Any]


def contradictions(
    study: Study, results: Path, data: Path, report: Path, templates: Path, locale: Path
) -> Iterator[str]:
    """Report and page, to the last letter; with the code and the words that wrote them."""
    words = locale / f"{study['report']['language']}.po"
    again = f"Write it again: `make report`, or snakemake --cores 1 {report}"
    if not words.is_file():
        yield f"{words} is missing, so {report} cannot be written again"
        return
    now = code_and_words(templates, words)
    others = [key for key in now if study["written"].get(key) != now[key]]
    if others:
        yield f"{report} was written with other {' and '.join(others)} than are here. {again}"
        return
    if said := _of_commit(study["written"], templates, words):
        yield f"{record_of(report)} {said}. {again}"
    with language.speaking(words):
        text = render(templates, gather(study["report"], results, data, report), study["written"])
        found = list(lines(report, text))
        yield from found
        if not found and digest(report) != study["report_sha256"]:
            yield f"{record_of(report)} has the checksum of another report"
        html = report.with_suffix(".html")
        if not found and html.is_file():
            yield from lines(html, page(report, templates))


def _of_commit(written: Study, templates: Path, words: Path) -> str | None:
    """Whether "without uncommitted changes" is so, where git can tell."""
    commit, dirty = written["commit"], written["dirty"]
    if commit and dirty is False and changed(templates, words, commit):
        return f"names commit {commit[:12]} without changes, whose code and words are others"
    return None
