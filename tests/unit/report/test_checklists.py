"""Checklists for journals and conferences say what the record says, and leave the rest open."""

import json
import re
import shutil

import pytest

from convstudy.cli import main
from convstudy.sealed import read_sealed, write_sealed

from checkout import ROOT


@pytest.fixture
def sample(tmp_path):
    skipped = shutil.ignore_patterns("runs", "*.xz")
    return shutil.copytree(ROOT / "docs/sample/full", tmp_path / "sample", ignore=skipped)


def made(folder, language="en", scale="full"):
    output = folder / "checklists.md"
    paths = ["--report", folder / "report.md", "--results", folder / "results" / scale]
    paths += ["--data", folder / "data/prepared", "--templates", ROOT / "workflow/templates"]
    paths += ["--words", ROOT / f"workflow/locale/{language}.po", "--output", output]
    main(["checklists", *map(str, paths)])
    return output.read_text()


def rows(text):
    return dict(re.findall(r"^\| (\d\w*) \| [^|]+ \| (.+) \|$", text, re.M))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_item_of_both_lists_has_an_answer_or_is_left_to_the_authors(sample, language):
    found = rows(made(sample, language))
    reforms = [
        f"{n}{letter}"
        for n, last in enumerate("cegcfccb", 1)
        for letter in "abcdefg"
        if letter <= last
    ]
    assert list(found) == [*reforms, *map(str, range(1, 17))]
    assert len(reforms) == 32
    assert all(found.values())


def test_answers_are_those_of_the_record(sample):
    found = rows(made(sample))
    record = json.loads((sample / "report.json").read_text())
    claims = json.loads((sample / "results/full/claims.json").read_text())["claims"].values()
    decided = [one for one in claims if one["kind"] != "all_of"]  # as the report counts them
    closed = sum(claim["verdict"] != "inconclusive" for claim in decided)
    assert found["1"].startswith(f"{len(decided)} claims were stated in the config, {closed} are")
    assert f"commit {record['written']['commit'][:12]}" in found["2b"]
    for name in record["data"]:
        description = json.loads((sample / f"data/prepared/{name}.json").read_text())
        assert f"`{description['sha256'][:16]}…`" in found["2a"]
    assert "for its authors" in found["12"] and "for its authors" not in found["7"]


def test_generated_images_are_named_as_such_also_where_they_stand_in_for_others(tmp_path):
    sample = shutil.copytree(
        ROOT / "docs/sample/quick", tmp_path / "s", ignore=shutil.ignore_patterns("runs", "*.xz")
    )
    assert "> Images of this study are generated" in made(sample, scale="quick")


def test_a_validation_set_is_no_file_that_was_passed_over(sample):
    path = sample / "data/prepared/mnist.json"
    described = read_sealed(path)
    for left_out, words in [
        ({"validation": 5000}, "No file was passed over."),
        ({"validation": 5000, "suffix": 2}, ": 2 files passed over."),
    ]:
        write_sealed(path, {**described, "reading": {"left_out": left_out}})
        assert words in rows(made(sample))["4a"]
