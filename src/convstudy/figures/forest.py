"""Every claim of the study: estimate, interval, bound and verdict."""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from convstudy.config.claim_kinds import is_level, plausible
from convstudy.config.metrics import METRICS
from convstudy.figures import style
from convstudy.figures.tables import Claim
from convstudy.gettext_noop import N_
from convstudy.language import gettext as _
from convstudy.language import number

# Colour and shape say the same, for all eyes and for grey print.
VERDICTS = {
    "supported": (N_("supported"), style.PALETTE[0], "o", "full"),
    "contradicted": (N_("contradicted"), style.PALETTE[3], "X", "full"),
    "equivalent": (N_("no relevant difference"), style.PALETTE[5], "s", "full"),
    "inconclusive": (N_("not decided"), "0.45", "D", "none"),
}
_ROW = 0.36  # inches; a claim's words have two lines, some three
_WORDS, _SIZE = 3.4, style.SMALL  # of the words at the left: inches, points
_SMALL = 1 / 8  # of the widest section's differences: less cannot be read on its axis


class Panel(NamedTuple):
    """Claims whose estimates share an axis."""

    unit: str
    factor: float  # from the file to the axis
    logarithmic: bool


POINTS = Panel(N_("percentage points"), 100.0, logarithmic=False)
ENLARGED = POINTS._replace(unit=N_("percentage points, enlarged (sections of small differences)"))


def panel_of(claim: Claim) -> Panel:
    """What a claim's estimate is measured in."""
    metric = METRICS[claim["metric"]]
    if claim["kind"] == "ratio":
        return Panel(N_("ratio, times"), 1.0, logarithmic=True)
    if is_level(claim) and metric.is_share:
        return POINTS._replace(unit=N_("percent"))
    if metric.factor == 100:
        return POINTS
    return Panel(metric.axis, metric.factor, logarithmic=False)


def draw(claims: list[Claim]) -> Figure:
    """A panel per unit, in it a row per claim; claims without an estimate are left out."""
    drawn = [claim for claim in claims if claim["estimate"] is not None]
    small = small_sections([claim for claim in drawn if panel_of(claim) == POINTS])
    title = _("Claims: estimates, intervals over seeds, and verdicts")
    return in_panels(
        title,
        drawn,
        lambda claim: (
            ENLARGED if panel_of(claim) == POINTS and claim["section"] in small else panel_of(claim)
        ),
    )


def in_panels(title: str, claims: list[Claim], panel: Callable[[Claim], Panel]) -> Figure:
    """Claims that have an estimate, below each other in the panel that each belongs to."""
    panels: dict[Panel, list[Claim]] = {}
    for claim in claims:
        panels.setdefault(panel(claim), []).append(_cut(claim))
    if not panels:
        figure = style.page(1.0)
        style.head(figure, _("No claim of this study has an estimate"))
        return figure
    rows = [len(members) for members in panels.values()]
    figure = style.page(sum(rows) * _ROW + len(rows) * 0.55 + 0.75, pages=2)
    style.head(figure, title)
    axes = figure.subplots(len(rows), 1, squeeze=False, height_ratios=[n + 1.2 for n in rows])
    for axis, (one, members) in zip(axes[:, 0], panels.items(), strict=True):
        _panel(axis, one, members)
    figure.legend(
        handles=_key({claim["verdict"] for claim in claims}), loc="outside lower center", ncols=5
    )
    return figure


def small_sections(claims: list[Claim]) -> set[str]:
    """Sections whose estimates, bounds and intervals are small beside those of another one."""
    extents: dict[str, float] = {}
    for claim in claims:
        ends = [claim[end] for end in ("low", "high") if claim[end] is not None]
        reach = max(map(abs, (claim["estimate"], *bounds(claim), *ends)))
        extents[claim["section"]] = max(reach, extents.get(claim["section"], 0.0))
    widest = max(extents.values(), default=0.0)
    return {section for section, extent in extents.items() if extent < _SMALL * widest}


def _cut(claim: Claim) -> Claim:
    """Its interval without what no value can be, as in the tables: of shares at 0 and 100 %."""
    low, high = plausible(claim, claim["low"], claim["high"])
    return {**claim, "low": low, "high": high}


