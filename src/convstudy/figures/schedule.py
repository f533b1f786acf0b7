"""The learning rate of each experiment of a section, as recorded."""

import pandas as pd
from matplotlib.figure import Figure

from convstudy.figures import lines, style
from convstudy.figures.drawing import Drawing
from convstudy.language import gettext as _


def draw(drawing: Drawing, histories: pd.DataFrame) -> Figure:
    """One line per schedule, at the end of each epoch; experiments with the same one share it."""
    sharing: dict[tuple[float, ...], list[int]] = {}
    for place, one in enumerate(drawing.experiments):
        rows = lines.of(histories, one.name, "train", "learning_rate")
        first = rows[rows["seed"] == one.seeds[0]]  # the same for every seed
        sharing.setdefault(tuple(first["learning_rate"]), []).append(place)
    figure = style.page(2.4 + 0.16 * len(sharing))
    style.head(figure, f"{drawing.title} · {_('learning rate')}")
    axis = figure.subplots()
    for places in sharing.values():
        members = [drawing.experiments[place] for place in places]
        label = "; ".join(style.shortened(one.title, 40) for one in members)
        rows = lines.of(histories, members[0].name, "train", "learning_rate")
        rows = rows[rows["seed"] == members[0].seeds[0]]
        look = style.look(members[0].colour)
        lines.draw_mean(axis, rows, "learning_rate", look, style.shortened(label, 110))
    lines.number_epochs(axis, max(len(each) for each in sharing))
    axis.set(xlabel=_("epoch"), ylabel=_("learning rate"), ylim=(0, None))
    # By itself a legend leaves out what begins with an underscore.
    figure.legend(handles=axis.lines, loc="outside lower left")
    return figure
