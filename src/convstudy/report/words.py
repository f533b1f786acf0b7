"""How values are written: the filters of the templates, in the language that is spoken."""

import re
from collections.abc import Sequence
from typing import Any

from convstudy.config.kinds import is_level, plausible
from convstudy.config.metrics import as_shares
from convstudy.language import gettext as _
from convstudy.language import layer_in_words, listing, number
from convstudy.marks import N_

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|$~&])")
_START_OF_A_BLOCK = re.compile(r"^(?=[-+=])|^\d+(?=[.)](?:\s|$))")


def text(value: str) -> str:
    """A name or title in the language, escaped: users choose it, and Markdown shows it as it is."""
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(_(value).split()))
    return _START_OF_A_BLOCK.sub(r"\g<0>\\", escaped)


def layer(name: str) -> str:
    """A layer of a network by its module's name: `first convolution`."""
    return text(layer_in_words(name))


def percent(value: float) -> str:
    """Fraction → `98.54 %`."""
    return _("%(value)s %%") % {"value": number(100 * value, ".2f")}


def points(value: float) -> str:
    """Difference of fractions → `+1.23` (percentage points)."""
    return number(100 * value, "+z.2f")  # nothing is "-0.00"


def points_only(value: float) -> str:
    """Fraction → `98.54`, where a heading has the unit."""
    return number(100 * value, ".2f")


def count(value: float) -> str:
    """`567,434`."""
    return number(value)


def times(value: float) -> str:
    """How many times: `6.3`."""
    return number(value, ".1f")


def millions(value: float) -> str:
    """`4.241 M`, with four significant digits."""
    millions = value / 1e6
    digits = 3 if millions < 10 else 2 if millions < 100 else 1
    return _("%(value)s M") % {"value": number(millions, f".{digits}f")}


