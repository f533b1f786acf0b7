"""docs/extending.md does what it says, in a folder of its own."""

import json
import re

import pytest

from convstudy import new

from checkout import ROOT, Checkout

PAGE = (ROOT / "docs/extending.md").read_text()
MADE = re.compile(r"^Make `([^`]+)`:\n\n```\w+\n(.*?)^```", re.M | re.S)


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A study for which somebody has done everything on the page."""
    folder = tmp_path_factory.mktemp("extending") / "mine"
    new.make(folder)
    for name, content in MADE.findall(PAGE):
        (folder / name).write_text(content)
    study = Checkout.of(folder)
    assert study.python("make_images.py").returncode == 0
    return study


def test_every_block_of_the_page_is_tried():
    assert len(MADE.findall(PAGE)) == len(re.findall(r"^```\w+$", PAGE, re.M))


def test_the_study_has_these_jobs(followed):
    assert followed.jobs("report.md") == {
        **{"fetch": 1, "prepare": 1, "train": 2 * 2 + 3 * 2, "check_layer": 2, "summarise": 1},
        **{"errors": 1, "mistakes": 1, "analyse": 1, "report": 1},
        **{"draw_networks": 1, "draw_kernel_sizes": 1, "draw_forest": 1},
    }


@pytest.mark.study
def test_the_study_runs_to_its_report(followed):
    done = followed.snakemake("--cores", "2", "report.html")
    assert done.returncode == 0, done.stdout
    made = followed.folder / "results/study"
    checks = json.loads((made / "layers/networks.HardSwish.json").read_text())["checks"]
    assert len(checks) == 10 and all(check["passed"] for check in checks)
    checks = json.loads((made / "layers/networks.Mirror.json").read_text())["checks"]
    assert len(checks) == 4 and all(check["passed"] for check in checks)
    record = json.loads((made / "runs/tiny/seed0/metrics.json").read_text())
    assert record["classes"] == ["красный", "dark green", "青"]
    assert record["slice"]["recipe"]["momentum"] == 0.9
    assert record["test_accuracy"] > 0.5
    cells = json.loads((made / "comparisons.json").read_text())["kernel_sizes"]["experiments"]
    assert [cell["experiment"][-1] for cell in cells] == ["1", "3", "5"]
    report = (followed.folder / "report.md").read_text()
    assert "Hard Swish" in report
    assert re.search(r"^\| tiny \| My pictures \| .* \| 611 ✓ \|", report, re.M)
    assert "| tiny | 95.00 % |" in report
    (row,) = re.findall(r"^\| one layer does as well as many \| .*", report, re.M)
    assert "so here too" in row


def test_a_misspelt_key_of_the_new_network_is_refused(followed, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text("experiments: {tiny: {model: {chanels: 8}}}")
    done = followed.snakemake("-n", "report.md", "--configfile", str(path))
    assert done.returncode != 0
    assert "did you mean 'channels'" in done.stdout
