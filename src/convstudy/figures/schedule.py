"""`convstudy draw-schedule`: the learning rate of each experiment of a section, as recorded."""

from matplotlib.figure import Figure

from convstudy.figures import histories, lines, style
from convstudy.figures.drawing import Drawing
from convstudy.language import gettext as _


def main(argv: list[str]) -> None:
    lines.command(argv, "draw-schedule", __doc__, draw)


def draw(drawing: Drawing, found: dict[str, histories.Histories]) -> Figure:
    """One line per schedule, at the end of each epoch; experiments with the same one share it."""
    sharing: dict[tuple[float, ...], list[int]] = {}
    for place, one in enumerate(drawing.experiments):
        rates = found[one.name]["train", "learning_rate"][0]  # the same for every seed
        sharing.setdefault(tuple(rates.tolist()), []).append(place)
    figure = style.page(2.4 + 0.16 * len(sharing))
    style.head(figure, f"{drawing.title} · {_('learning rate')}")
    axis = figure.subplots()
    for places in sharing.values():
        members = [drawing.experiments[place] for place in places]
        label = "; ".join(style.shortened(one.title, 40) for one in members)
        values = found[members[0].name]["train", "learning_rate"][:1]
        lines.draw_mean(axis, values, style.look(members[0].colour), style.shortened(label, 110))
        lines.number_epochs(axis, max(len(each) for each in sharing))
    axis.set(xlabel=_("epoch"), ylabel=_("learning rate"), ylim=(0, None))
    figure.legend(loc="outside lower left")
    return figure
