"""The kinds of figures: a new one is a row here, a module beside it and a template of its words.

Imports nothing: the workflow plans by it, and the config and the report ask it, too.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Job = dict[str, Any]  # what is drawn of a section: convstudy.config.slices.drawing


class Kind(NamedTuple):
    """The tables that `draw` is given after what is drawn, and its options in the config."""

    needs: tuple[str, ...]
    # Key, with `?` if it can be left out → its type, by name in convstudy.config.fields.
    options: dict[str, str] = {}  # noqa: RUF012


_LAYERS = {"experiments": "SomeNames", "layers": "Layers"}
# Each is drawn by convstudy.figures.<kind>; workflow/templates/figures/<kind>.md.j2 has its words.
KINDS = {
    "comparison": Kind(("histories", "comparisons")),
    "curves": Kind(("histories",)),
    "tradeoff": Kind(("costs",)),
    "schedule": Kind(("histories",)),
    "confusion": Kind(("confusion",), {"of?": "BestOrAll"}),
    "mistakes": Kind(("errors", "pictures")),
    "calibration": Kind(("errors",)),
    "recalls": Kind(("errors",)),
    "verdicts": Kind(("claims",)),
    "grid": Kind(("grid",), {"of": "GridName"}),
    "activations": Kind(("activations",), _LAYERS),
    "kernels": Kind(("kernels",), _LAYERS),
}
OF_LAYERS = ("activations", "kernels")  # of experiments and layers that the config names
OF_BEST = {"confusion", "errors"}  # tables of how the best network of a section errs
# Of the whole study, once.
FOREST = "forest"

# Of each table the files that it is read from, in results/<scale>; the readers: figures.tables.
FILES: dict[str, Callable[[str, Job], list[str]]] = {
    "histories": lambda section, job: ["histories.csv"],
    "comparisons": lambda section, job: ["comparisons.json"],
    "costs": lambda section, job: ["comparisons.json"],
    "claims": lambda section, job: ["claims.json"],
    "confusion": lambda section, job: [f"errors/{section}.json"],
    "errors": lambda section, job: [f"errors/{section}.json"],
    "pictures": lambda section, job: [f"errors/{section}.npz"],
    "grid": lambda section, job: ["comparisons.json"],
    "activations": lambda section, job: _of_layers(job, "activations"),
    "kernels": lambda section, job: _of_layers(job, "kernels"),
}


def _of_layers(job: Job, kind: str) -> list[str]:
    return [
        f"runs/{one['experiment']}/seed{one['seeds'][0]}/activations.npz"
        for one in job["experiments"]
        if one["experiment"] in job["figures"][kind]["experiments"]
    ]


def needs(shown: Iterable[str]) -> set[str]:
    """The tables that figures of these kinds are drawn from."""
    return {table for kind in shown for table in KINDS[kind].needs}


def files(section: str, job: Job, *shown: str) -> list[str]:
    """The files that figures of these kinds are drawn from, in results/<scale>, each once."""
    tables = [table for kind in shown for table in KINDS[kind].needs]
    return list(dict.fromkeys(path for table in tables for path in FILES[table](section, job)))


def module(kind: str) -> str:
    """Name of the module that draws figures of this kind."""
    return f"convstudy.figures.{kind}"
