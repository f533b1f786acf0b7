"""How values are written: the filters of the templates."""

import re
from collections.abc import Sequence

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def text(value: str) -> str:
    """Escape names and titles, which users choose, so that Markdown shows them as they are."""
    return _MARKDOWN.sub(r"\\\1", value)


def percent(value: float) -> str:
    """Fraction → `98.54 %`."""
    return f"{100 * value:.2f} %"


def points(value: float) -> str:
    """Difference of fractions → `+1.23` (percentage points)."""
    return f"{100 * value:+.2f}"


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
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def megabytes(value: float) -> str:
    """Bytes → `412 MB`."""
    return f"{value / 1e6:,.0f} MB"


def p_value(value: float) -> str:
    """`p = 0.031`, `p < 0.0001`."""
    return "p < 0.0001" if value < 1e-4 else f"p = {value:.2g}"


def listing(values: Sequence[object], last: str = "and") -> str:
    """`a, b and c`."""
    words = [str(value) for value in values]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


FILTERS = (text, percent, points, count, millions, seconds, megabytes, p_value, listing)
