"""What `analyse` refuses, and that it says so all at once."""

import subprocess
import sys

import pytest

from convstudy.config import claims as checks
from convstudy.config.claim_kinds import KINDS, bound
from convstudy.config.metrics import CLAIMABLE, METRICS, fault
from convstudy.errors import StudyError
from convstudy.files import read_json
from convstudy.statistics import analyse, summary

from made_runs import runs_of


def faults(claims, sections):
    return checks.faults({"minimum_seeds": 5, "sections": sections, "claims": claims})


SECTIONS = {"s": ["a", "b"], "t": ["c"]}
GOOD = {"section": "s", "kind": "greater", "metric": "test_accuracy", "of": "a", "than": "b"}
ONE, NONE = {"than": None}, dict.fromkeys(("metric", "of", "than"))  # keys left out
FAULTY = [
    ({"kind": "bigger"}, "c.kind: 'bigger' is not one of its values; known: greater, equivalent"),
    ({"section": "u"}, "c.section: no section is named 'u'; known: s, t"),
    ({"metric": "speed"}, "c.metric: 'speed' is not one of its values; known: test_accuracy, "),
    ({"metric": "train_seconds"}, "c.metric: 'train_seconds' is not one of its values; did you"),
    ({"than": "a"}, "c: compares a with itself"),
    ({"of": "c"}, "c.of: no experiment of its section is named 'c'; known: a, b"),
    ({"than": "z"}, "c.than: no experiment of its section is named 'z'"),
    ({"margin": -1}, "c.margin: -1 is less than the minimum of 0"),
    ({"margin": "0.1"}, "c.margin: '0.1' has the wrong type; give a number, in digits without quo"),
    ({"margin": True}, "c.margin: true has the wrong type; give a number"),
    ({"kind": "equivalent"}, "c: missing 'margin'"),
    ({"kind": "equivalent", "margin": 0}, "c.margin: 0 is less than or equal to the minimum of 0"),
    (ONE | {"kind": "above"}, "c: missing 'threshold'"),
    (ONE | {"kind": "above", "threshold": 80}, "c.threshold: 80 is outside 0 to 1; shares are fra"),
    ({"margin": 5}, "c.margin: 5 is outside 0 to 1; shares are fractions, 0.8 for 80 %"),
    ({"kind": "ratio", "factor": 0}, "c.factor: 0 is less than or equal to the minimum of 0"),
    ({"kind": "ratio", "factor": 2, "metric": "gap"}, "c.metric: gap can be negative"),
    (NONE | {"kind": "all_of"}, "c: missing 'claims'"),
    (NONE | {"kind": "all_of", "claims": []}, "c.claims: [] has too few values"),
    (NONE | {"kind": "all_of", "claims": ["d"]}, "c.claims: no claim of its section is named 'd'"),
    ({"metric": "recall"}, "c: the metric recall needs 'class'"),
    ({"metric": "gap", "class": "every"}, "c: 'class' has no meaning in a claim about gap"),
    (ONE | {"kind": "best_of", "among": ["b", "c"]}, "c.among: no experiment of its section is"),
    (ONE | {"kind": "best_of", "among": ["a"]}, "c: compares a with itself"),
    (ONE | {"kind": "best_of"}, "c: missing 'among'"),
    (
        {"kind": "equivalent", "margin": 0.1, "factor": 2},
        "c: 'factor' has no meaning in a claim of",
    ),
    (NONE | {"kind": "all_of", "claims": ["c"]}, "c.claims: no claim of its section is named 'c'"),
]


@pytest.mark.parametrize("changes, said", FAULTY)
def test_faulty_claims(changes, said):
    claim = {key: value for key, value in (GOOD | changes).items() if value is not None}
    (found,) = faults({"c": claim}, SECTIONS)
    assert found.startswith(f"claims.{said}")


def test_a_trend_without_a_direction_that_there_is():
    claim = {"section": "u", "kind": "trend", "metric": "test_loss", "direction": "down"}
    found = list(faults({"c": {**claim, "across": ["d", "e", "f"]}}, {"u": ["d", "e", "f"]}))
    assert found == ["claims.c.direction: 'down' is not one of its values: rising, falling"]


def test_a_claim_that_is_no_object_hides_no_other_fault():
    claims = {"c": {"section": "s", "kind": "all_of", "claims": ["d"]}, "d": None}
    assert sorted(faults(claims, SECTIONS)) == [
        "claims.c.claims: no claim of its section is named 'd'",
        "claims.d: null has the wrong type; give settings, {key: value}",
    ]