def seconds(value: float) -> str:
    """`4.2 s`, `12 min 5 s` or `3 h 10 min`."""
    if value < 59.95:  # which would be written as 60.0
        return _("%(seconds)s s") % {"seconds": number(value, ".1f")}
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    hours, minutes = divmod(minutes, 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


def p_value(value: float) -> str:
    """`p = 0.031`, `p < 0.0001`."""
    return f"p < {number(1e-4, '.4f')}" if value < 1e-4 else f"p = {number(value, '.2g')}"


def ranges(seeds: Sequence[str]) -> str:
    """Sorted whole numbers, neighbours joined: `0–4, 7`."""
    found: list[list[int]] = []
    for seed in sorted(map(int, seeds)):
        if found and found[-1][-1] == seed - 1:
            found[-1].append(seed)
        else:
            found.append([seed])
    return ", ".join(str(one[0]) if len(one) == 1 else f"{one[0]}–{one[-1]}" for one in found)


def estimate(claim: dict[str, Any]) -> str:
    """What was measured for a claim, with its interval: `+2.01 points (96 % interval …)`."""
    said = in_unit(claim["estimate"], claim)
    if claim["low"] is None or claim["coverage"] is None:  # every seed gave the same value
        return said
    return _("%(value)s (%(coverage)s %% interval %(interval)s)") % {
        "value": said,
        "coverage": number(100 * claim["coverage"], ".4g"),
        "interval": span(claim, claim),
    }


def effect_size(value: float) -> str:
    """In standard deviations: `1.46`."""
    return number(value, ".2f")


def span(ends: dict[str, Any], claim: dict[str, Any]) -> str:
    """An interval in the unit of the claim, from its `low` and `high`: `+1.50 to +2.52`.

    That of a value, not of a difference, is cut where none can be: of accuracies at 0 and 100 %.
    """
    reach = plausible(claim, ends["low"], ends["high"])
    low, high = ("∞" if end is None else _digits(end, claim) for end in reach)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def bound(claim: dict[str, Any]) -> str:
    """The margin, threshold or factor of a claim, in the unit of its estimate."""
    return in_unit(claim["bound"], claim).removeprefix("+")


def of_what(claim: dict[str, Any]) -> str:
    """The networks that the estimate is of, and how: `ResNet-18 − SimpleCNN`."""
    signs = {"ratio": " / ", "trend": ", "}
    return signs.get(claim["kind"], " − ").join(text(one) for one in claim["measured_on"])


def in_unit(value: float, claim: dict[str, Any]) -> str:
    """A value in the unit of a claim's estimate: `1.35 times`, `+2.01 points`, `84.00 %`."""
    digits, metric = _digits(value, claim), claim["metric"]
    if claim["kind"] == "ratio":
        return _("%(value)s times") % {"value": digits}
    if is_level(claim) and metric in _SHARES:
        return _("%(value)s %%") % {"value": digits}
    unit = _("%(value)s points") if metric in _FRACTIONS else _(_UNITS.get(metric, "%(value)s"))
    said = unit % {"value": digits}
    return _("%(value)s per step") % {"value": said} if claim["kind"] == "trend" else said


def _digits(value: float, claim: dict[str, Any]) -> str:
    if claim["kind"] == "ratio":
        return number(value, ".3f")
    metric, sign = claim["metric"], "" if is_level(claim) else "+"
    if metric in _FRACTIONS:
        return number(100 * value, f"{sign}z.2f")
    return number(value, f"{sign}z{_PLACES.get(metric, '.4f')}")


def mean_sd(spread: dict[str, Any]) -> str:
    """Mean and standard deviation of a fraction, in points: `98.54 ± 0.12`."""
    mean = points_only(spread["mean"])
    return mean if spread["sd"] is None else f"{mean} ± {points_only(spread['sd'])}"


def interval(spread: dict[str, Any]) -> str:
    """Interval of an accuracy, in percent, cut at what an accuracy can be; a dash for one seed."""
    if spread["low"] is None:
        return "–"
    low, high = as_shares(spread["low"], spread["high"])
    return _("%(low)s to %(high)s") % {"low": points_only(low), "high": points_only(high)}


def pair(confused: dict[str, Any]) -> str:
    """`cat as dog (12.3 %)`."""
    return _("%(true)s as %(predicted)s (%(share)s)") % {
        "true": text(confused["true"]),
        "predicted": text(confused["predicted"]),
        "share": percent(confused["share"]),
    }


def mistake(one: dict[str, Any]) -> str:
    """`cat as dog (99.80 %)`, with the probability that the network gave its answer."""
    return pair({**one, "share": one["confidence"]})


def recall(known: dict[str, Any]) -> str:
    """`ship (91.20 %)`."""
    return f"{text(known['class'])} ({percent(known['mean'])})"


def row_accuracy(row: dict[str, Any]) -> str:
    """`SimpleCNN 99.11 %`."""
    return f"{text(row['title'])} {percent(row['metrics']['test_accuracy']['mean'])}"


def row_accuracies(row: dict[str, Any]) -> str:
    """As a learning curve ends, training before test: `SimpleCNN 99.20 % / 99.11 %`."""
    test = row["metrics"]["test_accuracy"]["mean"]
    return f"{text(row['title'])} {percent(row['running'])} / {percent(test)}"


def network(one: dict[str, Any]) -> str:
    """A network and its data: `SimpleCNN (MNIST)`."""
    return f"{text(one['title'])} ({text(one['dataset_title'])})"


def check(label: str) -> str:
    """Name of a layer's check, `reference, float64`: each part by itself."""
    return ", ".join(text(part) for part in label.split(", "))


def largest_deviation(checks: Sequence[dict[str, Any]]) -> str:
    """The largest deviation from a reference in double precision among the checks of a layer."""
    exact = [check for check in checks if check["check"].endswith("float64")]
    values = [check["value"] for check in exact if check["value"] is not None]
    return number(max(values), ".1e") if values else "–"


_SHARES = ("test_accuracy", "train_accuracy", "train_accuracy_running", "recall")
_FRACTIONS = (*_SHARES, "gap", "recall_lead", "roughness")
_UNITS = {
    "confusion": N_("%(value)s times the average pair"),
    "activation_frequency": N_("%(value)s cycles per pixel"),
}
_PLACES = {"parameters": ",.0f", "macs": ",.0f", "confusion": ".2f"}

_PLAIN = (
    layer,
    *(text, percent, points, points_only, count, times, millions, seconds, p_value),
    *(listing, ranges),
)
_OF_RECORDS = (
    *(
        estimate,
        span,
        in_unit,
        of_what,
        effect_size,
        bound,
        mean_sd,
        interval,
        pair,
        recall,
        network,
    ),
    *(row_accuracy, row_accuracies, mistake, check, largest_deviation),
)
FILTERS = _PLAIN + _OF_RECORDS
