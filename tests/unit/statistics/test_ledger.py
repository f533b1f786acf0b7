"""Looking twice: each look has a level of its own, and the ledger knows which look it is."""

import json

import pytest

from convstudy.errors import StudyError
from convstudy.statistics import ledger, summary
from convstudy.statistics.analyse import analyse, main
from convstudy.statistics.claims import decide
from convstudy.statistics.intervals import LEVEL
from convstudy.statistics.summary import Runs

from made_runs import LOW, WIDE, runs_of

CLAIM = {"section": "s", "kind": "greater", "metric": "test_loss", "of": "a", "than": "b"}
JOB = {"minimum_seeds": 2, "sections": {"s": ["a", "b"]}, "claims": {"c": CLAIM}}


@pytest.fixture
def study(tmp_path, stdin):
    """Write a summary of these seeds and analyse it; the content of claims.json."""

    def look(*seeds, job=JOB, **losses):
        lines = [",".join(summary.COLUMNS)]
        for name, start in {"a": 1.0, "b": 1.01, **losses}.items():
            for seed in seeds:
                row = dict.fromkeys(summary.COLUMNS, 0.5)
                row |= {"experiment": name, "seed": seed, "parameters": 9, "macs": 9}
                row |= {"peak_memory_bytes": 1, "gap": 0.0}
                row["test_loss"] = start + (seed * 7919 % 13) / 100
                lines.append(",".join(str(row[key]) for key in summary.COLUMNS))
        (tmp_path / "summary.csv").write_text("\n".join(lines) + "\n")
        stdin(job)
        paths = {one: tmp_path / f"{one}.json" for one in ("comparisons", "claims", "timing")}
        main(
            [f"--{key}={path}" for key, path in paths.items()]
            + [f"--summary={tmp_path / 'summary.csv'}", f"--runs={tmp_path / 'runs'}"]
        )
        return json.loads(paths["claims"].read_text())

    look.folder = tmp_path
    return look


def test_levels_of_looks_add_up_to_that_of_one():
    levels = [ledger.level_of_look(k) for k in range(1, 5000)]
    assert levels[:3] == pytest.approx([0.04, 0.005, 0.01 / 6])
    assert LEVEL * 0.999 < sum(levels) < LEVEL


def test_a_later_look_takes_more_and_its_interval_says_so():
    claim = {**CLAIM, "than": "b"}
    runs = {"a": runs_of(test_loss=WIDE), "b": runs_of(test_loss=[v - 0.13 for v in LOW])}
    rows = [decide({"c": claim}, runs, 5, {"c": look})["claims"]["c"] for look in (1, 2)]
    assert [row["verdict"] for row in rows] == ["supported", "inconclusive"]
    assert rows[1]["p"] == rows[0]["p"] and rows[1]["p_holm"] == pytest.approx(10 * rows[1]["p"])
    assert rows[0]["low"] > 0 > rows[1]["low"]
    assert [row["coverage"] for row in rows] == pytest.approx([0.96, 0.995])


def test_new_data_are_a_new_look_and_the_same_are_none(study):
    first = study(0, 1, 2)
    kept = (study.folder / ledger.NAME).read_bytes()
    assert study(0, 1, 2) == first and (study.folder / ledger.NAME).read_bytes() == kept
    row = study(0, 1, 2, 3)["claims"]["c"]
    assert (row["look"], row["level"]) == (2, ledger.level_of_look(2))
    assert [one["n"] for one in row["looks"]] == [[3], [4]]
    assert study(2, 3, 4, 5)["claims"]["c"]["look"] == 3
    again = study(0, 1, 2)["claims"]["c"]  # what was seen first is what it was
    assert again["look"] == 1 and [one["n"] for one in again["looks"]] == [[3], [4], [4]]


def test_more_seeds_are_no_other_data_of_steps_that_are_timed_apart():
    def data(metric, *seeds):
        claim = {**CLAIM, "kind": "ratio", "metric": metric, "factor": 1}
        values = {"step_seconds": [0.1, 0.2], "train_seconds": [1.0, 2.0]}
        table = {name: Runs(list(seeds), values) for name in "ab"}
        return ledger.about("c", {"c": claim}, table)["data"]

    assert data("step_seconds", 0, 1) == data("step_seconds", 0, 1, 2)
    assert data("test_loss", 0, 1) != data("test_loss", 0, 1, 2)


