"""What was found about a claim, in a sentence that is put together from what was tested.

From its kind, metric, networks, bound and verdict: whatever a config's `says` is, this sentence
states what the test showed and nothing else.
"""

from typing import Any

from convstudy.config.claim_kinds import EVERY_CLASS, compared
from convstudy.config.metrics import METRICS
from convstudy.gettext_noop import N_
from convstudy.language import gettext as _
from convstudy.language import listing
from convstudy.report.measured import bare_bound, bound
from convstudy.report.words import layer, text

Claim = dict[str, Any]

_EVERY = N_("recall of every class")

_GREATER = N_("the %(quantity)s of %(of)s is greater than that of %(than)s")
_LESS = N_("the %(quantity)s of %(of)s is less than that of %(than)s")
_NOT_GREATER = N_("the %(quantity)s of %(of)s is not greater than that of %(than)s")
_EITHER = N_("the %(quantity)s of %(of)s may be greater or less than that of %(than)s")
_ABOVE = N_("the %(quantity)s of %(of)s is greater than %(bound)s")
_BELOW = N_("the %(quantity)s of %(of)s is less than %(bound)s")
_AROUND = N_("the %(quantity)s of %(of)s may be greater or less than %(bound)s")
_NEAR = N_("the %(quantity)s of %(of)s and that of %(than)s differ by less than %(bound)s")
_RISES = N_("the %(quantity)s tends to rise over %(networks)s")
_FALLS = N_("the %(quantity)s tends to fall over %(networks)s")
_TREND = N_("the %(quantity)s may tend to rise or to fall over %(networks)s")

# By form of a claim and verdict. A test shows on which side a truth lies; values that are compared
# as they are may be equal: then "exactly" is what contradicts, which claims no side.
FOUND = {
    "greater": {
        "supported": _GREATER,
        "contradicted": _LESS,
        "exactly": _NOT_GREATER,
        "inconclusive": _EITHER,
    },
    "margin": {
        "supported": N_(
            "the %(quantity)s of %(of)s exceeds that of %(than)s by more than %(bound)s"
        ),
        "contradicted": N_(
            "the %(quantity)s of %(of)s does not exceed that of %(than)s by more than %(bound)s"
        ),
        "equivalent": _NEAR,
        "inconclusive": N_(
            "the %(quantity)s of %(of)s may or may not exceed that of %(than)s by more than "
            "%(bound)s"
        ),
    },
    "equivalent": {
        "supported": _NEAR,
        "contradicted": N_(
            "the %(quantity)s of %(of)s and that of %(than)s differ by more than %(bound)s"
        ),
        "exactly": N_(
            "the %(quantity)s of %(of)s and that of %(than)s do not differ by less than %(bound)s"
        ),
        "inconclusive": N_(
            "the %(quantity)s of %(of)s and that of %(than)s may differ by less or by more than "
            "%(bound)s"
        ),
    },
    "above": {
        "supported": _ABOVE,
        "contradicted": _BELOW,
        "exactly": N_("the %(quantity)s of %(of)s is not greater than %(bound)s"),
        "inconclusive": _AROUND,
    },
    "below": {
        "supported": _BELOW,
        "contradicted": _ABOVE,
        "exactly": N_("the %(quantity)s of %(of)s is not less than %(bound)s"),
        "inconclusive": _AROUND,
    },
    "ratio": {
        "supported": N_("the %(quantity)s of %(of)s is at least %(bound)s times that of %(than)s"),
        "contradicted": N_(
            "the %(quantity)s of %(of)s is less than %(bound)s times that of %(than)s"
        ),
        "inconclusive": N_(
            "the %(quantity)s of %(of)s may be more or less than %(bound)s times that of %(than)s"
        ),
    },
    "ratio of one": {
        "supported": N_("the %(quantity)s of %(of)s is at least that of %(than)s"),
        "contradicted": _LESS,
        "inconclusive": _EITHER,
    },
    "best_of": {
        "supported": N_("the %(quantity)s of %(of)s is greater than that of each of %(others)s"),
        "contradicted": N_(
            "the %(quantity)s of %(of)s is not the highest: it is less than that of %(than)s"
        ),
        "exactly": N_(
            "the %(quantity)s of %(of)s is not the highest: it is not greater than that of %(than)s"
        ),
        "inconclusive": N_(
            "the %(quantity)s of %(of)s may or may not be the highest: it may be greater or less "
            "than that of %(than)s"
        ),
    },
    "rising": {
        "supported": _RISES,
        "contradicted": _FALLS,
        "exactly": N_("the %(quantity)s does not tend to rise over %(networks)s"),
        "inconclusive": _TREND,
    },
    "falling": {
        "supported": _FALLS,
        "contradicted": _RISES,
        "exactly": N_("the %(quantity)s does not tend to fall over %(networks)s"),
        "inconclusive": _TREND,
    },
}

_ALL_OF = {
    "supported": N_("all of it holds: %(parts)s"),
    "contradicted": N_("not all of it holds: %(parts)s"),
    "inconclusive": N_("whether all of it holds is open: %(parts)s"),
}


def finding(claim: Claim) -> str:
    """What the verdict on a claim states; of `all_of` what decides it of the claims it is made of.

    `titles` are those of its networks by name, `parts` the claims that `all_of` is made of.
    """
    if claim["kind"] == "all_of":
        words = _(_ALL_OF[claim["verdict"]])
        return words % {"parts": "; ".join(finding(part) for part in _decisive_parts(claim))}
    verdict, form = claim["verdict"], form_of(claim)
    if verdict == "contradicted" and claim["p"] is None and "exactly" in FOUND[form]:
        verdict = "exactly"
    of, *others = [quoted(claim["titles"][name]) for name in compared(claim)]
    rival = claim["kind"] == "best_of" and claim["decisive"]
    return _(FOUND[form][verdict]) % {
        "quantity": quantity(claim),
        "of": of,
        "than": quoted(rival) if rival else listing(others, "or"),
        "others": listing(others),
        "networks": " → ".join([of, *others]),
        "bound": (bare_bound if claim["kind"] == "ratio" else bound)(claim)
        if claim["bound"] is not None
        else "",
    }


def form_of(claim: Claim) -> str:
    """The forms of words of a claim, a key of `FOUND`."""
    kind: str = claim["kind"]
    if kind == "greater" and claim["bound"]:
        return "margin"
    if kind == "ratio" and claim["bound"] == 1:
        return "ratio of one"
    return str(claim["direction"]) if kind == "trend" else kind


def quoted(name: str) -> str:
    """A name as users wrote it, set apart from the words around: `“SimpleCNN”`."""
    return _("“%(name)s”") % {"name": text(name)}


def quantity(claim: Claim) -> str:
    """What a claim measures: `test accuracy`, `recall of class “5”`."""
    about = {str(key): quoted(claim[key]) for key in ("class", "with") if key in claim}
    if claim.get("class") == EVERY_CLASS:
        if claim["verdict"] == "supported" or not claim["decisive"]:
            return _(_EVERY)
        about["class"] = quoted(claim["decisive"])
    about["layer"] = layer(claim.get("layer", ""))
    words = METRICS[claim["metric"]].quantity
    return _(words) % about


def _decisive_parts(claim: Claim) -> list[Claim]:
    """All that hold, any that does not, or those that are open."""
    deciding = {
        "supported": ("supported",),
        "contradicted": ("contradicted", "equivalent"),
        "inconclusive": ("inconclusive",),
    }
    return [part for part in claim["parts"] if part["verdict"] in deciding[claim["verdict"]]]


FILTERS = (finding, quoted, quantity)
