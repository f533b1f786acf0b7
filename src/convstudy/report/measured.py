"""How the numbers of a claim are written: in its unit, and never on the wrong side of its bound."""

from typing import Any

from convstudy.config.claim_kinds import is_level, plausible
from convstudy.config.metrics import METRICS
from convstudy.language import gettext as _
from convstudy.language import ngettext, number
from convstudy.report import digits
from convstudy.report.words import text

Claim = dict[str, Any]


def estimate(claim: Claim) -> str:
    """What was measured for a claim, with its interval: `+2.01 points (96 % interval …)`."""
    said = in_unit(claim["estimate"], claim)
    if claim["low"] is None or claim["coverage"] is None:  # every seed gave the same value
        return said
    return _("%(value)s (%(coverage)s %% interval %(interval)s)") % {
        "value": said,
        "coverage": number(100 * claim["coverage"], ".4g"),
        "interval": span(claim, claim),
    }


def span(ends: dict[str, Any], claim: Claim) -> str:
    """An interval in the unit of the claim, from its `low` and `high`: `+1.50 to +2.52`.

    That of a value, not of a difference, is cut where none can be: of accuracies at 0 and 100 %.
    """
    reach = plausible(claim, ends["low"], ends["high"])
    places = _places(claim)
    low, high = ("∞" if end is None else _digits(end, claim, places) for end in reach)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def in_unit(value: float, claim: Claim) -> str:
    """A value in the unit of a claim's estimate: `1.35 times`, `+2.01 points`, `84.00 %`."""
    return _with_unit(_digits(value, claim, _places(claim)), claim)


def bound(claim: Claim) -> str:
    """The margin, threshold or factor of a claim as it was stated, in the unit of its estimate."""
    return _with_unit(bare_bound(claim), claim)


def bare_bound(claim: Claim) -> str:
    """The same without its unit."""
    places = digits.of_bound(_scaled(claim["bound"], claim))
    return _digits(claim["bound"], claim, places).removeprefix("+")


def of_what(claim: Claim) -> str:
    """The networks that the estimate is of, and how: `ResNet-18 − SimpleCNN`."""
    signs = {"ratio": " / ", "trend": ", "}
    return signs.get(claim["kind"], " − ").join(text(one) for one in claim["measured_on"])


def _with_unit(said: str, claim: Claim) -> str:
    metric = METRICS[claim["metric"]]
    if claim["kind"] == "ratio":
        return _("%(value)s times") % {"value": said}
    if is_level(claim) and metric.is_share:
        return _("%(value)s %%") % {"value": said}
    unit = _(metric.unit)
    if metric.factor == 100:
        unit = ngettext("%(value)s point", "%(value)s points", 1 if said == "1" else 2)
    whole = unit % {"value": said}
    return _("%(value)s per step") % {"value": whole} if claim["kind"] == "trend" else whole


def _scaled(value: float, claim: Claim) -> float:
    """In points or percent where the metric is a fraction."""
    return value if claim["kind"] == "ratio" else METRICS[claim["metric"]].factor * value


def _digits(value: float, claim: Claim, places: int) -> str:
    sign = "" if claim["kind"] == "ratio" or is_level(claim) else "+"
    return number(_scaled(value, claim), f"{sign}z,.{places}f")


def _places(claim: Claim) -> int:
    """Decimals of a claim's numbers: the usual ones, or as many as tell them from its bound."""
    fewest = 3 if claim["kind"] == "ratio" else METRICS[claim["metric"]].places
    ends = (claim.get(key) for key in ("estimate", "low", "high"))
    bounds = {claim.get("bound") or 0.0}
    if claim["kind"] in ("equivalent", "greater"):  # that a difference is small is a verdict, too
        bounds |= {-one for one in bounds}
    return digits.decimals(
        [_scaled(one, claim) for one in ends if one is not None],
        [_scaled(one, claim) for one in bounds],
        fewest,
    )


FILTERS = (estimate, span, in_unit, bound, of_what)
