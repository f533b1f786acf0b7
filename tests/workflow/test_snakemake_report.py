"""`snakemake --report`: every figure and table with caption, category and labels."""

import json
import re
import zipfile
from collections import Counter

import pytest

# Sections that show how their best network errs.
ERRING = (
    "mnist",
    "cifar10",
    "kernels",
    "kernels_matched",
    "layers_at_work",
    "modern",
    "modern_residual",
)


@pytest.fixture(scope="module")
def archive(pretended):
    done = pretended.snakemake("--report", "study.zip")
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(pretended.folder / "study.zip") as file:
        yield file


@pytest.fixture(scope="module")
def shown(archive):
    """What the report lists: path → its entry."""
    page = archive.read("study/report.html").decode()
    found = re.search(r"^\s*var results = (\{.*\});?$", page, re.M)
    return json.loads(found[1])


def test_every_figure_of_the_report_is_there_by_section_and_kind(shown):
    figures = {path: one for path, one in shown.items() if path.endswith(".png")}
    forest = figures.pop("results/tour/figures/forest.png")
    assert forest["labels"] == {"section": "all sections", "figure": "forest"}
    assert len(figures) == 60
    for path, one in figures.items():
        *_, section, file = path.split("/")
        assert one["labels"] == {"section": section, "figure": file.removesuffix(".png")}
        assert f"<em>{section}</em>" in one["caption"]


def test_tables_and_the_report_itself_are_there(shown):
    names = Counter(one["name"] for path, one in shown.items() if not path.endswith(".png"))
    assert names == {
        "summary.csv": 1,
        "comparisons.json": 1,
        "claims.json": 1,
        **dict.fromkeys((f"{section}.json" for section in ERRING), 1),
        "swish.json": 1,
        "channel_attention.json": 1,
        "gated_conv2d.json": 1,
        "l2_pool2d.json": 1,
        "report.html": 1,
    }


def test_each_has_a_caption_labels_and_its_file(shown, archive):
    for path, one in shown.items():
        assert len(one["caption"]) > 60, path
        assert one["labels"], path
        assert archive.read(f"study/{one['data_uri']}").decode() == f"{path}\n"


def test_each_is_in_a_category(archive):
    page = archive.read("study/report.html").decode()
    categories = json.loads(re.search(r"^\s*var categories = (\{.*\});?$", page, re.M)[1])
    assert {name: len(*found.values()) for name, found in categories.items()} == {
        "Report": 1,
        "Figures": 61,
        "Tables": 7 + len(ERRING),
    }


def test_one_file_can_be_made_of_it_too(pretended):
    done = pretended.snakemake("--report", "study.html")
    assert done.returncode == 0, done.stdout
    assert "data:image/png;" in (pretended.folder / "study.html").read_text()
