"""The accuracies of the cells of a grid, over their seeds."""

import pytest

from convstudy.errors import StudyError
from convstudy.files import read_json
from convstudy.statistics import grid

from made_runs import LABELS, change, write_run

JOB = {
    "title": "A net",
    "dataset": "MNIST",
    "axes": [{"name": "width", "values": ["8", "16"]}],
    "cells": [
        {"experiment": f"net__width{k}", "values": [k], "seeds": [0, 1]} for k in ("8", "16")
    ],
}


def call(tmp_path, stdin, job):
    stdin(job)
    grid.main(["--runs", str(tmp_path), "--output", str(tmp_path / "grid.json")])
    return read_json(tmp_path / "grid.json")


@pytest.fixture
def runs(tmp_path):
    for name, accuracies in (("net__width8", (0.5, 0.7)), ("net__width16", (0.9, 0.9))):
        for seed, accuracy in enumerate(accuracies):
            write_run(tmp_path / name / f"seed{seed}", name, seed, LABELS)
            change(tmp_path / name / f"seed{seed}", test_accuracy=accuracy)
    return tmp_path


def test_each_cell_has_mean_and_interval_of_its_seeds(runs, stdin):
    found = call(runs, stdin, JOB)
    assert {key: found[key] for key in ("title", "dataset", "axes")} == {
        key: JOB[key] for key in ("title", "dataset", "axes")
    }
    narrow, wide = found["cells"]
    assert (narrow["experiment"], narrow["values"], narrow["n"]) == ("net__width8", ["8"], 2)
    assert narrow["mean"] == pytest.approx(0.6)
    assert narrow["low"] < 0.6 < narrow["high"]
    assert (wide["mean"], wide["low"], wide["high"]) == (0.9, 0.9, 0.9)


def test_a_run_that_is_missing_is_named(runs, stdin):
    job = {**JOB, "cells": [{**JOB["cells"][0], "seeds": [0, 3]}]}
    with pytest.raises(StudyError, match=r"net__width8/seed3/metrics.json is missing"):
        call(runs, stdin, job)


@pytest.mark.parametrize("job", [{}, {**JOB, "cells": [{}]}])
def test_faulty_input(tmp_path, stdin, job):
    with pytest.raises(StudyError, match="standard input"):
        call(tmp_path, stdin, job)
