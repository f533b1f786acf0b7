"""`convstudy draw-comparison`: test accuracy and loss of all experiments of a section."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy import language
from convstudy.config import read_slice
from convstudy.errors import StudyError
from convstudy.figures import histories, lines, style
from convstudy.figures.drawing import Drawing, Experiment, parse
from convstudy.files import read_json
from convstudy.language import gettext as _

_PANEL = 2.7  # inches of height
SEEDS, INTERVAL = "seeds", "interval"  # gids of the dots and of the bars


Interval = tuple[float, float] | None  # of a mean accuracy, as fractions; None with one seed


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy draw-comparison", description=__doc__)
    parser.add_argument("--runs", type=Path, required=True, help="results/<scale>/runs")
    parser.add_argument("--comparisons", type=Path, required=True, help="comparisons.json")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", type=Path, required=True, help="PNG to write")
    options = parser.parse_args(argv)
    job = read_slice()
    with style.styled(), language.speaking(options.words):
        drawing = parse(job)
        found = histories.read_all(options.runs, drawing.experiments)
        spreads = intervals(options.comparisons, drawing)
        style.save(draw(drawing, found, spreads), options.output)


def intervals(path: Path, drawing: Drawing) -> dict[str, Interval]:
    """The 95 % interval of each experiment's mean test accuracy, from comparisons.json."""
    found = {}
    try:
        for section in read_json(path).values():
            for row in section["experiments"]:
                spread = row["metrics"]["test_accuracy"]
                ends = spread["low"], spread["high"]
                found[row["experiment"]] = None if None in ends else ends
        return {one.name: found[one.name] for one in drawing.experiments}
    except (KeyError, TypeError, AttributeError) as error:
        raise StudyError(
            f"{path} does not describe what is drawn ({error!r}). "
            "Delete it and run snakemake again."
        ) from None


def draw(
    drawing: Drawing, found: dict[str, histories.Histories], spreads: dict[str, Interval]
) -> Figure:
    """Accuracy in percent and loss over the epochs, each seed's last accuracy, and one legend."""
    labels = _labels(drawing.experiments)
    key = lines.key_to_seeds(len(one.seeds) for one in drawing.experiments)
    columns = lines.columns([*labels, *(str(line.get_label()) for line in key)])
    rows = -(-(len(labels) + len(key)) // columns)
    figure = style.page(_PANEL + 0.35 + 0.16 * rows)
    style.head(figure, f"{drawing.title} · {drawing.dataset}")
    *axes, last = figure.subplots(1, 3, width_ratios=[1.15, 1.15, 0.8])
    for axis, column in zip(axes, lines.FACTORS, strict=True):
        _panel(axis, column, drawing, found, labels)
    _seeds(last, drawing, found, spreads)
    means = [line for line in axis.lines if line.get_gid() == lines.MEAN]
    figure.legend(handles=means + key, loc="outside lower center", ncols=columns)
    return figure


def _seeds(
    axis: Axes,
    drawing: Drawing,
    found: dict[str, histories.Histories],
    spreads: dict[str, Interval],
) -> None:
    """Every seed a dot, beside it their mean with its interval, which may run out of the panel."""
    factor = lines.FACTORS["accuracy"]
    shown = []
    for place, one in enumerate(drawing.experiments):
        values = factor * found[one.name]["test", "accuracy"][:, -1]
        look = style.look(one.colour)
        aside = 0.12 * np.linspace(-1, 1, len(values)) if len(values) > 1 else np.zeros(1)
        dots: dict[str, Any] = {"alpha": 0.55, "markersize": 3.6, "markeredgewidth": 0}
        axis.plot(place - 0.18 + aside, values, "o", color=look.colour, gid=SEEDS, **dots)
        if spread := spreads[one.name]:
            ends = [factor * end for end in spread]
            axis.plot([place + 0.2] * 2, ends, color=look.colour, linewidth=1.6, gid=INTERVAL)
        axis.plot(
            *(place + 0.2, values.mean(), look.marker),
            color=look.colour,
            markersize=5.2,
            markeredgecolor="white",
            markeredgewidth=0.4,
            zorder=3,
        )
        shown += values.tolist()
    room = 0.35 * (max(shown) - min(shown)) or 1.0
    axis.set_ylim(max(min(shown) - room, 0), min(max(shown) + room, factor))
    axis.set_xlim(-0.6, len(drawing.experiments) - 0.4)
    axis.set_xticks([])
    axis.yaxis.set_major_formatter(style.Numbers())
    axis.set_xlabel(_("seeds, mean, 95 % interval"))
    axis.set_title(_("last epoch, %"), loc="left")


def _labels(experiments: tuple[Experiment, ...]) -> list[str]:
    """Titles for the legend, with the number of seeds where it is not the same for all."""
    if len({len(one.seeds) for one in experiments}) == 1:
        return [style.shortened(one.title, 60) for one in experiments]
    return [f"{style.shortened(one.title, 40)}, n = {len(one.seeds)}" for one in experiments]


def _panel(
    axis: Axes,
    column: str,
    drawing: Drawing,
    found: dict[str, histories.Histories],
    labels: list[str],
) -> None:
    logarithmic = column == "loss" and lines.wide(found.values(), "loss", "test")
    if logarithmic:
        axis.set_yscale("log")
    for one, label in zip(drawing.experiments, labels, strict=True):
        values = lines.FACTORS[column] * found[one.name]["test", column]
        look = style.look(one.colour)
        lines.draw_seeds(axis, values, look.colour)
        lines.draw_mean(axis, values, look, label)
    loss = _("test loss, log scale") if logarithmic else _("test loss")
    axis.set_title(_("test accuracy, %") if column == "accuracy" else loss, loc="left")
    if column == "accuracy":
        lines.end_at_100_percent(axis)
    axis.set_xlabel(_("epoch"))
    lines.number_epochs(axis, max(each["test", column].shape[1] for each in found.values()))
