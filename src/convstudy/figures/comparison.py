"""`convstudy draw-comparison`: test accuracy and loss of all experiments of a section."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy.figures import histories, lines, style
from convstudy.figures.drawing import Drawing, Experiment
from convstudy.language import gettext as _

_HANDLE = 0.49  # inches of a legend's entry beside its words
_PANEL = 2.7  # inches of height


def main(argv: list[str]) -> None:
    lines.command(argv, "draw-comparison", __doc__, draw)


def draw(drawing: Drawing, found: dict[str, histories.Histories]) -> Figure:
    """Two panels, accuracy in percent and loss, and one legend below them."""
    labels = _labels(drawing.experiments)
    key = lines.key_to_seeds(len(one.seeds) for one in drawing.experiments)
    columns = _columns([*labels, *(str(line.get_label()) for line in key)])
    rows = -(-(len(labels) + len(key)) // columns)
    figure = style.page(_PANEL + 0.35 + 0.16 * rows)
    style.head(figure, f"{drawing.title} · {drawing.dataset}")
    for axis, column in zip(figure.subplots(1, 2), lines.FACTORS, strict=True):
        _panel(axis, column, drawing, found, labels)
    means = [line for line in axis.lines if line.get_gid() == lines.MEAN]
    figure.legend(handles=means + key, loc="outside lower center", ncols=columns)
    return figure


def _labels(experiments: tuple[Experiment, ...]) -> list[str]:
    """Titles for the legend, with the number of seeds where it is not the same for all."""
    if len({len(one.seeds) for one in experiments}) == 1:
        return [style.shortened(one.title, 60) for one in experiments]
    return [f"{style.shortened(one.title, 40)}, n = {len(one.seeds)}" for one in experiments]


def _columns(labels: list[str]) -> int:
    """Most columns in which a legend, filled column by column, is no wider than the page."""
    sizes = [_HANDLE + style.width(label, style.TEXT, "normal") for label in labels]
    for columns in range(len(sizes), 1, -1):
        # matplotlib deals the entries out as array_split does
        if sum(part.max() for part in np.array_split(sizes, columns)) <= style.PAGE_WIDTH:
            return columns
    return 1


def _panel(
    axis: Axes,
    column: str,
    drawing: Drawing,
    found: dict[str, histories.Histories],
    labels: list[str],
) -> None:
    for one, label in zip(drawing.experiments, labels, strict=True):
        values = lines.FACTORS[column] * found[one.name]["test", column]
        look = style.look(one.colour)
        lines.draw_seeds(axis, values, look.colour)
        lines.draw_mean(axis, values, look, label)
    axis.set_title(_("test accuracy, %") if column == "accuracy" else _("test loss"), loc="left")
    axis.set_xlabel(_("epoch"))
    lines.number_epochs(axis, max(each["test", column].shape[1] for each in found.values()))
