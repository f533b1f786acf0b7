"""From files of results to the tables that figures are drawn from; what is read is fit to draw."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from convstudy import histories
from convstudy.config.metrics import claim_with_seeds_enough, with_seeds_enough
from convstudy.errors import StudyError
from convstudy.figures import maps
from convstudy.figures.drawing import Drawing
from convstudy.figures.kinds import FILES
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
    if table in _OF_RUNS:
        return _OF_RUNS[table](results / "runs", drawing)
    [path] = FILES[table](section, {})
    return _READERS[table](results / path, drawing)


@contextmanager
def _reading(path: Path, part: str) -> Iterator[None]:
    """Raise `StudyError` if that part of a file is not as it is taken to be in here."""
    try:
        yield
    except KeyError as error:
        raise StudyError(f"{path} lacks {error}. {_AGAIN}") from None
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise StudyError(f"{path} misspells {part} ({error}). {_AGAIN}") from None


def comparisons(path: Path, drawing: Drawing) -> pd.DataFrame:
    """Test accuracy of each experiment: `experiment`, `mean`, `low`, `high` (NaN of few seeds)."""
    rows = _compared(path)
    with _reading(path, "accuracies"):
        found = [
            {
                **with_seeds_enough(rows[one.name]["metrics"]["test_accuracy"], len(one.seeds)),
                "of": one.name,
            }
            for one in drawing.experiments
        ]
        return _table(found, ("of",), _SPREAD).rename(columns={"of": "experiment"})


def costs(path: Path, drawing: Drawing) -> pd.DataFrame:
    """The same with `parameters` and median `seconds` of training."""
    rows, made = _compared(path), comparisons(path, drawing)
    with _reading(path, "what networks cost"):
        found = [rows[name] for name in made["experiment"]]
        return made.assign(
            parameters=[int(row["parameters"]) for row in found],
            seconds=[float(row["medians"]["train_seconds"]) for row in found],
        )


def _compared(path: Path) -> dict[str, Any]:
    """The row of each experiment."""
    with _reading(path, "sections"):
        sections = read_json(path).values()
        return {row["experiment"]: row for section in sections for row in section["experiments"]}


def confusion(path: Path) -> list[Confusion]:
    """The best network's, and of each other one if the file has them.

    Raises `StudyError` if a part is missing or a matrix does not fit the classes.
    """
    stored: Any = read_json(path)
    with _reading(path, "networks"):
        return [_confusion(path, one) for one in (stored, *stored.get("others", []))]


def _confusion(path: Path, stored: Any) -> Confusion:
    with _reading(path, "a matrix or its classes"):
        labels = [[str(name) for name in stored["classes"]]] * 2  # of rows and columns
        mean, sd = (
            None if counts is None else pd.DataFrame(np.array(counts, float), *labels)
            for counts in (stored["confusion"][key] for key in ("mean", "sd"))
        )
        if mean is None or mean.empty:
            raise ValueError("there is none")
        seeds = len(stored["seeds"])
        return Confusion(str(stored["title"]), str(stored["dataset"]), seeds, mean, sd)


_BINS = ("images", "confidence", "accuracy")


def errors(path: Path) -> Errors:
    """Raise `StudyError` unless the file has every part that figures are drawn from."""
    stored: Any = read_json(path)
    with _reading(path, "title, seeds or images"):
        title, dataset = str(stored["title"]), str(stored["dataset"])
        seeds, images = [int(seed) for seed in stored["seeds"]], int(stored["images"])
    with _reading(path, "calibration"):
        of = stored["calibration"]
        bins = pd.concat(
            pd.DataFrame({key: of[key][row] for key in _BINS}, dtype="float64")
            .rename_axis("bin")
            .reset_index()
            .assign(seed=seed)
            for row, seed in enumerate(seeds)
        )
        error = with_seeds_enough({key: of["error"][key] for key in _SPREAD}, len(seeds))
    with _reading(path, "recalls"):
        known = [with_seeds_enough(row, len(seeds)) for row in stored["recalls"]]
        recalls = _table(known, ("class",), _SPREAD)
    with _reading(path, "mistakes"):
        mistakes = _table(stored["mistakes"], ("true", "predicted"), ("confidence",))
    return Errors(title, dataset, seeds, images, bins, error, recalls, mistakes)


def _table(rows: list[dict[str, Any]], words: tuple[str, ...], values: tuple[str, ...]) -> Any:
    """A DataFrame of these columns, null as NaN."""
    columns = [*words, *values]
    made = pd.DataFrame([[row[key] for key in columns] for row in rows], columns=columns)
    return made.astype({**dict.fromkeys(words, "str"), **dict.fromkeys(values, "float64")})


def pictures(path: Path, errors: Path) -> np.ndarray:
    """uint8 (I, H, W, C), as `convstudy mistakes` wrote them: of the mistakes of that file."""
    with maps.stored(path) as found:
        images: np.ndarray = found["images"]
    if len(images) != len(read_json(errors)["mistakes"]):
        raise StudyError(f"{path} holds other images than {errors} lists. {_AGAIN}")
    return images


def grid(path: Path, asked: dict[str, Any]) -> Grid:
    """The test accuracies of the cells that the section's slice names."""
    rows = _compared(path)
    axes = [axis["values"] for axis in asked["axes"]]
    places = [
        tuple(axis.index(value) for value, axis in zip(cell["values"], axes, strict=True))
        for cell in asked["cells"]
    ]
    with _reading(path, "accuracies"):
        found = [rows[cell["experiment"]] for cell in asked["cells"]]
        cells = [
            {"n": row["n"], **with_seeds_enough(row["metrics"]["test_accuracy"], row["n"])}
            for row in found
        ]
        made = _table(cells, (), ("n", *_SPREAD)).assign(place=places).astype({"n": "int64"})
        return Grid(str(asked["title"]), str(asked["dataset"]), asked["axes"], made)


def claims(path: Path, asked: Iterable[dict[str, str]]) -> list[Claim]:
    """The decided claims in the order of `asked`, {"claim": its name, "says": words} each."""
    with _reading(path, "claims"):
        decided = read_json(path)["claims"]
        return [
            {**claim_with_seeds_enough(decided[one["claim"]]), "says": one["says"]} for one in asked
        ]


# Of tables that are one file; of those of many.
_READERS: dict[str, Callable[[Path, Drawing], Any]] = {
    "histories": lambda path, drawing: histories.read(
        path, {one.name: one.seeds for one in drawing.experiments}
    ),
    "comparisons": comparisons,
    "costs": costs,
    "claims": lambda path, drawing: claims(path, drawing.claims),
    "confusion": lambda path, drawing: confusion(path),
    "errors": lambda path, drawing: errors(path),
    "pictures": lambda path, drawing: pictures(path, path.with_suffix(".json")),
    "grid": lambda path, drawing: grid(path, drawing.options["grid"]),
}
_OF_RUNS: dict[str, Callable[[Path, Drawing], Any]] = {
    "activations": maps.reader("activations", maps.activations),
    "kernels": maps.reader("kernels", maps.kernels),
}
