"""`convstudy draw-confusion`: confusion matrix of a section's best network, counts and shares."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from convstudy.errors import StudyError
from convstudy.figures.style import new_figure, save
from convstudy.files import read_json

_MOST_WITH_TEXT = 20  # classes; beyond, the texts of cells could not be read


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy draw-confusion", description=__doc__)
    parser.add_argument("--confusion", required=True, type=Path, help="JSON of the section")
    parser.add_argument("--output", required=True, type=Path, help="PNG")
    options = parser.parse_args(argv)
    found = read_json(options.confusion)
    try:
        figure = draw(found)
    except KeyError as error:
        raise StudyError(
            f"{options.confusion} lacks {error}. Delete it and run snakemake again."
        ) from None
    save(figure, options.output)


def draw(found: dict[str, Any]) -> Figure:
    """Colour is the share of the true class (rows); cells say mean count ± sd and that share."""
    classes, counts = found["classes"], np.array(found["mean"])
    shares = counts / counts.sum(1, keepdims=True).clip(min=1)
    small = len(classes) <= _MOST_WITH_TEXT
    figure = new_figure(height=6.3)
    axes = figure.subplots()
    axes.grid(False)
    sns.heatmap(
        100 * shares,
        ax=axes,
        annot=cell_texts(found) if small else None,
        fmt="",
        annot_kws={"fontsize": 6.5 if len(classes) <= 10 else 4.5},
        cmap="Blues",
        vmin=0,
        vmax=100,
        square=True,
        linewidths=0.4 if small else 0,
        xticklabels=classes if small else max(1, len(classes) // 20),
        yticklabels=classes if small else max(1, len(classes) // 20),
        cbar_kws={"label": "share of the true class, %", "shrink": 0.75},
    )
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.tick_params(axis="x", rotation=45 if max(map(len, classes)) > 2 else 0, length=0)
    axes.tick_params(axis="y", rotation=0, length=0)
    seeds = len(found["seeds"])
    said = f"mean count ± sd over {seeds} seeds" if seeds > 1 else "count, one seed"
    axes.set_title(
        f"{found['title']} on {found['dataset']}: {said}, and share of the row", loc="left"
    )
    return figure


def cell_texts(found: dict[str, Any]) -> np.ndarray:
    """Texts (K, K) of the cells; those that no seed ever counted stay empty."""
    counts = np.array(found["mean"])
    totals = counts.sum(1, keepdims=True).clip(min=1)
    texts = np.full(counts.shape, "", dtype=object)
    for place in zip(*counts.nonzero(), strict=True):
        spread = "" if found["sd"] is None else f"±{found['sd'][place[0]][place[1]]:.0f}"
        share = 100 * counts[place] / totals[place[0], 0]
        texts[place] = f"{counts[place]:.0f}{spread}\n{share:.1f} %"
    return texts
