"""Claims of a section together: Holm, its families, and claims about claims."""

import pytest

from convstudy.statistics.claims import decide, holm

from made_runs import HIGH, LOW, SAME, WIDE, runs_of


def test_holm_by_hand():
    # 0.01·4, 0.015·3, 0.02·2 → not below 0.045, 0.4·1
    found = holm({"a": 0.02, "b": 0.01, "c": 0.4, "d": 0.015})
    assert found == pytest.approx({"a": 0.045, "b": 0.04, "c": 0.4, "d": 0.045})
    assert holm({}) == {}


def family(of, than, others, section="s"):
    """One claim among `others` that separate nothing."""
    claims = {
        f"other{k}": {"section": section, "kind": "greater", "metric": "test_accuracy"}
        | {"of": "low", "than": "same"}
        for k in range(others)
    }
    claims["c"] = {"section": "s", "kind": "greater", "metric": "test_accuracy"}
    claims["c"] |= {"of": "of", "than": "than"}
    runs = {"of": of, "than": than, "low": LOW, "same": SAME}
    summary = {name: runs_of(test_accuracy=values) for name, values in runs.items()}
    return decide(claims, summary, 5)


def test_a_family_asks_more_of_each_claim():
    # Both s² = 2.5e-4, error 0.01, df 8: t = 3, p = 0.017
    than = [value - 0.03 for value in LOW]
    assert family(LOW, than, 0)["claims"]["c"]["verdict"] == "supported"
    row = family(LOW, than, 4)["claims"]["c"]
    assert row["p"] == pytest.approx(0.01707, abs=1e-4)
    assert row["p_holm"] == pytest.approx(5 * 1.25 * row["p"])
    assert row["low"] > 0
    assert (row["verdict"], row["reason"]) == ("inconclusive", "holm")


def test_families_are_sections():
    than = [value - 0.03 for value in LOW]
    found = family(LOW, than, 4, section="another")
    assert found["claims"]["c"]["verdict"] == "supported"
    assert {name: one["tests"] for name, one in found["families"].items()} == {"another": 4, "s": 1}
    assert found["families"]["s"]["n"] == 5
    assert found["families"]["s"]["smallest_effect"] == pytest.approx(
        1.5489, abs=1e-3
    )  # t₈(0.98) · √(2/5)


def test_the_network_with_fewest_seeds_says_what_a_family_can_see():
    six, seven = [*LOW, 0.55], [*LOW, 0.55, 0.56]
    assert family(six, seven, 0)["families"]["s"]["n"] == 6
    assert family(six, seven, 1)["families"]["s"]["n"] == 5


def test_only_tests_count_in_a_family():
    claims = {
        "size": {"section": "s", "kind": "ratio", "metric": "parameters", "factor": 1.0},
        "flat": {"section": "s", "kind": "greater", "metric": "train_loss"},
        "few": {"section": "s", "kind": "greater", "metric": "test_accuracy"},
    }
    claims = {name: claim | {"of": "a", "than": "b"} for name, claim in claims.items()}
    claims["few"]["than"] = "few"
    runs = {"a": HIGH, "b": HIGH, "few": HIGH[:2]}
    found = decide(claims, {k: runs_of(test_accuracy=v) for k, v in runs.items()}, 5)
    assert found["families"] == {"s": {"tests": 0, "n": None, "smallest_effect": None}}


PARTS = {
    "yes": (HIGH, LOW, {}),
    "no": (LOW, HIGH, {}),
    "within": (HIGH, LOW, {"margin": 0.5}),
    "open": (WIDE, LOW, {}),
    "few": (HIGH[:2], LOW, {}),
}
ALL_OF = [
    (["yes"], "supported", "arithmetic"),
    (["yes", "yes"], "supported", "arithmetic"),
    (["yes", "no"], "contradicted", "arithmetic"),
    (["open", "no"], "contradicted", "arithmetic"),
    (["yes", "within"], "contradicted", "arithmetic"),
    (["yes", "open"], "inconclusive", "not_separated"),
    (["yes", "few"], "inconclusive", "too_few_seeds"),
    (["few", "open"], "inconclusive", "too_few_seeds"),
    (["open", "few"], "inconclusive", "not_separated"),
]


@pytest.mark.parametrize("parts, expected, reason", ALL_OF)
def test_all_of(parts, expected, reason):
    # Named before its parts: the order in the config does not matter
    claims = {"all": {"section": "s", "kind": "all_of", "claims": parts}}
    summary = {}
    for name, (of, than, keys) in PARTS.items():
        claims[name] = {"section": name, "kind": "greater", "metric": "test_accuracy", **keys}
        claims[name] |= {"of": f"{name}_of", "than": f"{name}_than"}
        summary[f"{name}_of"] = runs_of(test_accuracy=of)
        summary[f"{name}_than"] = runs_of(test_accuracy=than)
    found = decide(claims, summary, 5)
    row = found["claims"]["all"]
    assert list(found["claims"]) == list(claims)
    assert (row["verdict"], row["reason"], row["claims"]) == (expected, reason, parts)
    assert row["p"] is row["estimate"] is row["metric"] is None
    assert row.keys() == found["claims"]["yes"].keys()


def test_equivalence_has_to_stand_among_all_tests_too():
    # Difference −0.3, both s² = 2.5, n = 5: error 1, df 8, margin 3. Against 3: t = −3.3,
    # p = 0.0108; against −3: t = 2.7, p = 0.0271, below 0.04 but too large for a second test.
    of, than = [0.7, 1.7, 2.7, 3.7, 4.7], [1, 2, 3, 4, 5]
    claims = {
        "margin": {"kind": "greater", "of": "of", "than": "than", "margin": 3},
        "other": {"kind": "above", "of": "of", "threshold": -90},
    }
    claims = {name: {"section": "s", "metric": "test_loss"} | one for name, one in claims.items()}
    runs = {"of": runs_of(test_loss=of), "than": runs_of(test_loss=than)}
    alone = decide({"margin": claims["margin"]}, runs, 5)["claims"]["margin"]
    assert (alone["verdict"], alone["p"]) == ("equivalent", pytest.approx(0.0108, abs=1e-4))
    both = decide(claims, runs, 5)["claims"]["margin"]
    assert (both["verdict"], both["p_holm"]) == (
        "contradicted",
        pytest.approx(1.25 * alone["p"]),
    )
