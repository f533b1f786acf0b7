"""How wide the columns of a table are on a sheet of A4, and how large its type is."""

from collections.abc import Sequence
from typing import NamedTuple

PORTRAIT, LANDSCAPE = 170.0, 257.0  # within the margins, in mm
SIZES = (9.5, 8.5, 7.5, 6.5)  # of type, in points; below that nobody reads a table
_EM = 0.3528 * 0.53  # mm per letter and point: wider than letters are on average
_INSET = 4.0  # left and right of what a cell says, in mm


class Fitted(NamedTuple):
    """Share of the page that each column takes (at most 1 in all), points of type, which way up."""

    shares: list[float]
    points: float
    landscape: bool


def fit(columns: Sequence[Sequence[str]]) -> Fitted:
    """The largest type at which no word is wider than its column; on its side if need be.

    `columns` holds the words of the cells of each column. What is left over goes to the columns
    whose cells are longest. Of a table for which even that is too narrow the shares are those of
    its longest words.
    """
    words = [
        max((len(word) for cell in one for word in cell.split()), default=1) for one in columns
    ]
    wholes = [max((len(cell) for cell in one), default=1) for one in columns]
    for width, landscape in ((PORTRAIT, False), (LANDSCAPE, True)):
        for points in SIZES:
            least = [_INSET + points * _EM * max(2, letters) for letters in words]
            if sum(least) <= width:
                wanted = [_INSET + points * _EM * max(2, letters) for letters in wholes]
                return Fitted(_shared(least, wanted, width), points, landscape)
    return Fitted([one / sum(least) for one in least], SIZES[-1], landscape)


def _shared(least: list[float], wanted: list[float], width: float) -> list[float]:
    """What is left over, by what each column lacks; none gets more than it wants."""
    spare = width - sum(least)
    lacking = [want - has for want, has in zip(wanted, least, strict=True)]
    part = min(1.0, spare / sum(lacking)) if sum(lacking) else 0.0
    given = [has + part * lack for has, lack in zip(least, lacking, strict=True)]
    return [one / width for one in given]
