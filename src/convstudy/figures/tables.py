"""From files of results to the tables that figures are drawn from; what is read is fit to draw."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from convstudy.config.metrics import shown, shown_claim
from convstudy.errors import StudyError
from convstudy.figures import histories, maps
from convstudy.figures.drawing import Drawing
from convstudy.files import read_json

_SPREAD = ("mean", "low", "high")
_AGAIN = "Delete it and run snakemake again."


class Confusion(NamedTuple):
    """Counts of a network (rows true, columns predicted classes): mean and sd over seeds."""

    title: str
    dataset: str
    seeds: int
    mean: pd.DataFrame
    sd: pd.DataFrame | None  # of one seed there is none


class Errors(NamedTuple):
    """How a network errs, over its seeds; accuracies and confidences are fractions."""

    title: str
    dataset: str
    seeds: list[int]
    images: int  # of the test set
    bins: pd.DataFrame  # seed, bin (from 0), images, confidence, accuracy
    error: dict[str, float | None]  # expected calibration error: mean, low, high
    recalls: pd.DataFrame  # class, mean, low, high
    mistakes: pd.DataFrame  # true, predicted, confidence


class Grid(NamedTuple):
    """Test accuracies of a grid."""

    title: str
    dataset: str
    axes: list[dict[str, Any]]  # name, values in words: one or two
    cells: pd.DataFrame  # place (on each axis, from 0), n, mean, low, high


Claim = dict[str, Any]


def read(table: str, results: Path, section: str, drawing: Drawing) -> Any:
    """The table of that name (convstudy.figures.kinds.FILES) of a section."""
    return _READERS[table](results, section, drawing)


def comparisons(path: Path, drawing: Drawing) -> pd.DataFrame:
    """Test accuracy of each experiment: `experiment`, `mean`, `low`, `high` (NaN of few seeds)."""
    return _accuracies(path, _compared(path), drawing)


def costs(path: Path, drawing: Drawing) -> pd.DataFrame:
    """The same with `parameters` and mean `seconds` of training."""
    rows = _compared(path)
    made = _accuracies(path, rows, drawing)
    try:
        found = [rows[name] for name in made["experiment"]]
        return made.assign(
            parameters=[int(row["parameters"]) for row in found],
            seconds=[float(row["metrics"]["train_seconds"]["mean"]) for row in found],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StudyError(f"{path} does not say what networks cost ({error!r}). {_AGAIN}") from None


def _compared(path: Path) -> dict[str, Any]:
    """The row of each experiment."""
    try:
        sections = read_json(path).values()
        return {row["experiment"]: row for section in sections for row in section["experiments"]}
    except (KeyError, TypeError, AttributeError) as error:
        raise _not_described(path, error) from None


def _accuracies(path: Path, rows: dict[str, Any], drawing: Drawing) -> pd.DataFrame:
    try:
        found = []
        for one in drawing.experiments:
            spread = shown(rows[one.name]["metrics"]["test_accuracy"], len(one.seeds))
            found.append([one.name, *(spread[key] for key in _SPREAD)])
        made = pd.DataFrame(found, columns=["experiment", *_SPREAD])
        return made.astype(dict.fromkeys(_SPREAD, "float64"))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _not_described(path, error) from None


def _not_described(path: Path, error: Exception) -> StudyError:
    return StudyError(f"{path} does not describe what is drawn ({error!r}). {_AGAIN}")


def confusion(path: Path) -> list[Confusion]:
    """The best network's, and of each other one if the file has them.

    Raises `StudyError` if a part is missing or a matrix does not fit the classes.
    """
    stored: Any = read_json(path)
    return [_confusion(path, one) for one in (stored, *stored.get("others", []))]


def _confusion(path: Path, stored: Any) -> Confusion:
    try:
        classes = [str(name) for name in stored["classes"]]
        mean, sd = (
            None if stored[key] is None else np.array(stored[key], dtype=float)
            for key in ("mean", "sd")
        )
        title, dataset, seeds = stored["title"], stored["dataset"], len(stored["seeds"])
    except KeyError as error:
        raise StudyError(f"{path} lacks {error}. {_AGAIN}") from None
    except (TypeError, ValueError) as error:
        raise StudyError(f"{path} holds a part of the wrong kind ({error}). {_AGAIN}") from None
    square = (len(classes), len(classes))
    for name, values in (("mean", mean), ("sd", sd)):
        if values is None and name == "sd":
            continue
        if values is None or values.shape != square or not values.size:
            shape = None if values is None else values.shape
            said = f"names {square[0]} classes, but {name} is {shape}"
            raise StudyError(f"{path} {said}. {_AGAIN}")
    counts = [
        None if values is None else pd.DataFrame(values, index=classes, columns=classes)
        for values in (mean, sd)
    ]
    assert counts[0] is not None
    return Confusion(str(title), str(dataset), seeds, counts[0], counts[1])


_BINS = ("images", "confidence", "accuracy")


def errors(path: Path) -> Errors:
    """Raise `StudyError` unless the file has every part that figures are drawn from."""
    stored: Any = read_json(path)
    part = "title"
    try:
        title, dataset = str(stored["title"]), str(stored["dataset"])
        part = "seeds"
        seeds = [int(seed) for seed in stored["seeds"]]
        part = "images"
        images = int(stored["images"])
        part = "calibration"
        bins = pd.concat(
            pd.DataFrame({key: stored[part][key][row] for key in _BINS}, dtype="float64")
            .rename_axis("bin")
            .reset_index()
            .assign(seed=seed)
            for row, seed in enumerate(seeds)
        )
        error = shown({key: stored[part]["error"][key] for key in _SPREAD}, len(seeds))
        part = "recalls"
        known = [shown(row, len(seeds)) for row in stored[part]]
        recalls = _table(known, ("class",), _SPREAD)
        part = "mistakes"
        mistakes = _table(stored[part], ("true", "predicted"), ("confidence",))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise StudyError(f"{path} lacks or misspells {part}. {_AGAIN}") from None
    return Errors(title, dataset, seeds, images, bins, error, recalls, mistakes)


def _table(rows: list[dict[str, Any]], words: tuple[str, ...], values: tuple[str, ...]) -> Any:
    """A DataFrame of these columns, null as NaN."""
    columns = [*words, *values]
    made = pd.DataFrame([[row[key] for key in columns] for row in rows], columns=columns)
    return made.astype({**dict.fromkeys(words, "str"), **dict.fromkeys(values, "float64")})


def pictures(path: Path, errors: Path) -> np.ndarray:
    """uint8 (I, H, W, C), as `convstudy mistakes` wrote them: of the mistakes of that file."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            images: np.ndarray = stored["images"]
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. {_AGAIN}") from None
    except (KeyError, OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise StudyError(f"{path} cannot be read ({error}). {_AGAIN}") from None
    if len(images) != len(read_json(errors)["mistakes"]):
        raise StudyError(f"{path} holds other images than {errors} lists. {_AGAIN}")
    return images


def grid(path: Path) -> Grid:
    """Raise `StudyError` unless the file has the parts that are drawn."""
    stored: Any = read_json(path)
    try:
        axes = [axis["values"] for axis in stored["axes"]]
        cells = [
            [
                tuple(axis.index(value) for value, axis in zip(cell["values"], axes, strict=True)),
                *(cell[key] for key in ("n", "mean", "low", "high")),
            ]
            for cell in (shown(cell, cell["n"]) for cell in stored["cells"])
        ]
        made = pd.DataFrame(cells, columns=["place", "n", "mean", "low", "high"])
        made = made.astype({"n": "int64", **dict.fromkeys(_SPREAD, "float64")})
        fits = bool(cells) and len(axes) in (1, 2)
        title, dataset = str(stored["title"]), str(stored["dataset"])
    except (KeyError, TypeError, ValueError, AttributeError):
        fits = False
    if not fits:
        raise StudyError(f"{path} is not a grid. {_AGAIN}")
    return Grid(title, dataset, stored["axes"], made)


def claims(path: Path, asked: Iterable[dict[str, str]]) -> list[Claim]:
    """The decided claims in the order of `asked`, {"claim": its name, "says": words} each."""
    decided = read_json(path).get("claims", {})
    try:
        found = [(decided[one["claim"]], one["says"]) for one in asked]
    except KeyError as error:
        raise StudyError(f"{path} does not decide the claim {error}. {_AGAIN}") from None
    return [{**shown_claim(claim), "says": says} for claim, says in found]


_READERS: dict[str, Callable[[Path, str, Drawing], Any]] = {
    "histories": lambda results, section, drawing: histories.read_all(
        results / "runs", drawing.experiments
    ),
    "comparisons": lambda results, section, drawing: comparisons(
        results / "comparisons.json", drawing
    ),
    "costs": lambda results, section, drawing: costs(results / "comparisons.json", drawing),
    "claims": lambda results, section, drawing: claims(results / "claims.json", drawing.claims),
    "confusion": lambda results, section, drawing: confusion(
        results / "confusion" / f"{section}.json"
    ),
    "errors": lambda results, section, drawing: errors(results / "errors" / f"{section}.json"),
    "pictures": lambda results, section, drawing: pictures(
        results / "errors" / f"{section}.npz", results / "errors" / f"{section}.json"
    ),
    "grid": lambda results, section, drawing: grid(results / "grids" / f"{section}.json"),
    "activations": maps.reader("activations", maps.activations),
    "kernels": maps.reader("kernels", maps.kernels),
}
