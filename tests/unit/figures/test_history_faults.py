"""Histories and jobs that cannot be drawn are refused, by name."""

import re

import pytest

from convstudy.errors import StudyError
from convstudy.figures import draw
from convstudy.figures.drawing import parse


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",loss,", ",cost,", "cannot be read .*loss"),
        (r"(?s).*", "", "cannot be read"),
        (r"1,train,[^,]*,", "1,train,much,", "cannot be read .*much"),
        (r"(?m)^a,1,.*\n", "", "holds no history of a, seed 1"),
        (r"(?m)^b,.*\n", "", "holds no history of b, seed 0"),
    ],
)
def test_a_table_of_histories_that_cannot_be_drawn_is_named_with_its_fault(
    tmp_path, stdin, make, old, new, said
):
    path, job = tmp_path / "histories.csv", make.job({"a": 0, "b": 1})
    make.runs(tmp_path, job)
    path.write_text(re.sub(old, new, path.read_text("utf-8")), "utf-8")
    with pytest.raises(StudyError, match=rf"(?s)histories.csv {said}.*run snakemake again"):
        drawn(tmp_path, stdin, job)


def test_a_missing_table_of_histories_is_named(tmp_path, stdin, make):
    with pytest.raises(StudyError, match=r"histories.csv is missing. Run snakemake again"):
        drawn(tmp_path, stdin, make.job({"a": 0}))


def drawn(results, stdin, job):
    stdin(job)
    output = results / "curves.png"
    try:
        draw.main(["--section", "s", "--results", str(results), "--output", str(output)])
    finally:
        assert not output.exists()


@pytest.mark.parametrize(
    "job",
    [
        {},
        {"title": "t", "experiments": []},
        {
            "title": "t",
            "experiments": [{"experiment": "a", "title": "a", "colour": 0, "seeds": []}],
        },
        {"title": "t", "experiments": [{"experiment": "a", "title": "a", "seeds": [0]}]},
        {"title": "t", "experiments": ["a"]},
        {
            "title": "t",
            "experiments": [{"experiment": "a", "title": "", "colour": "red", "seeds": [0]}],
        },
    ],
)
def test_a_job_with_a_part_missing_is_refused(job):
    with pytest.raises(StudyError, match=r"standard input .*Give \{"):
        parse(job)
