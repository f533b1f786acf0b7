"""`convstudy draw-curves`: learning curves of each experiment of a section, train against test."""

import argparse
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convstudy.config import read_slice
from convstudy.figures.history import Curves, read
from convstudy.figures.style import colour, new_figure, save, whole_epochs

_PER_ROW = 4
_LOOK = {
    "train": {"color": "#555555", "linestyle": "--", "label": "train (mean over the epoch, train mode)"},
    "test": {"linestyle": "-", "label": "test (end of the epoch)"},
}  # fmt: skip


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy draw-curves", description=__doc__)
    parser.add_argument("--runs", required=True, type=Path, help="results/<scale>/runs")
    parser.add_argument("--output", required=True, type=Path, help="PNG")
    options = parser.parse_args(argv)
    job = read_slice()
    save(draw(read(options.runs, job["experiments"])), options.output)


def draw(experiments: list[Curves]) -> Figure:
    """A column per experiment: accuracy above loss; rows share their axis, to be compared."""
    columns = min(_PER_ROW, len(experiments))
    blocks = -(-len(experiments) // columns)
    figure = new_figure(height=0.4 + 3.4 * blocks)
    grid = figure.subplots(2 * blocks, columns, sharex=False, squeeze=False)
    for place, one in enumerate(experiments):
        block, column = divmod(place, columns)
        accuracy, loss = grid[2 * block][column], grid[2 * block + 1][column]
        _panel(accuracy, one, "accuracy", scale=100)
        _panel(loss, one, "loss", scale=1)
        accuracy.set_title(one.title, loc="left")
        if column == 0:
            accuracy.set_ylabel("accuracy, %")
            loss.set_ylabel("loss")
    _share(grid, experiments)
    handles, labels = grid[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=2)
    return figure


def _panel(axes: Axes, one: Curves, quantity: str, scale: float) -> None:
    for split in ("train", "test"):
        seeds = scale * one.values[split][quantity]
        look = {"color": colour(one.colour), **_LOOK[split]}
        if len(seeds) > 1:
            axes.plot(one.epochs, seeds.T, color=look["color"], alpha=0.25, linewidth=0.6)
        axes.plot(one.epochs, seeds.mean(0), linewidth=1.5, **look)
    whole_epochs(axes)


def _share(grid: list[list[Axes]], experiments: list[Curves]) -> None:
    """Give all panels of a quantity the same axis, and hide those that are not used."""
    panels = [axes for row in grid for axes in row]
    for axes in panels:
        if not axes.lines:
            axes.set_visible(False)
    for quantity in (0, 1):
        shown = [axes for row in grid[quantity::2] for axes in row if axes.lines]
        low = min(axes.get_ylim()[0] for axes in shown)
        high = max(axes.get_ylim()[1] for axes in shown)
        for axes in shown:
            axes.set_ylim(low, high)
