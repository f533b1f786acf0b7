"""Where a report's record is: what it was made from, for all who check it."""

from pathlib import Path


def record_of(report: Path) -> Path:
    """report.json beside report.md, of whatever scale it is.

    In the results of a scale it would be missing at any other; and of a job that lacks an output
    Snakemake does not see that its config has changed.
    """
    return report.with_suffix(".json")