def _panel(axis: Axes, panel: Panel, members: list[Claim]) -> None:
    if panel.logarithmic:
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(lambda value, place: number(value, "g"))
        axis.xaxis.set_minor_formatter(lambda value, place: number(value, "g"))
        axis.tick_params(axis="x", which="both", length=3, pad=3, labelsize=style.SMALL - 1)
    else:
        axis.xaxis.set_major_formatter(style.Numbers())
    low, high = limits(panel, members)
    axis.set_xlim(low, high)
    axis.set_ylim(len(members) - 0.5, -0.5)
    axis.axvline(1.0 if panel.logarithmic else 0.0, color="0.7", linewidth=0.8, zorder=1)
    for row, claim in enumerate(members):
        _row(axis, row, claim, panel.factor, (low, high))
    words = [
        style.wrapped(_shortened(_(says)), _WORDS, _SIZE)
        for says in (claim["says"] for claim in members)
    ]
    axis.set_yticks(range(len(members)), words, fontsize=_SIZE, linespacing=1.05)
    axis.tick_params(axis="y", length=0, pad=7)  # room for arrows of intervals that run out
    axis.set_xlabel(_(panel.unit))


def _shortened(says: str) -> str:
    """Three lines of words at most."""
    return style.shortened(says, 150)


def limits(panel: Panel, members: list[Claim]) -> tuple[float, float]:
    """Ends of an axis that holds all estimates and bounds, and short intervals whole.

    Few seeds make intervals that would press all others to a point; those run out of the axis. The
    shortest one never does.
    """
    to, back = (_log, math.exp) if panel.logarithmic else (float, float)
    kept = [to(1.0)] if panel.logarithmic else []
    reaches, ends = [], []
    for claim in members:
        middle = to(panel.factor * claim["estimate"])
        kept += [middle, *(to(panel.factor * bound) for bound in bounds(claim))]
        if claim["low"] is not None:
            low, high = to(panel.factor * claim["low"]), to(_upper(claim, panel.factor))
            reaches.append(max(middle - low, high - middle))
            ends += [low, high]
    span = max(kept) - min(kept) or abs(kept[0]) or 1.0
    span = max(span, min(filter(math.isfinite, reaches), default=0.0))
    kept += [end for end in ends if min(kept) - span <= end <= max(kept) + span]
    margin = 0.06 * (max(kept) - min(kept)) or 0.1
    return back(min(kept) - margin), back(max(kept) + margin)


def _log(value: float) -> float:
    """Of an end at or below 0, where a logarithmic axis never gets, minus infinity."""
    return math.log(value) if value > 0 else -math.inf


def bounds(claim: Claim) -> list[float]:
    """What the estimate is held against; 0 for a plain difference."""
    if claim["kind"] == "equivalent":
        return [-claim["bound"], claim["bound"]]
    return [claim["bound"] or 0.0]


def _upper(claim: Claim, factor: float) -> float:
    """The upper end of its interval; that of a ratio may be open."""
    return math.inf if claim["high"] is None else factor * claim["high"]


def _row(axis: Axes, row: int, claim: Claim, factor: float, ends: tuple[float, float]) -> None:
    colour, marker, fill = VERDICTS[claim["verdict"]][1:]
    for bound in bounds(claim):
        at = [factor * bound] * 2
        axis.plot(at, [row - 0.34, row + 0.34], color="0.2", linewidth=1.0, linestyle=":", zorder=2)
    if claim["low"] is not None:
        low, high = factor * claim["low"], _upper(claim, factor)
        shown = max(low, ends[0]), min(high, ends[1])
        axis.plot(shown, [row] * 2, color=colour, linewidth=1.5, zorder=3)
        for value, end, arrow in ((low, ends[0], "<"), (high, ends[1], ">")):
            if not ends[0] <= value <= ends[1]:
                axis.plot(end, row, arrow, color=colour, markersize=4, clip_on=False, zorder=3)
    point: dict[str, Any] = {
        **{"color": colour, "markersize": 6, "zorder": 4, "gid": claim["verdict"]},
        **{"markerfacecolor": colour if fill == "full" else "white", "markeredgewidth": 1.2},
    }
    axis.plot(factor * claim["estimate"], row, marker, **point)


def _key(verdicts: Iterable[str]) -> list[Line2D]:
    found = set(verdicts)
    entries = [
        Line2D(
            *([], []),
            color=colour,
            marker=marker,
            linewidth=1.5,
            label=_(words),
            markerfacecolor=colour if fill == "full" else "white",
        )
        for verdict, (words, colour, marker, fill) in VERDICTS.items()
        if verdict in found
    ]
    return [*entries, Line2D([], [], color="0.2", linewidth=1.0, linestyle=":", label=_("bound"))]
