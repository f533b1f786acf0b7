"""Where a report's record is: what it was made from, for all who check it."""

from pathlib import Path

from convstudy.errors import StudyError
from convstudy.files import digest
from convstudy.sealed import read_sealed

TABLES = ("summary.csv", "comparisons.json", "claims.json")  # what says all of runs and claims


def record_of(report: Path) -> Path:
    """report.json beside report.md, of whatever scale it is.

    In the results of a scale it would be missing at any other; and of a job that lacks an output
    Snakemake does not see that its config has changed.
    """
    return report.with_suffix(".json")


def check_origin(report: Path, results: Path, ends: tuple[str, ...] = (".png",)) -> None:
    """Raise `StudyError` for a report or a file that it is made from that was edited by hand.

    On a page, which shows figures, or in a table nobody would see it.
    """
    beside = record_of(report)
    record = read_sealed(beside)
    files = record.get("files") if isinstance(record, dict) else None
    if not isinstance(files, dict) or digest(report) != record.get("report_sha256"):
        raise StudyError(
            f"{report} is not the report that was written with {beside}. Keep your copy elsewhere, "
            f"delete {report} and run snakemake again."
        )
    used = {results / name: sha for name, sha in files.items() if name.endswith(ends)}
    for path, sha256 in used.items():
        if not path.is_file() or digest(path) != sha256:
            what = "figure" if path.suffix == ".png" else "file"
            raise StudyError(
                f"{path} is not the {what} that {report} was written with. Delete it and run "
                "snakemake again."
            )
