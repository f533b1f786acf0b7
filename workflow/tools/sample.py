"""What `make sample SCALE=…` runs: keep a report and what it was made from, without weights."""

import shutil
import sys
from pathlib import Path

from convstudy.files import digest, read_json


def main(scale: str) -> None:
    results, sample = Path("results", scale), Path("docs/sample", scale)
    study = read_json(results / "study.json")
    kept = [Path("report.md"), results / "study.json"]
    kept += [results / name for name in study["files"]]
    kept += [path.parent / "history.csv" for path in kept if path.name == "metrics.json"]
    kept += [Path("data/prepared", f"{name}.json") for name in study["data"]]
    missing = [str(path) for path in kept if not path.is_file()]
    if missing or digest(Path("report.md")) != study["report_sha256"]:
        sys.exit(
            f"report.md is not the report of {results}, or files are missing "
            f"({', '.join(missing) or 'none'}). Run snakemake at this scale first."
        )
    shutil.rmtree(sample, ignore_errors=True)
    for path in kept:
        (sample / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, sample / path)


if __name__ == "__main__":
    main(*sys.argv[1:])
