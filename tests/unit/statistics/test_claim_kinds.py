"""What `analyse` refuses, and that it says so all at once."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from convstudy.config.kinds import KINDS, bound, faults
from convstudy.config.metrics import CLAIMABLE, METRICS, fault
from convstudy.errors import StudyError
from convstudy.files import read_json
from convstudy.statistics import analyse, summary

from made_runs import runs_of

SECTIONS = {"s": ["a", "b"], "t": ["c"]}
GOOD = {"section": "s", "kind": "greater", "metric": "test_accuracy", "of": "a", "than": "b"}
FAULTY = [
    ({"kind": "bigger"}, "c.kind: 'bigger' is unknown; known: greater, equivalent, above"),
    ({"section": "u"}, "c.section: 'u' is unknown; known: s, t"),
    ({"metric": "speed"}, "c.metric: 'speed' is none for claims; known: test_accuracy, "),
    ({"metric": "train_seconds"}, "c.metric: 'train_seconds' is none for claims; known: test_acc"),
    ({"than": "a"}, "c.than: 'a' is compared with itself"),
    ({"of": "c"}, "c.of: 'c' is not in its section; known: a, b"),
    ({"than": "z"}, "c.than: 'z' is not in its section"),
    ({"margin": -1}, "c.margin: -1 is negative"),
    ({"margin": "0.1"}, "c.margin: '0.1' is not a number"),
    ({"margin": True}, "c.margin: True is not a number"),
    ({"kind": "equivalent"}, "c.margin: None is not a number; equivalent needs one"),
    ({"kind": "equivalent", "margin": 0}, "c.margin: 0 is not above zero"),
    ({"kind": "above"}, "c.threshold: None is not a number"),
    ({"kind": "above", "threshold": 80}, "c.threshold: 80 is outside 0 to 1; shares are fractions"),
    ({"margin": 5}, "c.margin: 5 is outside 0 to 1; shares are fractions, 0.8 for 80 %"),
    ({"kind": "ratio", "factor": 0}, "c.factor: 0 is not above zero"),
    ({"kind": "ratio", "factor": 2, "metric": "gap"}, "c.metric: gap can be negative"),
    ({"kind": "all_of"}, "c: missing claims"),
    ({"kind": "all_of", "claims": []}, "c.claims: [] is not a list of claims"),
    ({"kind": "all_of", "claims": ["d"]}, "c.claims: 'd' is no claim other than all_of"),
    ({"metric": "recall"}, "c: missing class"),
    ({"metric": "gap", "class": "every"}, "c.class: 'every' is for recall, in a claim greater"),
    ({"kind": "best_of", "among": ["b", "b"]}, "c.among: 'b' is compared with itself"),
    ({"kind": "best_of"}, "c: missing among"),
    ({"kind": "trend", "across": ["a", "b"]}, "c: missing direction"),
    ({"kind": "all_of", "claims": ["c"]}, "c.claims: 'c' is no claim other than all_of"),
]


@pytest.mark.parametrize("changes, said", FAULTY)
def test_faulty_claims(changes, said):
    (found,) = faults({"c": GOOD | changes}, SECTIONS)
    assert found.startswith(f"claims.{said}")


def test_a_trend_without_a_direction_that_there_is():
    claim = {"section": "u", "kind": "trend", "metric": "test_loss", "direction": "down"}
    found = list(faults({"c": {**claim, "across": ["d", "e", "f"]}}, {"u": ["d", "e", "f"]}))
    assert found == ["claims.c.direction: 'down' is unknown; known: rising, falling"]


def test_a_claim_that_is_no_object_hides_no_other_fault():
    claims = {"c": GOOD | {"kind": "all_of", "claims": ["d"]}, "d": None}
    first, second = faults(claims, SECTIONS)
    assert first.startswith("claims.c.claims: 'd' is no claim") and "claims.d.kind" in second


def test_good_claims_of_every_kind():
    more = {"margin": 0.1, "threshold": 0.2, "factor": 1.3, "claims": ["greater"]}
    claims = {kind: GOOD | {"kind": kind} | more for kind in KINDS}
    claims["best_of"] = {"section": "u", "kind": "best_of", "metric": "test_loss", "of": "d"}
    claims["best_of"] |= {"among": ["e", "f"]}
    claims["trend"] = {"section": "u", "kind": "trend", "metric": "test_loss"}
    claims["trend"] |= {"across": ["d", "e", "f"], "direction": "falling"}
    assert list(faults(claims, SECTIONS | {"u": ["d", "e", "f"]})) == []
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
    "claims": {
        "c": GOOD
        | {"metric": "gap", "of": "b", "than": "a"}
        | {"says": "b overfits more", "published": {"verdict": "supported"}}
    },
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


def test_claims_about_curves_are_measured_in_the_folders_of_runs(tmp_path, stdin):
    make_summary(tmp_path / "summary.csv", a=[0.9], b=[0.1])
    with pytest.raises(StudyError, match=r"runs/a/seed0/history.csv cannot be read"):
        run(tmp_path, stdin, JOB | {"claims": {"c": GOOD | {"metric": "roughness"}}})


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"minimum_seeds": 1}, "minimum_seeds: 1 is not a count"),
        ({"minimum_seeds": None}, "minimum_seeds: None"),
        ({"sections": {"s": []}}, "sections: not an object of lists"),
        ({"sections": {"s": ["a", "b"], "t": []}}, "sections: not an object of lists"),
        ({"sections": {"s": "ab"}}, "sections: not an object of lists"),
        ({"sections": ["a", "b"]}, "sections: not an object of lists"),
        ({"claims": []}, "claims: not an object"),
        ({"claims": {"c": GOOD | {"metric": "speed"}, "d": {}}}, "claims.c.metric: 'speed'"),
        ({"claims": {"c": GOOD | {"metric": "speed"}, "d": {}}}, "claims.d.kind: None"),
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


@pytest.fixture(scope="module")
def schema_of_claims():
    path = Path(__file__).parents[3] / "workflow/schemas/config.schema.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["$defs"]["claim"]


def test_metrics_of_the_schema(schema_of_claims):
    assert sorted(schema_of_claims["properties"]["metric"]["enum"]) == sorted(CLAIMABLE)


def test_kinds_of_the_schema(schema_of_claims):
    """Each kind needs there what it needs here, and a bound that has no default."""
    required = {}
    for rule in schema_of_claims["allOf"]:
        kinds = rule["if"]["properties"]["kind"]
        names = kinds["enum"] if "enum" in kinds else [kinds["const"]]
        required |= {name: set(rule["then"]["required"]) for name in names}
    assert schema_of_claims["properties"]["kind"]["enum"] == list(KINDS) == list(required)
    for name, kind in KINDS.items():
        bounds = {kind.bound} if kind.bound and kind.default is None else set()
        assert required[name] == {*kind.needs, *bounds}


@pytest.mark.parametrize(
    "module, unwanted",
    [
        ("config.metrics", {"numpy", "scipy", "pandas"}),
        ("config.kinds", {"numpy", "scipy", "pandas"}),
        ("statistics.summarise", {"scipy", "pandas", "statsmodels", "torch"}),
        ("statistics.confusion", {"scipy", "pandas", "statsmodels", "torch"}),
        ("statistics.analyse", {"scipy", "pandas", "statsmodels", "torch"}),
    ],
)
def test_importing_stays_light(module, unwanted):
    code = f"import sys, convstudy.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not unwanted & set(done.stdout.split())
