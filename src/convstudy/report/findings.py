"""What was found, in a few sentences: composed from verdicts, the strongest first."""

from typing import Any

from convstudy.language import gettext as _
from convstudy.language import listing
from convstudy.marks import N_
from convstudy.report.measured import in_unit, span
from convstudy.report.sentences import finding, quantity, quoted
from convstudy.report.words import count, percent, text, times

Values = dict[str, Any]

MOST = 4  # sentences on single claims; with those on what is excluded and open at most seven
_FEWER = N_(
    "On %(data)s, %(winner)s beats %(loser)s by %(value)s, with %(share)s fewer parameters."
)
_MORE = N_(
    "On %(data)s, %(winner)s beats %(loser)s by %(value)s, with %(times)s times the parameters."
)
_AS_MANY = N_("On %(data)s, %(winner)s beats %(loser)s by %(value)s.")


def findings(sections: list[Values]) -> list[str]:
    """Up to seven sentences on a whole study."""
    queues = [ranked(section) for section in sections]
    chosen: list[tuple[Values, Values]] = []
    while any(queues) and len(chosen) < MOST:  # in turns, so that no section has all of them
        for section, queue in zip(sections, queues, strict=True):
            if queue and len(chosen) < MOST:
                chosen.append((queue.pop(0), section))
    chosen.sort(key=lambda one: -_strength(one[0]))
    told = [claim["name"] for claim, _ in chosen]
    excluded = [one for section in sections if (one := of_excluded(section, told))]
    said = [sentence(claim, section) for claim, section in chosen]
    return [*said, *excluded[:2], *_counts(sections)]


def answer(section: Values) -> str:
    """The answer of a section: its strongest finding, what it excludes, how many verdicts."""
    best = ranked(section)[:1]
    said = [sentence(claim, section) for claim in best]
    excluded = of_excluded(section, [claim["name"] for claim in best])
    said += [excluded] if excluded else []
    return " ".join([*said, *_counts([section])])


def ranked(section: Values) -> list[Values]:
    """Claims that were decided, not counted: those stated in time first, on accuracy, by effect."""
    decided = [
        claim
        for claim in section["claims"]
        if claim["verdict"] != "inconclusive"
        and claim["kind"] != "all_of"
        and claim["reason"] != "arithmetic"
    ]
    return sorted(decided, key=_rank)


def _rank(claim: Values) -> tuple[bool, int, float]:
    between = len(claim["titles"]) > 1
    tier = 0 if between and claim["metric"] == "test_accuracy" else 1 if between else 2
    return claim["stated"] == "after", tier, -_strength(claim)


def _strength(claim: Values) -> float:
    return abs(float(claim["effect"] or 0.0))


def sentence(claim: Values, section: Values) -> str:
    """`On MNIST, “SimpleCNN” beats “fully connected” by 1.37 points (1.16 to 1.57), …`."""
    said = _composed(claim, section)
    if claim["stated"] == "after":
        late = _("This claim was stated after results of its networks had been looked at.")
        return f"{said} {late}"
    return said


def _composed(claim: Values, section: Values) -> str:
    data = listing([text(one) for one in claim["datasets"]])
    if claim["kind"] == "greater" and claim["metric"] == "test_accuracy" and not claim["bound"]:
        return _beaten(claim, section, data)
    if claim["kind"] == "ratio":
        return _("On %(data)s, the %(quantity)s of %(of)s is %(value)s that of %(than)s.") % {
            "data": data,
            "quantity": quantity(claim),
            "of": quoted(claim["titles"][claim["of"]]),
            "value": measured(claim),
            "than": quoted(claim["titles"][claim["than"]]),
        }
    return _("On %(data)s, %(finding)s: %(value)s.") % {
        "data": data,
        "finding": finding(claim),
        "value": measured(claim),
    }


def measured(claim: Values) -> str:
    """An estimate with its interval: `+1.37 points (+1.16 to +1.57)`."""
    value = in_unit(claim["estimate"], claim)
    if claim["low"] is None or claim["coverage"] is None:  # counted, or every seed gave the same
        return value
    return _("%(value)s (%(interval)s)") % {"value": value, "interval": span(claim, claim)}


def _unsigned(words: str) -> str:
    """Of a lead, which has a sign only where it is none."""
    return words.replace("+", "")


def _beaten(claim: Values, section: Values, data: str) -> str:
    names = [claim["of"], claim["than"]]
    if claim["estimate"] < 0:
        names.reverse()
        low, high = claim["low"], claim["high"]
        turned = {"low": None if high is None else -high, "high": None if low is None else -low}
        claim = {**claim, "estimate": -claim["estimate"], **turned, "size": None}
    parameters = {row["experiment"]: row["parameters"] for row in section["table"]["rows"]}
    share = parameters[names[0]] / parameters[names[1]]
    words = _FEWER if share < 0.99 else _MORE if share > 1.01 else _AS_MANY
    said = _(words) % {
        "data": data,
        "winner": quoted(claim["titles"][names[0]]),
        "loser": quoted(claim["titles"][names[1]]),
        "value": _unsigned(measured(claim)),
        "share": percent(1 - share, ".0f"),
        "times": times(share),
    }
    if claim["size"] != "smaller":
        return said
    stated = _unsigned(in_unit(claim["published_estimate"], claim))
    excluded = _("Published: %(stated)s, which is excluded.") % {"stated": stated}
    return f"{said} {excluded}"


def of_excluded(section: Values, told: list[str]) -> str | None:
    """Of the published leads that our intervals exclude as too large, the largest not yet told."""
    smaller = [
        claim
        for claim in section["claims"]
        if claim["size"] == "smaller" and claim["kind"] == "greater" and claim["name"] not in told
    ]
    if not smaller:
        return None
    claim = max(smaller, key=lambda one: abs(one["published_estimate"]))
    words = _(
        "The published lead of %(of)s over %(than)s, %(stated)s, is excluded: here %(value)s."
    )
    return words % {
        "of": quoted(claim["titles"][claim["of"]]),
        "than": quoted(claim["titles"][claim["than"]]),
        "stated": _unsigned(in_unit(claim["published_estimate"], claim)),
        "value": _unsigned(measured(claim)),
    }


def _counts(sections: list[Values]) -> list[str]:
    verdicts = [claim["verdict"] for section in sections for claim in section["claims"]]
    if not verdicts:
        return []
    said = _("Claims that hold: %(held)s of %(all)s; that do not: %(not)s; not decided: %(open)s.")
    held, undecided = verdicts.count("supported"), verdicts.count("inconclusive")
    return [
        said
        % {
            "all": count(len(verdicts)),
            "held": count(held),
            "not": count(len(verdicts) - held - undecided),
            "open": count(undecided),
        }
    ]


FILTERS = (measured, answer, findings)