def test_good_claims_of_every_kind():
    about = {"section": "u", "metric": "test_loss"}
    claims = {
        "greater": GOOD | {"margin": 0.1},
        "equivalent": GOOD | {"margin": 0.1},
        "above": about | {"of": "d", "threshold": 0.2},
        "below": about | {"of": "d", "threshold": 0.2},
        "ratio": GOOD | {"factor": 1.3},
        "best_of": about | {"of": "d", "among": ["e", "f"]},
        "trend": about | {"across": ["d", "e", "f"], "direction": "falling"},
        "all_of": {"section": "s", "claims": ["greater"]},
    }
    claims = {kind: claim | {"kind": kind} for kind, claim in claims.items()}
    assert list(claims) == list(KINDS)
    assert faults(claims, SECTIONS | {"u": ["d", "e", "f"]}) == []
    assert {kind: bound(claim) for kind, claim in claims.items()} == {
        **{"greater": 0.1, "equivalent": 0.1, "above": 0.2, "below": 0.2},
        **{"ratio": 1.3, "best_of": None, "trend": None, "all_of": None},
    }
    assert bound(GOOD) == 0.0


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("test_accuracy", 1.01, "outside 0 to 1"),
        ("test_accuracy", -0.01, "outside 0 to 1"),
        ("test_accuracy", "0.9", "not a number"),
        ("test_accuracy", True, "not a number"),
        ("test_accuracy", None, "not a number"),
        ("test_loss", float("nan"), "not finite"),
        ("test_loss", float("inf"), "not finite"),
        ("parameters", 10**400, "not finite"),
        ("parameters", 1.5, "not a whole number"),
        ("parameters", 0, "outside 1 to inf"),
        ("gap", -1.5, "outside -1 to 1"),
    ],
)
def test_implausible_values(name, value, said):
    assert said in fault(name, value)


@pytest.mark.parametrize("name, value", [("test_accuracy", 1), ("gap", -0.05), ("macs", 3)])
def test_plausible_values(name, value):
    assert fault(name, value) is None


def make_summary(path, **accuracies):
    """A summary.csv of runs with these accuracies."""
    from convstudy.statistics.records import ENVIRONMENT

    records = []
    for name, values in accuracies.items():
        for seed, value in enumerate(values):
            metrics = {metric: found[0] for metric, found in runs_of(gap=[0]).values.items()}
            metrics |= {"parameters": 10, "macs": 20, "test_accuracy": value}
            record = dict.fromkeys(summary.COLUMNS, 1) | metrics
            record |= {"experiment": name, "seed": seed, "generated": True}
            records.append(record | {"environment": dict.fromkeys(ENVIRONMENT, "x")})
    path.write_text(summary.spell(records))


JOB = {
    "minimum_seeds": 5,
    "sections": {"s": ["a", "b"]},
    "claims": {"c": GOOD | {"metric": "gap", "of": "b", "than": "a", "says": "b overfits more"}},
}


def run(folder, stdin, job):
    stdin(job)
    outputs = {name: str(folder / f"{name}.json") for name in ("comparisons", "claims")}
    analyse.main(
        [
            *("--summary", str(folder / "summary.csv")),
            *("--runs", str(folder / "runs")),
            *("--timing", str(folder / "timing.json")),
            *("--comparisons", outputs["comparisons"]),
            *("--claims", outputs["claims"]),
        ]
    )


def test_from_summary_to_verdicts(tmp_path, stdin):
    make_summary(
        tmp_path / "summary.csv", a=[0.9, 0.91, 0.92, 0.93, 0.9], b=[0.1, 0.2, 0.3, 0.2, 0.2]
    )
    run(tmp_path, stdin, JOB)
    claims = read_json(tmp_path / "claims.json")
    assert claims["claims"]["c"]["verdict"] == "supported"
    assert (claims["level"], claims["minimum_seeds"]) == (0.05, 5)
    assert "says" not in claims["claims"]["c"]
    rows = read_json(tmp_path / "comparisons.json")["s"]["experiments"]
    assert [(row["experiment"], row["best"]) for row in rows] == [("a", True), ("b", False)]
    # 0.5 of training less each test accuracy
    assert rows[0]["metrics"]["gap"]["mean"] == pytest.approx(0.5 - 0.912)


def test_two_seeds_can_be_enough_to_decide(tmp_path, stdin):
    make_summary(tmp_path / "summary.csv", a=[0.9, 0.91], b=[0.1, 0.11])
    run(tmp_path, stdin, JOB | {"minimum_seeds": 2})
    assert read_json(tmp_path / "claims.json")["claims"]["c"]["verdict"] == "supported"


