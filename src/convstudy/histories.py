"""`histories.csv`: the curves of all runs in one table, which `summarise` writes.

Figures draw it and claims measure it; whether each run's own history.csv is as it has to be was
asked before (convstudy.statistics.history).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from convstudy.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd

NAME = "histories.csv"
_NUMBERS = ("loss", "accuracy", "learning_rate", "seconds")
COLUMNS = ("epoch", "split", *_NUMBERS)  # of a run's own
_TYPES = {"experiment": "str", "seed": "int64", "epoch": "int64", "split": "str"}
_TYPES |= dict.fromkeys(_NUMBERS, "float64")


def spell(folders: Iterable[Path]) -> str:
    """The checked histories of these runs, whose folders name experiment and seed, as they are."""
    spelt = [",".join(_TYPES) + "\n"]
    for folder in folders:
        of = f"{folder.parent.name},{folder.name.removeprefix('seed')},"
        _, *rows = (folder / "history.csv").read_text(encoding="utf-8").splitlines()
        spelt.append("".join(f"{of}{row}\n" for row in rows))
    return "".join(spelt)


def read(path: Path, runs: Mapping[str, Iterable[int]]) -> "pd.DataFrame":
    """The rows of these experiments: one per `experiment`, `seed`, `epoch` (from 1) and `split`.

    In that order, train before test; with `loss`, `accuracy` (a fraction), `learning_rate` and
    `seconds`. Raises `StudyError` for a file that is missing or damaged, or lacks one of the seeds.
    """
    import pandas as pd  # half a second, which `summarise` does not need

    try:
        table = pd.read_csv(
            path,
            dtype=_TYPES,
            usecols=list(_TYPES),
            na_filter=False,  # an experiment may be called nan
            encoding="utf-8",
        )
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to make it.") from None
    except ValueError as error:  # pandas' own are such
        said = f"cannot be read ({str(error).strip()})"
        raise StudyError(f"{path} {said}. Delete it and run snakemake again.") from None
    rows = table[table["experiment"].isin(list(runs))]
    known = set(zip(rows["experiment"], rows["seed"], strict=True))
    for name, seeds in runs.items():
        if lacking := [seed for seed in seeds if (name, seed) not in known]:
            said = f"holds no history of {name}, seed {lacking[0]}"
            raise StudyError(f"{path} {said}. Delete it and run snakemake again.")
    return rows
