"""What a published report states, held against what was measured here.

A published accuracy is one run, so it is held against where one more run of ours would lie, and a
published difference against where that of one more run of each network would.
"""

from typing import Any

from convstudy.config.claim_kinds import compared, weights_of

Values = dict[str, Any]

_ONE_RUN = {"test_accuracy": "test_accuracy", "parameters": "parameters", "step_seconds": "seconds"}


def place(value: float, ends: Values | None) -> str | None:
    """`below`, `inside` or `above` the range from `low` to `high`; None without one."""
    if ends is None:
        return None
    return "below" if value < ends["low"] else "above" if value > ends["high"] else "inside"


def estimate_of(claim: Values, results: Values) -> float | None:
    """The estimate of a claim as published values give it; None where they do not.

    `results` are published values by experiment. Of a gap it is another quantity (training
    accuracy in training mode), so it is no estimate of this one.
    """
    if claim["kind"] == "all_of" or claim["metric"] not in _ONE_RUN:
        return None
    names = compared(claim)
    if claim["kind"] == "best_of" and claim["rival"]:
        names = [names[0], claim["rival"]]
    values = [results.get(name, {}).get(_ONE_RUN[claim["metric"]]) for name in names]
    if None in values:
        return None
    if claim["kind"] == "ratio":
        return float(values[0] / values[1])
    return float(sum(w * one for w, one in zip(weights_of(claim), values, strict=True)))


def size(claim: Values) -> str | None:
    """Whether accuracies differ by less than published (`smaller`), or by more (`larger`).

    `alike` where the published difference lies in the range of one more run of each network; None
    where nothing can be compared.
    """
    value, ends = claim["published_estimate"], claim["one_more"]
    if value is None or ends is None or claim["kind"] in ("above", "below"):
        return None
    where = place(value, ends)
    if where == "inside":
        return "alike"
    return "smaller" if (where == "above") == (value > 0) else "larger"


def own_log_differs(claim: Values) -> bool:
    """Whether the publication's own log has the sign of a published difference the other way."""
    stated, logged = claim["published_estimate"], claim["logged_estimate"]
    return stated is not None and logged is not None and stated * logged < 0


def statements(study: Values, sections: list[Values]) -> list[Values]:
    """The published statements in their order, each with its claim or None, and an `outcome`.

    outcome: untested (no claim can be) | not_asked (at this scale, or otherwise) | as_published |
    otherwise | open | excluded (open, and smaller than published). `elsewhere`: asked under other
    conditions, so that it says nothing about the published networks. Times always are: they
    belong to a machine.
    """
    asked = {
        claim["name"]: (claim, number)
        for number, section in enumerate(sections, start=1)
        for claim in section["claims"]
        if claim["as_published"] is not None
    }
    listed = study["published"].get("statements") or [
        {"says": claim["says"], "claim": name}
        for name, (claim, _) in asked.items()
        if claim["published"]
    ]
    made = []
    for one in listed:
        claim, number = asked.get(one.get("claim"), (None, None))
        outcome = _outcome(claim) if claim else "not_asked" if "claim" in one else "untested"
        title = sections[number - 1]["title"] if number else None
        elsewhere = claim and (not claim["published"] or claim["metric"] == "step_seconds")
        about = {"number": number, "title": title, "elsewhere": elsewhere}
        made.append({**one, **about, "claim": claim, "outcome": outcome})
    return made


def _outcome(claim: Values) -> str:
    if claim["verdict"] != "inconclusive":
        return "as_published" if claim["as_published"] else "otherwise"
    return "excluded" if claim["size"] == "smaller" else "open"
