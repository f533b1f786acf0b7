"""How values are written: the filters of the templates, in the language that is spoken."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from convstudy.config.metrics import PLACES, as_shares
from convstudy.language import gettext as _
from convstudy.language import layer_in_words, listing, ngettext, number
from convstudy.report import digits

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|$~&])")
# Of classes in a user's images: controls, and marks that change the direction in which text runs.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_ISOLATED = "\N{FIRST STRONG ISOLATE}%s\N{POP DIRECTIONAL ISOLATE}"
_START_OF_A_BLOCK = re.compile(r"^(?=[-+=])|^\d+(?=[.)](?:\s|$))")


def text(value: str) -> str:
    """A name or title in the language, escaped: users choose it, and Markdown shows it as it is.

    One that is read from the right is isolated, so that numbers beside it are not.
    """
    shown = _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", " ".join(_(value).split()))
    escaped = _START_OF_A_BLOCK.sub(r"\g<0>\\", _MARKDOWN.sub(r"\\\1", shown))
    from_the_right = any(unicodedata.bidirectional(one) in ("R", "AL", "AN") for one in shown)
    return _ISOLATED % escaped if from_the_right else escaped


def layer(name: str) -> str:
    """A layer of a network by its module's name: `first convolution`."""
    return text(layer_in_words(name))


def percent(value: float, places: int = PLACES) -> str:
    """Fraction → `98.54 %`."""
    return _("%(value)s %%") % {"value": number(100 * value, f".{places}f")}


def anchor(heading: str) -> str:
    """The id that GitHub, pandoc and our page give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def points(value: float) -> str:
    """Difference of fractions → `+1.23` (percentage points)."""
    return number(100 * value, f"+z.{PLACES}f")  # nothing is "-0.00"


def points_only(value: float) -> str:
    """Fraction → `98.54`, where a heading has the unit."""
    return number(100 * value, f".{PLACES}f")


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


def p_value(value: float, level: float) -> str:
    """`p = 0.031`, `p < 0.0001`; never `p = 0.05` where 0.0496 decides, or 0.0504 does not."""
    if value < 1e-4:
        return f"p < {number(1e-4, '.4f')}"
    return f"p = {number(value, f'.{digits.significant(value, level, 2)}g')}"


def level(value: float) -> str:
    """Of a test, or what an interval covers: `4 %`, `0.0083 %`, `99.5 %`; late looks are strict."""
    return _("%(value)s %%") % {"value": number(100 * value, ".4g" if value > 0.5 else ".2g")}


def ranges(seeds: Sequence[str]) -> str:
    """Sorted whole numbers, neighbours joined: `0–4, 7`."""
    found: list[list[int]] = []
    for seed in sorted(map(int, seeds)):
        if found and found[-1][-1] == seed - 1:
            found[-1].append(seed)
        else:
            found.append([seed])
    return ", ".join(str(one[0]) if len(one) == 1 else f"{one[0]}–{one[-1]}" for one in found)


def unused_runs(one: dict[str, Any]) -> str:
    """Runs of a network, by seed: `SimpleCNN, seeds 5–11`."""
    said = ngettext("%(title)s, seed %(seeds)s", "%(title)s, seeds %(seeds)s", len(one["seeds"]))
    return said % {"title": text(one["title"]), "seeds": ranges(one["seeds"])}


def effect_size(value: float) -> str:
    """In standard deviations: `1.46`."""
    return number(value, ".2f")


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


def images_of(one: dict[str, Any]) -> str:
    """A data set and how large it is: `MNIST (60,000 training, 10,000 test images)`."""
    return _("%(title)s (%(train)s training, %(test)s test images)") % {
        "title": text(one["title"]),
        "train": count(one["train_images"]),
        "test": count(one["test_images"]),
    }


def network(one: dict[str, Any]) -> str:
    """A network and its data: `SimpleCNN (MNIST)`."""
    return f"{text(one['title'])} ({text(one['dataset_title'])})"


def found_on(one: tuple[str, Sequence[str]]) -> str:
    """A value in which runs differ, and the networks that have it: `cpu: SimpleCNN`."""
    value, networks = one
    if not networks:
        return text(value)
    return _("%(value)s: %(networks)s") % {
        "value": text(value),
        "networks": listing([text(title) for title in networks]),
    }


def check(label: str) -> str:
    """Name of a layer's check, `reference, float64`: each part by itself."""
    return ", ".join(text(part) for part in label.split(", "))


def by_checks(layers: Sequence[dict[str, Any]]) -> list[tuple[list[str], tuple[str, ...]]]:
    """Titles of the layers that had the same checks, and these."""
    found: dict[tuple[str, ...], list[str]] = {}
    for layer in layers:
        names = tuple(check["check"] for check in layer["checks"])
        found.setdefault(names, []).append(layer["title"])
    return [(titles, names) for names, titles in found.items()]


def largest_deviation(checks: Sequence[dict[str, Any]]) -> str:
    """The largest deviation from a reference in double precision among the checks of a layer."""
    exact = [check for check in checks if check["check"].endswith("float64")]
    values = [check["value"] for check in exact if check["value"] is not None]
    return number(max(values), ".1e") if values else "–"


_PLAIN = (
    *(layer, anchor),
    *(text, percent, points, points_only, count, times, millions, seconds, p_value, level),
    *(listing, ranges),
)
_OF_RECORDS = (
    *(unused_runs, effect_size, mean_sd, interval, pair, recall, network, images_of),
    *(row_accuracy, row_accuracies, mistake, found_on, check, by_checks, largest_deviation),
)
FILTERS = _PLAIN + _OF_RECORDS
