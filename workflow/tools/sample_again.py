"""What `make sample-again SCALE=…` runs: write a sample's report again from the files it kept.

After an edit of words, templates, figures or statistics, for a study that takes hours. Its runs
stay what they are, of the config and the code that their records name; a sample keeps no weights,
so what only these show (activations, checks of checkpoints) stays as it was drawn.

With `WITH=FOLDER`, a sample of the same scale made elsewhere (`make sample`), its networks join
those of the sample: for a study whose sections are trained one after another, by code that changed
between them.
"""

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from convstudy.config import catalogue, reading, slices
from convstudy.config.study import Study, load
from convstudy.errors import StudyError
from convstudy.figures import kinds
from convstudy.files import canonical_json, read_json
from convstudy.report.record import record_of
from convstudy.sealed import write_sealed

from sample import LEDGER, RUNS, files_of_runs, pack

ROOT = Path(__file__).parents[2]


def main(scale: str, *joining: str) -> None:
    sample = ROOT / "docs/sample" / scale
    again(sample, sample, *map(Path, joining))


def again(sample: Path, output: Path, *joining: Path) -> None:
    """Write the sample again, in place or elsewhere, with the networks of those that join it.

    `StudyError` if the sample's config, as it is today, asks for other networks than they have.
    """
    samples = (sample, *joining)
    records = [read_json(record_of(one / "report.md")) for one in samples]
    report = records[0]["report"]
    study = study_of(report["settings"], report["overlays"])
    runs = _together(records, "runs")
    if {*runs} != {*study.experiments}:
        odd = ", ".join(sorted({*runs} ^ {*study.experiments}))
        raise StudyError(f"{sample}: its config asks for other networks than it has: {odd}")
    runs = {name: runs[name] for name in study.experiments}  # in the order of the config
    trained = {name: one["slice"] for name, one in runs.items()}
    asked = {name: one.slice for name, one in study.experiments.items()}
    if canonical_json(trained) != canonical_json(asked):
        raise StudyError(f"{sample}: its networks are trained otherwise now. Run the study again.")
    job = {
        "runs": runs,
        "errors": {name: slices.errors(study, name) for name in _together(records, "errors")},
        "analysis": slices.analysis(study),
        "drawn": slices.drawn(study),
        "report": slices.reporting(study, report["overlays"], report["settings"]),
    }
    with TemporaryDirectory() as folder:
        work = Path(folder, "sample")
        results = Path("results", study.scale)
        for one in samples:
            _check_ledger(work / results, one / results)
            shutil.copytree(one, work, dirs_exist_ok=True)
            with tarfile.open(one / RUNS) as archive:
                archive.extractall(work, filter="data")
        for arguments, given in commands(study, work, results, job):
            command = ["convstudy", *map(str, arguments)]
            subprocess.run(command, cwd=work, input=given, text=True, check=True)
        files = _together(records, "files")
        _keep_digests(record_of(work / "report.md"), files)
        if joining:
            pack(work, files_of_runs(results, files), below=work)
        shutil.rmtree(work / results / "runs")
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(work, output)


def _together(records: list[dict[str, Any]], part: str) -> dict[str, Any]:
    """A part of all records; of what two have, the last one's."""
    return {name: one for record in records for name, one in record[part].items()}


def _check_ledger(kept: Path, joining: Path) -> None:
    """`StudyError` if the ledger of what joins would drop looks that are in the one before it."""
    before, after = (folder / LEDGER for folder in (kept, joining))
    if before.is_file() and not (
        after.is_file() and after.read_bytes().startswith(before.read_bytes())
    ):
        raise StudyError(
            f"{after} does not begin as that of the sample: copy the sample's to results/ before "
            "the study that joins it is analysed"
        )


def _keep_digests(path: Path, known: dict[str, str]) -> None:
    """Of the images and maps that the first report was made from, and a sample does not keep."""
    record = read_json(path)
    kept = {name: sha256 for name, sha256 in known.items() if name.endswith(".npz")}
    write_sealed(path, {**record, "files": kept | record["files"]})


def study_of(settings: dict[str, Any], overlays: list[str]) -> Study:
    """As the workflow reads its config; `settings` are those of `--config`."""
    paths = [ROOT / path for path in ("config.yaml", "published.yaml", *overlays)]
    config = reading.whole(paths, settings)
    catalogue.complete(config, reading.read(ROOT / "workflow/catalogue.yaml"))
    return load(config)


def commands(
    study: Study, work: Path, results: Path, job: dict[str, Any]
) -> Iterator[tuple[list[Any], str]]:
    """(arguments, standard input) of every job that needs kept files alone."""
    runs, words = (
        ["--runs", results / "runs"],
        ["--words", ROOT / f"workflow/locale/{study.language}.po"],
    )
    yield (
        ["summarise", "--runs", results / "runs", "--output", results / "summary.csv"],
        canonical_json(job["runs"]),
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
