"""What `make sample-again SCALE=…` runs: write a sample's report again from the files it kept.

After an edit of words, templates or figures, for a study that takes hours. Whatever is computed
from weights or predictions, which samples do not keep, has to be of the same config still.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from snakemake.utils import update_config

from convstudy.config import slices
from convstudy.config.study import Study, load
from convstudy.errors import StudyError
from convstudy.files import canonical_json, read_json
from convstudy.report.record import record_of
from convstudy.sealed import write_sealed

ROOT = Path(__file__).parents[2]
_MADE_FROM = ("analysis", "confusion", "errors", "grids")  # slices of files that a sample keeps


def main(scale: str) -> None:
    sample = ROOT / "docs/sample" / scale
    again(sample, sample)


def again(sample: Path, output: Path) -> None:
    """Write the sample again, in place or elsewhere; `StudyError` if its config is another now."""
    record = read_json(record_of(sample / "report.md"))
    study = study_of(record["report"]["settings"], record["report"]["overlays"])
    job = {
        **{key: record[key] for key in ("runs", *_MADE_FROM)},
        "report": slices.reporting(
            study, record["report"]["overlays"], record["report"]["settings"]
        ),
        "drawn": slices.drawn(study),
    }
    made_from = {
        "analysis": slices.analysis(study),
        **{key: {name: _slice(study, key, name) for name in job[key]} for key in _MADE_FROM[1:]},
    }
    for key in _MADE_FROM:
        if canonical_json(made_from[key]) != canonical_json(job[key]):
            raise StudyError(f"{sample}: {key} is asked for otherwise now. Run the study again.")
    with TemporaryDirectory() as folder:
        work = Path(folder, "sample")
        shutil.copytree(sample, work)
        results = Path("results", study.scale)
        for arguments, given in commands(study, work, results, job):
            command = ["convstudy", *map(str, arguments)]
            subprocess.run(command, cwd=work, input=given, text=True, check=True)
        _keep_digests(record_of(work / "report.md"), record["files"])
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
    for path in ("config.yaml", "workflow/published.yaml", *overlays):
        update_config(config, yaml.safe_load((ROOT / path).read_text(encoding="utf-8")))
    schema = (ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8")
    return load({**config, **settings}, yaml.safe_load(schema))


def _slice(study: Study, key: str, section: str) -> Any:
    return (slices.grid if key == "grids" else slices.candidates)(study, section)


def commands(
    study: Study, work: Path, results: Path, job: dict[str, Any]
) -> Iterator[tuple[list[Any], str]]:
    """(arguments, standard input) of every job that needs kept files alone."""
    words = ["--words", ROOT / f"workflow/locale/{study.language}.po"]
    for section in study.sections:
        figures = results / "figures" / section
        kept = {
            "comparison": [
                "--runs",
                results / "runs",
                "--comparisons",
                results / "comparisons.json",
            ],
            "curves": ["--runs", results / "runs"],
            "schedule": ["--runs", results / "runs"],
            "calibration": ["--errors", results / "errors" / f"{section}.json"],
            "recalls": ["--errors", results / "errors" / f"{section}.json"],
            "confusion": ["--confusion", results / "confusion" / f"{section}.json"],
            "grid": ["--grid", results / "grids" / f"{section}.json"],
        }
        for kind, given in kept.items():
            path = figures / f"{kind}.png"
            if (work / path).is_file():
                asked = canonical_json(slices.drawing(study, section))
                yield [f"draw-{kind}", *given, *words, "--output", path], asked
    forest = ["--claims", results / "claims.json", "--output", results / "figures/forest.png"]
    yield ["draw-forest", *forest, *words], canonical_json(slices.wording(study))
    paths = ["--data", "data/prepared", "--templates", ROOT / "workflow/templates"]
    report = ["--results", results, *paths, *words, "--output", "report.md"]
    yield ["report", *report], canonical_json(job)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except StudyError as error:
        sys.exit(str(error))