def test_claims_about_curves_are_measured_in_the_histories_beside_the_runs(tmp_path, stdin):
    make_summary(tmp_path / "summary.csv", a=[0.9], b=[0.1])
    with pytest.raises(StudyError, match=r"histories.csv is missing"):
        run(tmp_path, stdin, JOB | {"claims": {"c": GOOD | {"metric": "roughness"}}})


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"minimum_seeds": 1}, "minimum_seeds: 1 is less than the minimum of 2"),
        ({"minimum_seeds": None}, "minimum_seeds: null has the wrong type; give a whole number"),
        ({"sections": {"s": []}}, "sections.s: [] has too few values; the least are 1"),
        ({"sections": {"s": ["a", "b"], "t": []}}, "sections.t: [] has too few values"),
        ({"sections": {"s": "ab"}}, "sections.s: 'ab' has the wrong type; give a list"),
        ({"sections": ["a", "b"]}, 'sections: ["a", "b"] has the wrong type; give settings'),
        ({"claims": []}, "claims: [] has the wrong type; give settings"),
        ({"claims": {"c": GOOD | {"metric": "speed"}, "d": {}}}, "claims.c.metric: 'speed'"),
        ({"claims": {"c": GOOD | {"metric": "speed"}, "d": {}}}, "claims.d: missing 'kind'"),
        ({"sections": {"s": ["a", "b"], "t": ["z"]}}, "holds no run of z"),
    ],
)
def test_faults_are_named_and_nothing_is_written(tmp_path, stdin, changes, said):
    make_summary(tmp_path / "summary.csv", a=[0.9], b=[0.1])
    with pytest.raises(StudyError) as raised:
        run(tmp_path, stdin, JOB | changes)
    assert said in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["summary.csv"]


SPOILT = [
    (lambda text: text.replace("0.9,", "nan,", 1), "line 2: test_accuracy is nan, not finite"),
    (lambda text: text.replace("0.9,", "1.9,", 1), "line 2: test_accuracy is 1.9, outside 0 to 1"),
    (lambda text: text.replace("0.9,", ",", 1), "line 2: no value for test_accuracy"),
    (lambda text: text.replace("0.9,", "many,", 1), "line 2: could not convert"),
    (lambda text: text.replace("a,1,", "a,0,"), "line 3: seed 0 of a occurs twice"),
    (lambda text: text.replace("test_accuracy", "accuracy"), "no value for test_accuracy"),
    (lambda text: text.replace(",10,20,", ",11,20,", 1), "parameters of a differs"),
    (lambda text: "", "holds no run of a"),
]


@pytest.mark.parametrize("spoil, said", SPOILT)
def test_spoilt_summaries(tmp_path, stdin, spoil, said):
    path = tmp_path / "summary.csv"
    make_summary(path, a=[0.9, 0.8], b=[0.1, 0.2])
    path.write_text(spoil(path.read_text()))
    with pytest.raises(StudyError) as raised:
        run(tmp_path, stdin, JOB)
    assert said in str(raised.value) and str(path) in str(raised.value)


def test_rows_that_cannot_be_read_are_not_called_absent_too(tmp_path, stdin):
    path = tmp_path / "summary.csv"
    make_summary(path, a=[0.9, 0.8], b=[0.1, 0.2])
    path.write_text(path.read_text().replace("test_accuracy", "accuracy"))
    with pytest.raises(StudyError) as raised:
        run(tmp_path, stdin, JOB)
    assert "holds no run" not in str(raised.value)


def test_a_summary_that_is_no_text(tmp_path, stdin):
    (tmp_path / "summary.csv").write_bytes(b"experiment,\xff\n")
    with pytest.raises(StudyError, match="is not text"):
        run(tmp_path, stdin, JOB)


def test_missing_summary(tmp_path, stdin):
    with pytest.raises(StudyError, match="is missing"):
        run(tmp_path, stdin, JOB)


def test_the_registry_covers_what_the_study_reports():
    assert {name for name, metric in METRICS.items() if metric.deterministic} == {
        "parameters",
        "macs",
    }
    assert not METRICS["gap"].has_ratio and METRICS["train_loss"].has_ratio
    assert {name for name, metric in METRICS.items() if metric.needs} == {
        *("recall", "recall_lead", "confusion", "activation_frequency")
    }
    assert set(METRICS) - set(CLAIMABLE) == {
        *("train_seconds", "evaluate_seconds", "images_per_second", "peak_memory_bytes")
    }


@pytest.mark.parametrize(
    "module, unwanted",
    [
        ("config.metrics", {"numpy", "scipy", "pandas"}),
        ("config.claim_kinds", {"numpy", "scipy", "pandas"}),
        ("statistics.summarise", {"scipy", "pandas", "statsmodels", "torch"}),
        ("statistics.confusion", {"scipy", "pandas", "statsmodels", "torch"}),
        ("statistics.analyse", {"scipy", "pandas", "statsmodels", "torch"}),
    ],
)
def test_importing_stays_light(module, unwanted):
    code = f"import sys, convstudy.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not unwanted & set(done.stdout.split())