def test_seeds_that_test_nothing_spend_nothing(study):
    few = {**JOB, "minimum_seeds": 3}
    row = study(0, 1, job=few)["claims"]["c"]
    assert (row["reason"], row["look"]) == ("too_few_seeds", 1)
    row = study(0, 1, 2, job=few)["claims"]["c"]
    assert row["look"] == 1 and [one["tested"] for one in row["looks"]] == [False, True]


def test_other_results_of_the_same_seeds_are_another_look(study):
    study(0, 1, 2)
    assert study(0, 1, 2, a=1.1)["claims"]["c"]["look"] == 2


def test_a_claim_that_came_after_its_results_is_marked(study):
    assert study(0, 1, 2)["claims"]["c"]["stated"] == "before"
    late = {**CLAIM, "kind": "equivalent", "margin": 0.1}
    words = {**CLAIM, "section": "t"}  # the same, said and put elsewhere
    job = {**JOB, "sections": {"s": ["a", "b"], "t": ["a", "b", "n"]}}
    job["claims"] = {"renamed": words, "late": late, "new": {**CLAIM, "section": "t", "than": "n"}}
    rows = study(0, 1, 2, 3, job=job, n=1.0)["claims"]
    assert {name: row["stated"] for name, row in rows.items()} == {
        "renamed": "before",
        "late": "after",
        "new": "before",
    }
    assert {name: row["look"] for name, row in rows.items()} == {"renamed": 2, "late": 1, "new": 1}


def test_a_ledger_that_is_gone_is_missed(study):
    study(0, 1, 2)
    figures = study.folder / "figures"
    figures.mkdir()
    (figures / "forest.png").touch()
    (study.folder / ledger.NAME).unlink()
    found = study(0, 1, 2)
    row = found["claims"]["c"]
    assert found["looks_unknown"] and (row["look"], row["stated"]) == (2, "unknown")
    assert study(0, 1, 2)["looks_unknown"]


def test_an_edited_ledger_gives_other_claims(study):
    decided = study(0, 1, 2)
    path = study.folder / ledger.NAME
    path.write_text(path.read_text().replace("inconclusive", "supported"))
    paths = (study.folder / one for one in ("summary.csv", "runs", "timing.json"))
    assert analyse(*paths, JOB)[1] != decided


@pytest.mark.parametrize(
    "text", ["", "{}", "no JSON\n", '{"ledger": 1, "earlier_looks": "none"}\n[1]\n', "\xff"]
)
def test_what_is_no_ledger_is_refused_and_kept(study, text):
    study(0, 1, 2)
    path = study.folder / ledger.NAME
    path.write_bytes(text.encode("latin1"))
    with pytest.raises(StudyError, match=r"ledger.jsonl is not the ledger of looks"):
        study(0, 1, 2, 3)
    assert path.read_bytes() == text.encode("latin1")


def test_results_that_were_looked_at_and_are_not_used_are_named(study):
    three = {**JOB, "sections": {"s": ["a", "b", "n"]}}
    found = study(0, 1, 2, 3, 4, job=three, n=1.0)
    assert found["unused"] == {} and found["dropped"] == {}
    found = study(0, 1, 2)
    assert found["unused"] == {"a": [3, 4], "b": [3, 4], "n": [0, 1, 2, 3, 4]}
    assert study(0, 1, 2, 3, 4)["unused"] == {"n": [0, 1, 2, 3, 4]}


def test_claims_that_were_looked_at_and_are_asked_no_longer_are_named(study):
    other = {**CLAIM, "kind": "equivalent", "margin": 0.1}
    study(0, 1, 2, job={**JOB, "claims": {"c": CLAIM, "other": other}})
    assert study(0, 1, 2)["dropped"] == {"other": "supported"}
    job = {**JOB, "claims": {"renamed": CLAIM, "other": {**other, "margin": 0.2}}}
    assert study(0, 1, 2, job=job)["dropped"] == {"other": "supported"}, "another margin"
