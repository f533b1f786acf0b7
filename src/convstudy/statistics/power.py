"""How many seeds would settle a claim that these left open."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from scipy.special import nctdtr, stdtrit
from scipy.stats import chi2

from convstudy.statistics.intervals import LEVEL, mean_and_sd

POWER = 0.8
MOST = 200  # seeds; more are not planned for, they are called "more than that"
_SPREAD = 0.8  # one-sided confidence of the upper bound of a standard deviation (Browne 1995)


class Rules(NamedTuple):
    """What a verdict will have to meet."""

    tests: int  # of the section, once every claim has seeds enough
    fewest: int  # seeds of each network that any verdict rests on
    level: float = LEVEL  # of the look that will be taken with them


def seeds_needed(
    groups: Sequence[Sequence[float]],
    weights: Sequence[float],
    distances: Sequence[float],
    sides: int,
    rules: Rules,
) -> tuple[int | None, int | None] | None:
    """Seeds of each network for a power of 80 %, as a range; None in it stands for more than MOST.

    `distances` are how far the truth is taken to lie from each bound that has to be excluded: as
    far as it was estimated. The first number takes the spread as it was seen, the second an upper
    bound of it, since a few seeds know a spread badly. Each test is at level / tests, the strictest
    step of Holm. Never below `rules.fewest`, nor fewer than one more than there are. None where
    the spread is unknown.
    """
    sds = [sd for values in groups if (sd := mean_and_sd(values)[1]) is not None]
    varies = any((weight * sd) ** 2 for weight, sd in zip(weights, sds, strict=False))
    if len(sds) < len(groups) or not varies:
        return None
    least = max(*(len(values) + 1 for values in groups), rules.fewest)
    wider = [
        sd * math.sqrt((len(values) - 1) / chi2.ppf(1 - _SPREAD, len(values) - 1))
        for sd, values in zip(sds, groups, strict=True)
    ]
    level = rules.level / rules.tests / sides
    needed = []
    for some in (sds, wider):
        spreads = [weight * sd for weight, sd in zip(weights, some, strict=True)]

        def reached(seeds: int, spreads: list[float] = spreads) -> float:
            return power(spreads, distances, level, seeds)

        place = bisect_left(range(least, MOST + 1), POWER, key=reached)
        needed.append(least + place if least + place <= MOST else None)
    return needed[0], needed[1]


def power(spreads: Sequence[float], distances: Sequence[float], level: float, seeds: int) -> float:
    """Chance that one-sided t tests at `level` exclude all bounds, with so many seeds of each.

    By the noncentral t distribution, with Welch's degrees of freedom for the spreads; of two bounds
    (an equivalence test) at least 1 − Σ(1 − power of each).
    """
    squares = [spread**2 for spread in spreads]
    df = (seeds - 1) / sum((square / sum(squares)) ** 2 for square in squares)
    error = math.sqrt(sum(squares) / seeds)
    critical = stdtrit(df, 1 - level)
    return 1 - sum(float(nctdtr(df, distance / error, critical)) for distance in distances)
