"""notebooks/explore.ipynb runs, on the sample and on a study as it lies after its last job."""

import json
import shutil
import tarfile

import matplotlib
import pandas as pd
import pytest

from checkout import ROOT

NOTEBOOK = ROOT / "notebooks/explore.ipynb"
SAMPLE = ROOT / "docs/sample/quick"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def run(**replaced):
    """What stands after the last cell, names to values."""
    found = {}
    for cell in CELLS:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), found)
            found |= replaced if "results" in found and "runs" not in found else {}
    return found


@pytest.fixture(autouse=True)
def in_its_folder(monkeypatch):
    """Where Jupyter runs it, without a window."""
    monkeypatch.chdir(NOTEBOOK.parent)
    matplotlib.use("agg")


def check(found):
    summary = pd.read_csv(SAMPLE / "results/quick/summary.csv")
    assert len(found["runs"]) == len(summary)
    assert len(found["histories"]) == 2 * summary["epochs"].sum()
    claims = found["claims"]
    assert set(claims["verdict"]) <= {"supported", "contradicted", "inconclusive"}
    assert claims["says"].str.len().min() > 10
    accuracy = summary.set_index(["experiment", "seed"])["test_accuracy"]["mnist_simple_cnn"][0]
    assert 1 - found["wrong"].mean() == pytest.approx(accuracy)
    assert len(found["axis"].lines) == 3 * len(found["section"])


def test_it_runs_on_the_sample():
    check(run())


def test_it_runs_on_a_study_whose_predictions_lie_beside_its_runs(tmp_path):
    study = tmp_path / "study"
    shutil.copytree(SAMPLE, study)
    with tarfile.open(study / "runs.tar.xz") as archive:
        archive.extractall(study, filter="data")
    (study / "runs.tar.xz").unlink()
    check(run(STUDY=study, results=study / "results/quick"))


def test_it_holds_no_outputs():
    assert not any(cell.get("outputs") for cell in CELLS)
