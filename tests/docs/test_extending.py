"""docs/extending.md does what it says, in a copy of the repository."""

import json
import re

import pytest

from checkout import ROOT, Checkout

PAGE = (ROOT / "docs/extending.md").read_text()
MADE = re.compile(r"^Make `([^`]+)`:\n\n```\w+\n(.*?)^```", re.M | re.S)
BELOW = re.compile(r"In `([^`]+)`, below `([^`]+)`:\n\n```\w+\n(.*?)^```", re.M | re.S)
REPLACED = re.compile(r"In `([^`]+)`, replace `([^`]+)` by `([^`]+)`\.")
OVERLAY = ("--configfile", "mine.yaml")


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A checkout in which somebody has done everything on the page."""
    checkout = Checkout(tmp_path_factory.mktemp("extending"), "src")
    for name, content in MADE.findall(PAGE):
        (checkout.folder / name).write_text(content)
    for name, anchor, content in BELOW.findall(PAGE):
        path = checkout.folder / name
        before, found, after = path.read_text().partition(anchor)
        assert found, f"{name} has no {anchor!r}"
        rest, _, below = after.partition("\n")
        path.write_text(f"{before}{found}{rest}\n{content}{below}")
    for name, old, new in REPLACED.findall(PAGE):
        path = checkout.folder / name
        assert old in path.read_text(), f"{name} has no {old!r}"
        path.write_text(path.read_text().replace(old, new, 1))
    assert checkout.python("make_images.py").returncode == 0
    return checkout


def test_every_block_of_the_page_is_tried():
    blocks = len(re.findall(r"^```\w+$", PAGE, re.M))
    assert len(MADE.findall(PAGE)) + len(BELOW.findall(PAGE)) == blocks


def test_the_study_has_these_jobs_beside_those_of_the_config(followed):
    plain = followed.jobs("report.md")
    mine = followed.jobs("report.md", *OVERLAY)
    more = {rule: n - plain.get(rule, 0) for rule, n in mine.items() if n != plain.get(rule, 0)}
    assert more == {
        **{"fetch": 1, "prepare": 1, "train": 2 * 2 + 3 * 2, "check_layer": 1},
        **{"draw_mine": 1, "draw_mine_kernels": 1, "errors": 1, "mistakes": 1, "grid": 1},
    }


def test_networks_are_trained_and_drawn_and_the_layer_is_checked(followed):
    figures = [f"results/quick/figures/mine/{k}.png" for k in ("mistakes", "recalls", "gaps")]
    targets = [*figures, "results/quick/grids/mine_kernels.json"]
    done = followed.snakemake(
        *("--cores", "2", *targets, "results/quick/layers/hard_swish.json", *OVERLAY),
        *("--config", "seeds=1"),
    )
    assert done.returncode == 0, done.stdout
    made = followed.folder / "results/quick"
    for figure in figures:
        assert (followed.folder / figure).read_bytes().startswith(b"\x89PNG")
    checks = json.loads((made / "layers/hard_swish.json").read_text())["checks"]
    assert all(check["passed"] for check in checks)
    record = json.loads((made / "runs/mine_tiny/seed0/metrics.json").read_text())
    assert record["classes"] == ["красный", "dark green", "青"]
    assert record["slice"]["recipe"]["momentum"] == 0.9
    assert record["test_accuracy"] > 0.5
    cells = json.loads((made / "grids/mine_kernels.json").read_text())["cells"]
    assert [cell["values"] for cell in cells] == [["1"], ["3"], ["5"]]


def test_a_misspelt_key_of_the_new_network_is_refused(followed):
    path = followed.folder / "wrong.yaml"
    path.write_text(
        (followed.folder / "mine.yaml").read_text().replace("channels: 8}", "chanels: 8}")
    )
    done = followed.snakemake("-n", "--cores", "1", "report.md", "--configfile", "wrong.yaml")
    assert done.returncode != 0
    assert "did you mean 'channels'" in done.stdout
