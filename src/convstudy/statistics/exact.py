"""What comes of a claim without a test: values that no seed changes, compared as they are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from convstudy.config.claim_kinds import Claim, bound, compared, weights_of

SUPPORTED, CONTRADICTED = "supported", "contradicted"
EQUIVALENT, INCONCLUSIVE = "equivalent", "inconclusive"

Values = Sequence[float]


@dataclass(frozen=True)
class Outcome:
    """What the runs say about a claim before the other claims of its family are looked at.

    `p` is the chance of values so far on the side of `leaning` if that verdict were false; None if
    no test decides. `reason` is set where the verdict is settled without a test; then it stands.
    `p_within` is there where `leaning` is that a difference does not exceed its margin: it is the
    two-sided p of "truth = −margin" if the estimate lies above that, small where the difference
    is a negligible one besides.
    `coverage` is that of the interval, which leaves the bound out (or lies within the margin)
    exactly when `p` is below the claim's level. `decisive` is the rival, or the class,
    that the numbers are about where the claim is about more.
    """

    test: str
    estimate: float | None
    low: float | None
    high: float | None
    leaning: str
    p: float | None = None
    effect: float | None = None
    reason: str | None = None
    p_within: float | None = None
    decisive: str | None = None
    coverage: float | None = None


def is_below(claim: Claim) -> bool:
    """Whether the claim says that its estimate lies below its bound."""
    return claim["kind"] == "below" or claim.get("direction") == "falling"


def unvarying(claim: Claim, groups: list[Values]) -> Outcome:
    """Every seed gave the same: decided as it is, the limit of the tests for a vanishing spread.

    On the bound itself that limit is p = 1: equal values do not show that a truth is no larger.
    """
    exact = arithmetic(claim, groups)
    edge = bound(claim) or 0.0
    edges = {edge, -edge} if claim["kind"] == "equivalent" else {edge}
    at = exact.estimate
    # Differences of equal decimals are off by a rounding: 0.98 − 0.97 is not 0.01 in binary.
    on_edge = at is not None and any(math.isclose(at, one, abs_tol=1e-12) for one in edges)
    leaning = INCONCLUSIVE if on_edge else exact.leaning
    return replace(exact, low=at, high=at, leaning=leaning, reason="no_spread")


def arithmetic(claim: Claim, groups: list[Values]) -> Outcome:
    """Values that are the same for every seed, compared as they are."""
    values = [group[0] for group in groups]
    if claim["kind"] == "best_of":
        rival = max(range(1, len(values)), key=values.__getitem__)
        estimate, decisive = values[0] - values[rival], compared(claim)[rival]
    else:
        estimate, decisive = (
            sum(w * v for w, v in zip(weights_of(claim), values, strict=True)),
            None,
        )
    if claim["kind"] == "ratio":
        estimate = values[0] / values[1]
    verdict = _compare(claim, estimate, bound(claim) or 0.0)
    return Outcome(
        "arithmetic", estimate, None, None, verdict, reason="arithmetic", decisive=decisive
    )


def _compare(claim: Claim, estimate: float, held_against: float) -> str:
    kind = claim["kind"]
    if kind == "equivalent":
        holds = abs(estimate) < held_against
    elif kind == "ratio":
        holds = estimate >= held_against
    else:
        holds = estimate < held_against if is_below(claim) else estimate > held_against
    if kind == "greater" and abs(estimate) < held_against:
        return EQUIVALENT
    return SUPPORTED if holds else CONTRADICTED
