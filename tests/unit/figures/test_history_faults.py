"""Histories and jobs that cannot be drawn are refused, by name."""

import re

import pytest

from convstudy.errors import StudyError
from convstudy.figures import draw, histories
from convstudy.figures.drawing import parse


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (r"^epoch,split,loss,", "epoch,split,cost,", "has no column loss"),
        (r"(?s)\n.*", "\n", "holds no epoch of the split train"),
        (r"(?s).*", "", "has no column accuracy, epoch, learning_rate, loss, split"),
        (r"(?m)^\d,test.*\n", "", "holds no epoch of the split test"),
        (r"(?m)^2,train.*\n", "", "does not count the epochs of the split train from 1"),
        (r"1,train,[^,]*,", "1,train,much,", "holds 'much' as loss of epoch 1, train,"),
        (r"1,test,[^,]*,", "1,test,nan,", "holds 'nan' as loss of epoch 1, test,"),
        (
            r"1,test,([^,]*),[^,]*,",
            r"1,test,\1,97.2,",
            "holds '97.2' as accuracy of epoch 1, test,",
        ),
        (r"(?m)^1,train,.*$", "1,train", "holds '' as accuracy of epoch 1, train,"),
    ],
)
def test_a_bad_history_is_named_with_its_fault(tmp_path, make, old, new, said):
    path = tmp_path / "history.csv"
    make.history(path, 0)
    path.write_text(re.sub(old, new, path.read_text("utf-8"), count=0), "utf-8")
    with pytest.raises(StudyError) as error:
        histories.read(path)
    assert str(path) in str(error.value) and said in str(error.value)
    assert "run snakemake again" in str(error.value)


def test_all_missing_histories_are_named_at_once(tmp_path, stdin, make):
    stdin(make.job({"a": 0, "b": 1}))
    output = tmp_path / "curves.png"
    with pytest.raises(StudyError, match=r"(?s)a/seed0/history.csv is missing.*b/seed0") as error:
        draw.main(["--section", "s", "--results", str(tmp_path), "--output", str(output)])
    assert "snakemake" in str(error.value) and not output.exists()


def test_seeds_of_different_length_have_no_mean(tmp_path, make):
    make.history(tmp_path / "a/seed0/history.csv", 0, 4)
    make.history(tmp_path / "a/seed1/history.csv", 1, 5)
    with pytest.raises(StudyError, match="trained for 4, 5 epochs"):
        histories.read_seeds(tmp_path / "a", [0, 1])


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
