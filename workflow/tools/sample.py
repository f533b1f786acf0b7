"""What `make sample SCALE=…` runs: keep a report and what it was made from, without weights."""

import re
import shutil
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

from convstudy.errors import StudyError
from convstudy.files import digest, read_json, write_text
from convstudy.report.record import record_of
from convstudy.report.words import interval, mean_sd, percent

README, REPORT = Path("README.md"), Path("report.md")
IN_README = "full"  # the scale whose results README.md shows
RUNS = "runs.tar.xz"  # records, histories and predictions, from which all else follows
LEDGER = "ledger.jsonl"
_TABLE = re.compile(r"(?<=<!-- by make sample -->\n).*?(?=<!-- end -->\n)", re.DOTALL)


def main(scale: str) -> None:
    results, sample = Path("results", scale), Path("docs/sample", scale)
    study = read_json(record_of(REPORT))
    of_runs = files_of_runs(results, study["files"])
    kept = [REPORT, record_of(REPORT)]
    kept += [results / name for name in _light(study["files"]) if not _of_run(name)]
    kept += [Path("data/prepared", f"{name}.json") for name in study["data"]]
    kept += [results / LEDGER] if (results / LEDGER).is_file() else []
    missing = [str(path) for path in kept + of_runs if not path.is_file()]
    others = study["results"] != results.as_posix() or digest(REPORT) != study["report_sha256"]
    if missing or others:
        sys.exit(
            f"report.md is not the report of {results}, or files are missing "
            f"({', '.join(missing) or 'none'}). Run snakemake at this scale first."
        )
    shutil.rmtree(sample, ignore_errors=True)
    for path in kept:
        (sample / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, sample / path)
    pack(sample, of_runs)
    if scale == IN_README:
        table = table_of(sample)
        write_text(README, _TABLE.sub(lambda _: table, README.read_text(encoding="utf-8")))


def files_of_runs(results: Path, used: Iterable[str]) -> list[Path]:
    """Of the files that a report was made from, those of runs; and what their records vouch for."""
    found = [results / name for name in _light(used) if _of_run(name)]
    folders = [path.parent for path in found if path.name == "metrics.json"]
    return found + [one / name for one in folders for name in ("history.csv", "predictions.npz")]


def _light(files: Iterable[str]) -> list[str]:
    """Without images and maps, which are large, and drawn in figures that are kept."""
    return [name for name in files if not name.endswith(".npz")]


def _of_run(name: str) -> bool:
    return name.startswith("runs/")


def pack(sample: Path, files: list[Path], below: Path = Path()) -> None:
    with tarfile.open(sample / RUNS, "w:xz") as archive:
        for path in sorted(files):
            archive.add(below / path, arcname=path, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without times and owners, so that the same files give the same archive."""
    member.mtime = member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def table_of(sample: Path) -> str:
    """A Markdown table of the networks, for README.md; published where data and recipe are."""
    made = sample / "results" / sample.name
    asked = read_json(record_of(sample / REPORT))["report"]
    published = asked["published"]["experiments"]
    experiments = {one["name"]: one for one in asked["experiments"]}
    data = {p.stem: read_json(p)["title"] for p in (sample / "data/prepared").glob("*.json")}
    lines = ["| network | published | in its own log | here | interval | seeds |"]
    lines += ["|---|---:|---:|---:|---:|---:|"]
    compared = read_json(made / "comparisons.json")
    for section in asked["sections"]:
        for row in compared.get(section["name"], {}).get("experiments", []):
            one, here = experiments[row["experiment"]], row["metrics"]["test_accuracy"]
            stated = {} if one["unlike_published"] else published[one["name"]]
            cells = [f"{one['title']} ({data[one['dataset']]})"]
            for values in (stated.get("results", {}), stated.get("log", {})):
                cells.append(percent(values["test_accuracy"]) if values else "")
            cells += [f"{mean_sd(here)} %", interval(here), str(row["n"])]
            lines.append(f"| {' | '.join(cells)} |")
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except StudyError as error:
        sys.exit(str(error))
