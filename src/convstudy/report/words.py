"""How values are written: the filters of the templates."""

import re
from collections.abc import Sequence
from typing import Any

from convstudy.language import gettext as _

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|$~&])")
_START_OF_A_BLOCK = re.compile(r"^(?=[-+=])|^\d+(?=[.)](?:\s|$))")


def text(value: str) -> str:
    """A name or title in the language, escaped: users choose it, and Markdown shows it as it is."""
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(_(value).split()))
    return _START_OF_A_BLOCK.sub(r"\g<0>\\", escaped)


def percent(value: float) -> str:
    """Fraction → `98.54 %`."""
    return f"{100 * value:.2f} %"


def points(value: float) -> str:
    """Difference of fractions → `+1.23` (percentage points)."""
    return f"{100 * value:+.2f}"


def points_only(value: float) -> str:
    """Fraction → `98.54`, where a heading has the unit."""
    return f"{100 * value:.2f}"


def count(value: float) -> str:
    """`567,434`."""
    return f"{value:,.0f}"


def millions(value: float) -> str:
    """`4.241 M`, with four significant digits."""
    millions = value / 1e6
    digits = 3 if millions < 10 else 2 if millions < 100 else 1
    return f"{millions:.{digits}f} M"


def seconds(value: float) -> str:
    """`4.2 s`, `12 min 5 s` or `3 h 10 min`."""
    if value < 59.95:  # which would be written as 60.0
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def p_value(value: float) -> str:
    """`p = 0.031`, `p < 0.0001`."""
    return "p < 0.0001" if value < 1e-4 else f"p = {value:.2g}"


def listing(values: Sequence[object], last: str = "and") -> str:
    """`a, b and c`."""
    words = [str(value) for value in values]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


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
    """What was measured for a claim, with its interval: `+2.01 points (95 % interval …)`."""
    if claim["kind"] == "ratio":
        write, unit = "{:.3f}".format, "times"
    elif claim["metric"] in _FRACTIONS:
        write, unit = points, "points"
    elif claim["metric"] in _COUNTS:
        write, unit = "{:+,.0f}".format, ""
    else:
        write, unit = "{:+.4f}".format, ""
    said = f"{write(claim['estimate'])} {unit}".strip()
    if claim["low"] is None:
        return said
    return f"{said} (95 % interval {write(claim['low'])} to {write(claim['high'])})"


def bound(claim: dict[str, Any]) -> str:
    """The margin, threshold or factor of a claim, in the unit of its estimate."""
    if claim["kind"] == "ratio":
        return f"{claim['bound']:g} times"
    if claim["metric"] in _FRACTIONS:
        return f"{100 * claim['bound']:.2f} points"
    return f"{claim['bound']:g}"


def mean_sd(spread: dict[str, Any]) -> str:
    """Mean and standard deviation of a fraction, in points: `98.54 ± 0.12`."""
    mean = f"{100 * spread['mean']:.2f}"
    return mean if spread["sd"] is None else f"{mean} ± {100 * spread['sd']:.2f}"


def interval(spread: dict[str, Any]) -> str:
    """Interval of an accuracy, in percent, cut at what an accuracy can be; a dash for one seed."""
    if spread["low"] is None:
        return "–"
    return f"{100 * max(spread['low'], 0):.2f} to {100 * min(spread['high'], 1):.2f}"


def pair(confused: dict[str, Any]) -> str:
    """`cat as dog (12.3 %)`."""
    return (
        f"{text(confused['true'])} as {text(confused['predicted'])} ({percent(confused['share'])})"
    )


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


def largest_deviation(checks: Sequence[dict[str, Any]]) -> str:
    """The largest deviation from a reference in double precision among the checks of a layer."""
    exact = [check for check in checks if check["check"].endswith("float64")]
    values = [check["value"] for check in exact if check["value"] is not None]
    return f"{max(values):.1e}" if values else "–"


def layer_size(layer: dict[str, Any]) -> str:
    """Arguments and input of a layer's cost: `in_channels 64, … on 64×32×32`."""
    arguments = ", ".join(f"{key.replace('_', ' ')} {v}" for key, v in layer["arguments"].items())
    shape = "×".join(map(str, layer["input_shape"]))
    return f"{arguments} on {shape}" if arguments else f"on {shape}"


def recipe(values: dict[str, Any]) -> str:
    """`optimizer adam, learning rate 0.001, …`."""
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items())


_FRACTIONS = ("test_accuracy", "train_accuracy", "train_accuracy_running", "gap")
_COUNTS = ("parameters", "macs")

_PLAIN = (text, percent, points, points_only, count, millions, seconds, p_value, listing, ranges)
_OF_RECORDS = (
    estimate,
    bound,
    mean_sd,
    interval,
    pair,
    recall,
    row_accuracy,
    row_accuracies,
    largest_deviation,
    layer_size,
    recipe,
)
FILTERS = _PLAIN + _OF_RECORDS
