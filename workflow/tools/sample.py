"""What `make sample SCALE=…` runs: keep a report and what it was made from, without weights."""

import shutil
import sys
from pathlib import Path

from convstudy.files import read_json


def main(scale: str) -> None:
    results, sample = Path("results", scale), Path("docs/sample", scale)
    study = read_json(results / "study.json")
    kept = [Path("report.md"), results / "study.json"]
    kept += [results / name for name in study["files"]]
    kept += [path.parent / "history.csv" for path in kept if path.name == "metrics.json"]
    kept += [Path("data/prepared", f"{name}.json") for name in study["data"]]
    shutil.rmtree(sample, ignore_errors=True)
    for path in kept:
        (sample / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, sample / path)


if __name__ == "__main__":
    main(*sys.argv[1:])
