"""The report says of a claim what its ledger knows: how often it was tested, and when it was stated."""

import json

import numpy as np
import pytest

from convstudy.config import slices
from convstudy.config.metrics import claim_with_seeds_enough
from convstudy.config.study import load
from convstudy.report.context import gather
from convstudy.report.render import render

import made_results
from checkout import ROOT

# What the report says of the claim in place of what was decided: which rival or class, by its title.
IN_WORDS = {"decisive"}


@pytest.fixture
def gathered(tmp_path, config):
    """The report's values, after `change` of what was decided."""

    def of(change=lambda claims: None):
        study = load({**config, "scale": "full"})
        made_results.make(tmp_path, study, np.random.default_rng(0))
        path = tmp_path / "results/full/claims.json"
        decided = json.loads(path.read_text())
        change(decided["claims"])
        path.write_text(json.dumps(decided))
        job = json.loads(json.dumps(slices.reporting(study)))
        values = gather(
            job, tmp_path / "results/full", tmp_path / "data/prepared", tmp_path / "report.md"
        )
        return values, decided["claims"]

    return of


LATE = "This claim was stated after results of its networks had been looked at."
FIRST = "cnn_beats_fc_on_digits"


def test_a_claim_that_came_after_its_results_is_named_at_its_verdict(gathered):
    def late(claims):
        looks = [{"n": [5], "verdict": "inconclusive", "tested": True}]
        looks += [{"n": [8], "verdict": "supported", "tested": True}]
        claims[FIRST] |= {"stated": "after", "looks": looks}

    values, _ = gathered(late)
    text = render(ROOT / "workflow/templates", values)
    (verdict,) = [line for line in text.splitlines() if LATE in line]  # others come first on top
    assert verdict.startswith(
        "- **Contradicted:** instead, the test accuracy of “SimpleCNN” is less"
    )
    assert "- *SimpleCNN is more accurate than the fully connected network*: Tested 2 times" in text


def test_where_all_claims_came_late_so_does_what_stands_on_top(gathered):
    values, _ = gathered(lambda claims: [one.update(stated="after") for one in claims.values()])
    text = render(ROOT / "workflow/templates", values)
    top = text[text.index("## What was found") :].split("\n*", 1)[0]
    told = [line for line in top.splitlines() if line.startswith("- On ")]
    assert told and all(line.endswith(LATE) for line in told)


def test_nothing_that_was_decided_is_overwritten_by_what_was_published(gathered):
    values, decided = gathered()
    claims = [claim for section in values["sections"] for claim in section["claims"]]
    assert {claim["name"] for claim in claims} == set(decided)
    for claim in claims:
        kept = claim_with_seeds_enough(decided[claim["name"]])
        for key in kept.keys() - IN_WORDS:
            assert claim[key] == kept[key], (claim["name"], key)
