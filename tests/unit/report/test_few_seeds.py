"""Of two seeds no interval and no effect is shown: they reach beyond what can be."""

import json
import re

import numpy as np
import pytest

from convstudy.config import slices
from convstudy.config.study import load
from convstudy.figures import tables
from convstudy.report.context import gather
from convstudy.report.render import render

import made_results
from checkout import ROOT


@pytest.fixture
def made(tmp_path, config):
    def of(seeds):
        study = load({**config, "scale": "full", "seeds": seeds})
        made_results.make(tmp_path, study, np.random.default_rng(0))
        job = json.loads(json.dumps(slices.reporting(study)))
        data = tmp_path / "data/prepared"
        values = gather(job, tmp_path / "results/full", data, tmp_path / "report.md")
        path = tmp_path / "results/full/claims.json"
        return (
            render(ROOT / "workflow/templates", values),
            json.loads(path.read_text())["claims"],
            tables.claims(path, slices.wording(study)["claims"]),
        )

    return of


def columns(report, *names):
    """The cells of these columns, of every table that has them."""
    found = []
    for table in re.findall(r"(?:^\|.*\n)+", report, re.M):
        head, _, *rows = (line.strip("| ").split(" | ") for line in table.splitlines())
        found += [row[head.index(name)] for name in names if name in head for row in rows]
    return found


def test_two_seeds_have_means_and_no_intervals(made):
    report, decided, drawn = made(2)
    assert not re.search(r"\d to [+\N{MINUS SIGN}]?\d+\.\d", report)
    hidden = ("interval, %", "one more run here, %", "Hedges' g", "P(first > second)")
    assert set(columns(report, *hidden)) == {"–"}
    assert any(one["effect"] is not None for one in decided.values())  # the files keep them
    assert all(one["low"] is None for one in drawn)
    assert any(one["estimate"] is not None for one in drawn)


def test_three_seeds_have_all_of_them(made):
    report, _, drawn = made(3)
    assert re.search(r"\d to [+\N{MINUS SIGN}]?\d+\.\d", report)
    assert {"–"} < set(columns(report, "Hedges' g"))
    assert any(one["low"] is not None for one in drawn)
