"""The committed sample reports are what their committed files give, and show what they should."""

import csv
import json
import math
import re
import shutil
import tarfile
from pathlib import Path

import pytest

from convstudy.errors import StudyError
from convstudy.files import read_json
from convstudy.sealed import write_sealed

import sample
import sample_again
from checkout import ROOT, records_of_sample

SAMPLES = ROOT / "docs/sample"


def runs_of(scale):
    with (SAMPLES / scale / "results" / scale / "summary.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("scale", ["quick", "small", "real", "full"])
def test_report_and_figures_are_those_that_its_files_give(scale, tmp_path):
    """Fails after an edit of template, words, figure or config: CONTRIBUTING.md says what to do."""
    sample_again.again(SAMPLES / scale, tmp_path / "again")
    assert_is_the_sample(tmp_path / "again", scale)


def assert_is_the_sample(folder, scale):
    for path in (SAMPLES / scale).rglob("*"):
        if path.is_file():
            assert content(folder / path.relative_to(SAMPLES / scale)) == content(path), path


def part_of(scale, folder, wanted):
    """The sample as it would be with the wanted networks alone."""
    shutil.copytree(SAMPLES / scale, folder)
    record = read_json(folder / "report.json")
    record["runs"] = {name: one for name, one in record["runs"].items() if wanted(name)}
    record["files"] = {
        name: one
        for name, one in record["files"].items()
        if not name.startswith("runs/") or wanted(Path(name).parts[1])
    }
    write_sealed(folder / "report.json", record)
    with tarfile.open(folder / sample.RUNS) as archive:
        archive.extractall(folder, filter="data")
    files = sample.files_of_runs(Path("results", scale), record["files"])
    sample.pack(folder, files, below=folder)
    shutil.rmtree(folder / "results" / scale / "runs")
    return folder


def test_two_samples_with_a_part_of_the_networks_each_make_the_whole_one(tmp_path):
    colour, grey = (
        part_of("quick", tmp_path / data, lambda name: name.startswith(data))  # noqa: B023
        for data in ("cifar10", "mnist")
    )
    with pytest.raises(StudyError, match="other networks than it has: mnist_fc, mnist_kernel3"):
        sample_again.again(colour, tmp_path / "joined")
    sample_again.again(colour, tmp_path / "joined", grey)
    assert_is_the_sample(tmp_path / "joined", "quick")


def test_a_sample_whose_ledger_forgets_looks_joins_no_other(tmp_path):
    folder = part_of("quick", tmp_path / "other", lambda name: True)
    ledger = folder / "results/quick" / sample.LEDGER
    ledger.write_bytes(ledger.read_bytes().partition(b"\n")[2])
    with pytest.raises(StudyError, match="does not begin as that of the sample"):
        sample_again.again(SAMPLES / "quick", tmp_path / "joined", folder)
    assert not (tmp_path / "joined").exists()


def content(path):
    """All but what says which code and commit wrote a report: they may change in form alone."""
    if path.name == "report.json":
        about = {"written", "report_sha256", "seal"}
        return {k: v for k, v in json.loads(path.read_text()).items() if k not in about}
    if path.name == "report.md":
        return re.sub(r"^\| this report \|.*\n", "", path.read_text(), flags=re.M)
    return path.read_bytes()


@pytest.mark.parametrize("scale", ["quick", "small", "real", "full"])
def test_every_figure_of_the_report_is_there(scale):
    figures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (SAMPLES / scale / "report.md").read_text())
    assert len(figures) > (8 if scale != "real" else 6)  # of one section so far
    for figure in figures:
        assert (SAMPLES / scale / figure).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("scale", ["quick", "small", "real", "full"])
def test_every_row_of_the_summary_is_a_run_that_is_there(scale):
    records = records_of_sample(scale)
    assert len(records) == len(runs_of(scale))
    for run in runs_of(scale):
        metrics = records[f"results/{scale}/runs/{run['experiment']}/seed{run['seed']}"]
        assert metrics["test_accuracy"] == float(run["test_accuracy"])
        assert metrics["origin"] == "trained"


def test_every_network_of_the_quick_study_clearly_beats_chance():
    for run in runs_of("quick"):
        n = int(run["test_images"])
        chance = 0.1
        assert float(run["test_accuracy"]) > chance + 4 * math.sqrt(chance * (1 - chance) / n), run


def test_on_generated_images_convolutions_help_as_they_do_on_real_ones():
    found = {run["experiment"]: float(run["test_accuracy"]) for run in runs_of("quick")}
    assert found["mnist_simple_cnn"] > found["mnist_fc"] + 0.05
    assert found["cifar10_resnet18"] > found["cifar10_fc"] + 0.2


@pytest.mark.parametrize(
    ("experiment", "least"),
    [
        ("mnist_fc", 0.97),
        ("mnist_simple_cnn", 0.988),
        ("mnist_kernel3", 0.984),
        ("mnist_kernel5", 0.984),
        ("mnist_kernel7", 0.984),
    ],
)
def test_on_the_official_mnist_the_networks_reach_what_such_networks_reach(experiment, least):
    accuracies = [
        float(run["test_accuracy"]) for run in runs_of("full") if run["experiment"] == experiment
    ]
    assert len(accuracies) >= 5
    assert sum(accuracies) / len(accuracies) >= least
