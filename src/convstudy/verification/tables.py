"""What statistics made of the runs, computed once more: tables, comparisons, claims, errors."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from convstudy import histories
from convstudy.statistics import errors, summary
from convstudy.statistics.analyse import analyse
from convstudy.statistics.records import Record
from convstudy.verification.alike import json_file, lines


def contradictions(
    study: dict[str, Any], results: Path, records: dict[Path, Record], sample: bool = False
) -> Iterator[str]:
    """Everything that the runs do not give, a line each; without predictions only those of runs."""
    spelt = [
        *lines(results / "summary.csv", summary.spell(records.values())),
        *lines(results / histories.NAME, histories.spell(records)),
    ]
    yield from spelt
    if spelt or sample:
        return
    compared, decided = analyse(
        results / "summary.csv", results / "runs", results / "timing.json", study["analysis"]
    )
    yield from json_file(results / "comparisons.json", compared)
    yield from json_file(results / "claims.json", decided)
    for section, job in study["errors"].items():
        found = errors.of_section(results / "runs", job)
        yield from json_file(results / "errors" / f"{section}.json", found)
