"""The tables for spreadsheets and LaTeX hold what the report was made from, in all its digits."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from convstudy.cli import main
from convstudy.errors import StudyError
from convstudy.files import read_json
from convstudy.report import tables
from convstudy.sealed import write_sealed

from checkout import ROOT


def asked(folder, scale="full", words=None):
    return [
        *("--report", str(folder / "report.md"), "--results", str(folder / "results" / scale)),
        *("--data", str(folder / "data/prepared"), "--output", str(folder / "tables")),
        *(["--words", str(ROOT / f"workflow/locale/{words}.po")] if words else []),
    ]


@pytest.fixture
def sample(tmp_path):
    skipped = shutil.ignore_patterns("runs", "*.xz")
    return shutil.copytree(ROOT / "docs/sample/full", tmp_path / "sample", ignore=skipped)


def test_a_study_without_claims_has_tables(sample):
    record = read_json(sample / "report.json")
    record["report"]["claims"] = []
    write_sealed(sample / "report.json", record)
    main(["tables", *asked(sample)])
    assert pd.read_csv(sample / "tables/networks.csv").size


def test_csv_holds_the_values_and_latex_the_digits_of_the_report(sample):
    main(["tables", *asked(sample)])
    networks = pd.read_csv(sample / "tables/networks.csv").set_index("experiment")
    compared = json.loads((sample / "results/full/comparisons.json").read_text())
    for section in compared.values():
        for row in section["experiments"]:
            found = networks.loc[row["experiment"]]
            assert found["test_accuracy_mean"] == row["metrics"]["test_accuracy"]["mean"]
            assert found["parameters"] == row["parameters"]
    claims = pd.read_csv(sample / "tables/claims.csv").set_index("claim")
    decided = json.loads((sample / "results/full/claims.json").read_text())["claims"]
    assert {*claims.index} == {*decided}
    for name, claim in decided.items():
        assert claims.loc[name, "verdict"] == claim["verdict"]
        estimate = claims.loc[name, "estimate"]
        assert estimate == claim["estimate"] or (pd.isna(estimate) and claim["estimate"] is None)
        assert claims.loc[name, "effect"] == pytest.approx(claim["effect"] or np.nan, nan_ok=True)
        ends = claim["new_items"] or {"low": np.nan}
        assert claims.loc[name, "new_items_low"] == pytest.approx(ends["low"], nan_ok=True)
    written = (sample / "tables/networks.tex").read_text()
    shown = f"{100 * networks.loc['mnist_fc', 'test_accuracy_mean']:.2f}"
    assert rf"fully connected & MNIST & {shown} $\pm$ " in written
    assert "±" not in written and written.count(r"\begin{longtable}") == 1


def test_published_statements_and_layers_are_tables_too(sample):
    main(["tables", *asked(sample)])
    stated = pd.read_csv(sample / "tables/statements.csv").set_index("says")
    report = (sample / "report.md").read_text()
    known = json.loads((sample / "report.json").read_text())["report"]["published"]["statements"]
    assert [*stated.index] == [one["says"] for one in known]
    decided = json.loads((sample / "results/full/claims.json").read_text())["claims"]
    asked_for = stated[stated["claim"].notna()]
    assert len(asked_for) and {*stated["outcome"]} > {"untested"}
    for says, row in asked_for.iterrows():
        assert row["verdict"] == decided[row["claim"]]["verdict"] and says in report
    layers = pd.read_csv(sample / "tables/layers.csv").set_index("layer")
    for path in (sample / "results/full/layers").iterdir():
        checks = json.loads(path.read_text())["checks"]
        assert layers.loc[path.stem, "passed"] == layers.loc[path.stem, "checks"] == len(checks)


def test_latex_speaks_the_language_and_escapes_what_users_named(sample):
    main(["tables", *asked(sample, words="ru")])
    assert "полносвязная сеть & MNIST" in (sample / "tables/networks.tex").read_text()
    named = tables.Table(
        pd.DataFrame([{"a": 1}]), lambda row: {"x": "a_b & 5 %", "y": "\N{MINUS SIGN}1"}, ""
    )
    assert r"a\_b \& 5 \% & $-$1 \\" in tables.latex("named", named)


@pytest.mark.parametrize("name", ["summary.csv", "claims.json", "comparisons.json"])
def test_a_file_that_the_report_was_not_made_from_is_refused(sample, name):
    path = sample / "results/full" / name
    path.write_text(path.read_text() + "\n")
    with pytest.raises(StudyError, match=name):
        tables.main(asked(sample))
