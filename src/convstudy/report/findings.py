"""What was found, in a few sentences: composed from verdicts, the strongest on accuracy first."""

from typing import Any

from convstudy.gettext_noop import N_
from convstudy.language import gettext as _
from convstudy.language import listing
from convstudy.report.measured import bound, in_unit, span
from convstudy.report.published import own_log_differs
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
_IS_MORE = N_("On %(data)s, the %(quantity)s of %(of)s is %(value)s, more than %(bound)s.")
_IS_LESS = N_("On %(data)s, the %(quantity)s of %(of)s is %(value)s, less than %(bound)s.")
_NOT_MORE = N_(
    "On %(data)s, the %(quantity)s of %(of)s is %(value)s, less than the %(bound)s claimed."
)
_NOT_LESS = N_(
    "On %(data)s, the %(quantity)s of %(of)s is %(value)s, more than the %(bound)s claimed."
)
# Of a value against its bound, by kind and verdict.
_HELD_AGAINST = {
    ("above", "supported"): _IS_MORE,
    ("above", "contradicted"): _NOT_MORE,
    ("below", "supported"): _IS_LESS,
    ("below", "contradicted"): _NOT_LESS,
}


def findings(sections: list[Values]) -> list[str]:
    """Up to seven sentences on a whole study."""
    queues = [ranked(section) for section in sections]
    chosen: list[tuple[Values, Values]] = []
    while any(queues) and len(chosen) < MOST:  # in turns, so that no section has all of them
        for section, queue in zip(sections, queues, strict=True):
            if queue and len(chosen) < MOST:
                chosen.append((queue.pop(0), section))
    chosen.sort(key=lambda one: _rank(one[0]))  # accuracies before times
    told = [claim["name"] for claim, _ in chosen]
    excluded = [one for section in sections if (one := of_excluded(section, told))]
    said = [sentence(claim, section) for claim, section in chosen]
    leads = sorted(excluded, key=own_log_differs, reverse=True)[:2]
    denied = [of_lead(claim) for claim in leads if own_log_differs(claim)]  # by its own publication
    others = [of_lead(claim) for claim in leads if not own_log_differs(claim)]
    return [*denied, *said, *others, *_counts(sections)]


def answer(section: Values) -> str:
    """The answer of a section: its strongest finding, what it excludes, how many verdicts."""
    best = ranked(section)[:1]
    said = [sentence(claim, section) for claim in best]
    excluded = of_excluded(section, [claim["name"] for claim in best])
    said += [of_lead(excluded)] if excluded else []
    return " ".join([*said, *_counts([section])])


def ranked(section: Values) -> list[Values]:
    """Claims that were decided, not counted: those stated in time first, on accuracy, by effect."""
    decided = [
        claim
        for claim in counted(section["claims"])
        if claim["verdict"] != "inconclusive" and claim["reason"] != "arithmetic"
    ]
    return sorted(decided, key=_rank)


def counted(claims: list[Values]) -> list[Values]:
    """The claims of which a report says how many hold; those made of others only repeat them."""
    return [claim for claim in claims if claim["kind"] != "all_of"]


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
    held_against = _HELD_AGAINST.get((claim["kind"], claim["verdict"]))
    if held_against and claim["p"] is not None:  # as it is, it may equal its bound
        return _(held_against) % {
            "data": data,
            "quantity": quantity(claim),
            "of": quoted(claim["titles"][claim["of"]]),
            "value": measured(claim),
            "bound": bound(claim),
        }
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


def asked_for(claim: Values) -> str:
    """What a statement was held to, where it does not say so itself: `, asked: > 1.3 times`."""
    kind, value = claim["kind"], claim["bound"]
    if value is None or (kind, value) in (("greater", 0), ("ratio", 1)):
        return ""
    sign = {"below": "<", "equivalent": "<"}.get(kind, ">")
    return _(", asked: %(sign)s %(bound)s") % {"sign": sign, "bound": bound(claim)}


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
        "share": percent(1 - share, places=0 if share >= 0.005 else 2),
        "times": times(share),
    }
    if claim["size"] != "smaller":
        return said
    larger = _(
        "The published %(stated)s are more than one more pair of runs would show (%(range)s)."
    )
    return f"{said} {larger % _stated(claim)}"


def _stated(claim: Values) -> dict[str, str]:
    """The published difference, that of its log, and the range of one more pair of runs."""
    known = {"stated": claim["published_estimate"], "logged": claim["logged_estimate"]}
    said = {key: in_unit(value, claim) for key, value in known.items() if value is not None}
    ends = claim["one_more"]
    between = span(ends, claim) if ends["low"] < 0 else _unsigned(span(ends, claim))
    return {**said, "stated": _unsigned(said["stated"]), "range": between}


def of_excluded(section: Values, told: list[str]) -> Values | None:
    """Of the published leads that one more pair of runs would not show, the largest untold one."""
    smaller: list[Values] = [
        claim
        for claim in section["claims"]
        if claim["size"] == "smaller" and claim["kind"] == "greater" and claim["name"] not in told
    ]
    if not smaller:
        return None
    return max(smaller, key=lambda one: (own_log_differs(one), abs(one["published_estimate"])))


def of_lead(claim: Values) -> str:
    """A published lead that our runs do not show, and whether its own log does."""
    if own_log_differs(claim) and claim["verdict"] != "supported":
        words = _(
            "The published lead of %(of)s over %(than)s, %(stated)s, is neither in the "
            "publication's own log (%(logged)s) nor here: %(value)s."
        )
    else:
        words = _(
            "The published lead of %(of)s over %(than)s, %(stated)s, is more than one more pair of "
            "runs would show (%(range)s): here %(value)s."
        )
    return words % {
        "of": quoted(claim["titles"][claim["of"]]),
        "than": quoted(claim["titles"][claim["than"]]),
        "value": measured(claim),
        **_stated(claim),
    }


def _counts(sections: list[Values]) -> list[str]:
    verdicts = [claim["verdict"] for section in sections for claim in counted(section["claims"])]
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


FILTERS = (measured, asked_for, answer, counted, findings)
