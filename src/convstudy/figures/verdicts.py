"""The claims of a section: estimate, interval, bound and verdict."""

from matplotlib.figure import Figure

from convstudy.figures import forest
from convstudy.figures.drawing import Drawing
from convstudy.figures.tables import Claim


def draw(drawing: Drawing, claims: list[Claim]) -> Figure:
    """As all claims of the study are drawn, in the order of the section."""
    drawn = [claim for claim in claims if claim["estimate"] is not None]
    return forest.in_panels(f"{drawing.title} · {drawing.dataset}", drawn, forest.panel_of)
