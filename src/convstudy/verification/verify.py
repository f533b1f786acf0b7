"""`convstudy verify`: find what was edited by hand in a finished study.

Everything that can be computed again from the files before it is: the summary from the runs,
claims, comparisons and confusion from these, the report from all of them. The rest is compared with
the checksums that the report was made with. Needs nothing of the config: `report.json`, written
with the report, has what was asked for.
"""

import argparse
import json
import math
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from convstudy import language
from convstudy.errors import StudyError
from convstudy.files import digest, read_json
from convstudy.fingerprint import fingerprint
from convstudy.report.context import gather
from convstudy.report.html import page
from convstudy.report.record import record_of
from convstudy.report.render import digests, render
from convstudy.statistics import confusion, errors, grid, summary
from convstudy.statistics.analyse import analyse
from convstudy.statistics.summarise import check_all, expectations

Study = dict[str, Any]


def main(argv: list[str]) -> None:
    description = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(prog="convstudy verify", description=description)
    parser.add_argument("results", type=Path, help="results/<scale>")
    parser.add_argument("--report", type=Path, default=Path("report.md"), help="and its page")
    parser.add_argument("--data", type=Path, default=Path("data/prepared"))
    parser.add_argument("--templates", type=Path, default=Path("workflow/templates"))
    parser.add_argument("--locale", type=Path, default=Path("workflow/locale"))
    options = parser.parse_args(argv)
    study = _study(options.results, options.report)
    found = [*_files(study, options)]
    try:
        # What was changed is not computed with: it would only fail somewhere else.
        found = found or list(contradictions(study, options))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        found.append(f"{record_of(options.report)} does not fit its files ({error!r})")
    if found:
        lines = "".join(f"\n  - {line}" for line in found)
        raise StudyError(
            f"{options.report} and {options.results} do not belong together:{lines}\n"
            "  Delete those of these files that are there. `make report` makes them again; or name "
            "them as targets of snakemake."
        )
    runs = sum(len(one["seeds"]) for one in study["runs"].values())
    print(
        f"{runs} runs and {len(study['files'])} files belong together, and {options.report} is the"
        " report that they give."
    )
    if not _same_words(study, options):
        print(
            "Templates or code of the report have changed since: its text was compared by checksum"
            " and not written again."
        )


def _study(results: Path, report: Path) -> Study:
    path = record_of(report)
    remedy = f"with the config of that study: snakemake --cores 1 {report} {path}"
    if not path.is_file():
        raise StudyError(
            f"{path} is missing: no report was finished. Name both as targets, {remedy}"
        )
    study = read_json(path)
    parts = (
        "report",
        "runs",
        "analysis",
        "confusion",
        "errors",
        "grids",
        "files",
        "data",
        "templates",
    )
    if not isinstance(study, dict) or not all(isinstance(study.get(one), dict) for one in parts):
        raise StudyError(
            f"{path} is not what the rule `report` writes. Delete it and name it as a target, "
            f"{remedy}"
        )
    if Path(str(study.get("results"))).name != results.name:
        raise StudyError(
            f"{report} was made from {study.get('results')}, not from {results}. Verify that, or "
            f"make the report again, {remedy}"
        )
    return study


def contradictions(study: Study, options: argparse.Namespace) -> Iterator[str]:
    """Everything that the files before it do not give, a line each."""
    results = options.results
    records, faulty = check_all(results / "runs", expectations(study["runs"]))
    for folder, said in faulty.items():
        yield from (f"{folder}: {line}" for line in said)
    if faulty:
        return  # what follows would only say it again
    spelt = list(_lines(results / "summary.csv", summary.spell(records.values())))
    yield from spelt
    if spelt:
        return
    compared, decided = analyse(
        results / "summary.csv", results / "runs", results / "timing.json", study["analysis"]
    )
    yield from _json(results / "comparisons.json", compared)
    yield from _json(results / "claims.json", decided)
    for section, job in study["confusion"].items():
        found = confusion.of_section(results / "runs", job)
        yield from _json(results / "confusion" / f"{section}.json", found)
    for section, job in study["errors"].items():
        found = errors.of_section(results / "runs", job)
        yield from _json(results / "errors" / f"{section}.json", found)
    for section, job in study["grids"].items():
        found = grid.of_section(results / "runs", job)
        yield from _json(results / "grids" / f"{section}.json", found)
    if _same_words(study, options):
        values = gather(study["report"], results, options.data, options.report)
        with language.speaking(_catalogue(study, options)):
            written = render(options.templates, values)
        yield from _lines(options.report, written)
    elif not options.report.is_file() or digest(options.report) != study["report_sha256"]:
        yield f"{options.report} is not the file that was made from these"
    yield from _page(options, _catalogue(study, options))


def _files(study: Study, options: argparse.Namespace) -> Iterator[str]:
    """Files that the report was made from and that are missing or others now."""
    wanted = {options.results / name: sha256 for name, sha256 in study["files"].items()}
    wanted |= {options.data / f"{name}.json": sha256 for name, sha256 in study["data"].items()}
    for path, sha256 in wanted.items():
        if not path.is_file():
            yield f"{path} is missing"
        elif digest(path) != sha256:
            yield f"{path} was changed after the report was made"


def _page(options: argparse.Namespace, catalogue: Path) -> Iterator[str]:
    """The page beside the report, where there is one, has to be what the report gives."""
    html = options.report.with_suffix(".html")
    if not all(path.is_file() for path in (html, options.report, catalogue)):
        return
    with language.speaking(catalogue):
        made = page(options.report, options.templates)
    if _text_of(html.read_text(encoding="utf-8")) != _text_of(made):
        yield f"{html} is not the page that {options.report} gives"


def _text_of(html: str) -> str:
    """A page without its look, which may have been changed since it was made."""
    _, _, text = html.partition("<main")
    return text.partition("</main>")[0]


def _lines(path: Path, wanted: str) -> Iterator[str]:
    """The first line of a text that is not as it has to be."""
    try:
        found = path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        yield f"{path} cannot be read ({error})"
        return
    pairs = zip_longest(found.splitlines(), wanted.splitlines(), fillvalue="(nothing)")
    for number, (line, other) in enumerate(pairs, start=1):
        if line != other:
            yield f"{path}, line {number}: {line!r}, but the files before it give {other!r}"
            return


def _json(path: Path, wanted: Any) -> Iterator[str]:
    if not _alike(read_json(path), json.loads(json.dumps(wanted))):
        yield f"{path} is not what the files before it give"


def _alike(one: Any, other: Any) -> bool:
    """Equal, floats up to rounding: another release of a library may add up in another order."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-12)
    return type(one) is type(other) and one == other


def _same_words(study: Study, options: argparse.Namespace) -> bool:
    """Whether templates, catalogue and code of the report are still those it was made with."""
    same_code = study["code"] == fingerprint(render.__module__)
    catalogue = _catalogue(study, options)
    if not catalogue.is_file():
        return False
    return same_code and bool(study["templates"] == digests(options.templates, catalogue))


def _catalogue(study: Study, options: argparse.Namespace) -> Path:
    folder: Path = options.locale
    return folder / f"{study['report']['language']}.po"
