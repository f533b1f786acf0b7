"""What a study costs beside its training, from the benchmark files that Snakemake wrote.

    python benchmarks/workflow_cost.py results/quick --cores 2

Wall time runs from the start of the first job to the end of the last one, so run the study from
nothing and in one go before.
"""

import argparse
import csv
from collections import defaultdict
from pathlib import Path

from convstudy.files import read_json

DRAWN_AND_DECIDED = ("summarise", "errors", "analyse", "figures", "report")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="results/<scale>")
    parser.add_argument("--cores", type=int, required=True, help="as given to snakemake")
    options = parser.parse_args()

    seconds: dict[str, list[float]] = defaultdict(list)
    starts, ends = [], []
    folder = options.results / "benchmarks"
    for path in sorted(folder.rglob("*.tsv")):
        with path.open(newline="") as file:
            (row,) = csv.DictReader(file, delimiter="\t")
        rule = path.relative_to(folder).parts[0].removesuffix(".tsv")
        seconds[rule].append(float(row["s"]))
        ends.append(path.stat().st_mtime)
        starts.append(ends[-1] - seconds[rule][-1])
    if not ends:
        parser.exit(1, f"{folder} has no files. Run snakemake from nothing first.\n")
    records = [read_json(path) for path in options.results.glob("runs/*/*/metrics.json")]
    trained = sum(one["train_seconds"] + one["evaluate_seconds"] for one in records)
    wall, total = max(ends) - min(starts), sum(map(sum, seconds.values()))
    after = sum(sum(seconds[rule]) for rule in DRAWN_AND_DECIDED)

    print("| rule | jobs | seconds, together |\n|---|---:|---:|")
    for rule, values in sorted(seconds.items(), key=lambda item: -sum(item[1])):
        print(f"| {rule} | {len(values)} | {sum(values):.1f} |")
    print(
        f"\nWall time {wall:.0f} s; training and its evaluation {trained:.0f} s on {options.cores} "
        f"cores: {wall / (trained / options.cores):.2f} ×.\n"
        f"Figures, statistics and report: {100 * after / total:.0f} % of all seconds of jobs."
    )


if __name__ == "__main__":
    main()
