"""What `make sample-again SCALE=…` runs: write a sample's report again from the files it kept.

After an edit of words, templates, figures or statistics, for a study that takes hours. Its runs
stay what they are, of the config and the code that their records name; a sample keeps no weights,
so what only these show (activations, checks of checkpoints) stays as it was drawn.
"""

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from snakemake.utils import update_config

from convstudy.config import catalogue, slices
from convstudy.config.study import Study, load
from convstudy.errors import StudyError
from convstudy.figures import kinds
from convstudy.files import canonical_json, read_json
from convstudy.report.record import record_of
from convstudy.sealed import write_sealed

from sample import RUNS

ROOT = Path(__file__).parents[2]


def main(scale: str) -> None:
    sample = ROOT / "docs/sample" / scale
    again(sample, sample)


def again(sample: Path, output: Path) -> None:
    """Write the sample again, in place or elsewhere; `StudyError` if its config is another now."""
    record = read_json(record_of(sample / "report.md"))
    study = study_of(record["report"]["settings"], record["report"]["overlays"])
    trained = {name: one["slice"] for name, one in record["runs"].items()}
    asked = {name: one.slice for name, one in study.experiments.items()}
    if canonical_json(trained) != canonical_json(asked):
        raise StudyError(f"{sample}: its networks are trained otherwise now. Run the study again.")
    job = {
        "runs": record["runs"],
        "errors": {name: slices.errors(study, name) for name in record["errors"]},
        "analysis": slices.analysis(study),
        "drawn": slices.drawn(study),
        "report": slices.reporting(
            study, record["report"]["overlays"], record["report"]["settings"]
        ),
    }
    with TemporaryDirectory() as folder:
        work = Path(folder, "sample")
        shutil.copytree(sample, work)
        results = Path("results", study.scale)
        with tarfile.open(work / RUNS) as archive:
            archive.extractall(work, filter="data")
        for arguments, given in commands(study, work, results, job):
            command = ["convstudy", *map(str, arguments)]
            subprocess.run(command, cwd=work, input=given, text=True, check=True)
        _keep_digests(record_of(work / "report.md"), record["files"])
        shutil.rmtree(work / results / "runs")
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(work, output)


def _keep_digests(path: Path, known: dict[str, str]) -> None:
    """Of the images and maps that the first report was made from, and a sample does not keep."""
    record = read_json(path)
    kept = {name: sha256 for name, sha256 in known.items() if name.endswith(".npz")}
    write_sealed(path, {**record, "files": kept | record["files"]})


def study_of(settings: dict[str, Any], overlays: list[str]) -> Study:
    """As the workflow reads its config; `settings` are those of `--config`."""
    config: dict[str, Any] = {}
    for path in ("config.yaml", "published.yaml", *overlays):
        update_config(config, yaml.safe_load((ROOT / path).read_text(encoding="utf-8")))
    known = yaml.safe_load((ROOT / "workflow/catalogue.yaml").read_text(encoding="utf-8"))
    catalogue.complete(config, known)
    return load({**config, **settings})


def commands(
    study: Study, work: Path, results: Path, job: dict[str, Any]
) -> Iterator[tuple[list[Any], str]]:
    """(arguments, standard input) of every job that needs kept files alone."""
    runs, words = (
        ["--runs", results / "runs"],
        ["--words", ROOT / f"workflow/locale/{study.language}.po"],
    )
    for section, asked in job["errors"].items():
        path = results / "errors" / f"{section}.json"
        yield ["errors", *runs, "--output", path], canonical_json(asked)
    claims, comparisons = results / "claims.json", results / "comparisons.json"
    given = ["--summary", results / "summary.csv", *runs, "--timing", results / "timing.json"]
    outputs = ["--comparisons", comparisons, "--claims", claims]
    yield ["analyse", *given, *outputs], canonical_json(job["analysis"])
    given = ["--results", results, *words]
    for section, asked in job["drawn"]["sections"].items():
        drawn = [
            results / "figures" / section / f"{kind}.png"
            for kind in asked["figures"]
            if all((work / results / path).is_file() for path in kinds.files(section, asked, kind))
        ]
        if drawn:
            yield (
                ["draw", "--section", section, *given, "--output", *drawn],
                canonical_json(asked),
            )
    forest = results / "figures" / f"{kinds.FOREST}.png"
    yield ["draw", *given, "--output", forest], canonical_json(job["drawn"]["forest"])
    paths = ["--data", "data/prepared", "--templates", ROOT / "workflow/templates"]
    report = ["--results", results, *paths, *words, "--output", "report.md"]
    yield ["report", *report], canonical_json(job)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except StudyError as error:
        sys.exit(str(error))
