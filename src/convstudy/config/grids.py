"""Grids: an experiment with axes stands for one experiment per combination of their values.

Expanded before names are looked up, so that cells are experiments like all others. A cell is named
after its grid and its values: adding a value adds cells and renames none.
"""

import copy
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

from convstudy.config.experiments import laid_over, vary

Config = dict[str, Any]
Cells = dict[str, dict[str, Any]]  # name of a cell → {axis: value}
_LONGEST = 64  # letters of a name (schema)


def expand(config: Config) -> tuple[dict[str, Config], list[str]]:
    """Replace every grid of `config`, in place, by its cells, wherever it is named.

    Returns {grid: its title, axes and cells} and faults, one sentence each; as in `references`,
    faults of shape are passed over.
    """
    grids: dict[str, Config] = {}
    found: list[str] = []
    with suppress(KeyError, TypeError, AttributeError, ValueError):
        for name, one in config["experiments"].items():
            if one.get("axes"):
                grids[name] = {
                    "title": one["title"],
                    "axes": one["axes"],
                    "cells": _cells(name, one),
                }
        cells = {name: grid["cells"] for name, grid in grids.items()}
        for name, grid in grids.items():
            found += _faults(config, name, grid)
        if grids and not found:
            _replace_experiments(config, cells)
            _replace_in_scales(config, cells)
            _replace_in_sections(config, cells)
            found += _replace_in_claims(config, cells)
    return grids, found


def _cells(name: str, grid: Config) -> Cells:
    made = {}
    for values in product(*grid["axes"].values()):
        cell = dict(zip(grid["axes"], values, strict=True))
        suffix = "_".join(f"{_last(axis)}{_spelt(value)}" for axis, value in cell.items())
        made[f"{name}__{suffix}"] = cell
    return made


def _last(axis: str) -> str:
    return axis.rpartition(".")[2]


def _spelt(value: Any) -> str:
    """A value as part of a name: 0.001 → `0_001`, [8, 16] → `8x16`."""
    if isinstance(value, list):
        return "x".join(map(_spelt, value))
    return re.sub(r"[^a-z0-9]+", "_", str(value).lower()).strip("_")


def in_words(cell: dict[str, Any]) -> str:
    """`kernel size 3, learning rate 0.001`."""
    return ", ".join(f"{axis_in_words(axis)} {shown(value)}" for axis, value in cell.items())


def axis_in_words(axis: str) -> str:
    """`model.kernel_size` → `kernel size`."""
    return _last(axis).replace("_", " ")


def shown(value: Any) -> str:
    """A value as titles and figures give it: `8-16`, `0.001`, `relu`."""
    return "-".join(map(shown, value)) if isinstance(value, list) else str(value)


def _faults(config: Config, name: str, grid: Config) -> Iterator[str]:
    key = f"experiments.{name}.axes"
    axes, cells = grid["axes"], grid["cells"]
    if len(cells) < len(list(product(*axes.values()))) or len({*map(_last, axes)}) < len(axes):
        yield f"{key}: two of its values or axes give the same name; leave one out"
    longest = max(cells, key=len)
    if len(longest) > _LONGEST:
        yield f"{key}: '{longest}' is longer than {_LONGEST} letters; shorten '{name}'"
    for cell in cells.keys() & config["experiments"].keys():
        yield f"experiments.{cell}: is a cell of {name} already; rename it"
    for scale, one in config["scales"].items():
        for changed in [name, *cells]:
            changes = one["experiments"].get(changed, {})
            for axis in axes:
                part, _, last = axis.partition(".")
                if part in changes and (not last or last in changes[part]):
                    at = f"scales.{scale}.experiments.{changed}.{axis}"
                    yield f"{at}: is an axis of {name}; leave cells out by `without` instead"


def _replace_experiments(config: Config, cells: dict[str, Cells]) -> None:
    experiments = list(config["experiments"].items())
    config["experiments"].clear()
    for name, one in experiments:
        made = {cell: _experiment(one, values) for cell, values in cells.get(name, {}).items()}
        config["experiments"].update(made or {name: one})


def _experiment(grid: Config, cell: dict[str, Any]) -> Config:
    """One cell as an experiment."""
    one = {key: copy.deepcopy(value) for key, value in grid.items() if key != "axes"}
    one["title"] = f"{grid['title']}, {in_words(cell)}"
    vary(one, cell)
    return one


def _named(names: list[str], cells: dict[str, Cells]) -> list[str]:
    """The names with the cells of a grid in its place."""
    return [one for name in names for one in cells.get(name, [name])]


def _replace_in_scales(config: Config, cells: dict[str, Cells]) -> None:
    """What a scale says of a grid it says of each cell; of a single cell it may say otherwise."""
    for scale in config["scales"].values():
        scale["without"] = _named(scale["without"], cells)
        for name in cells.keys() & scale["experiments"].keys():
            changes = scale["experiments"].pop(name)
            for cell in cells[name]:
                own = scale["experiments"].get(cell, {})
                scale["experiments"][cell] = laid_over(changes, own)


def _replace_in_sections(config: Config, cells: dict[str, Cells]) -> None:
    for section in config["sections"].values():
        section["experiments"] = _named(section["experiments"], cells)
        if "activations" in section["figures"]:
            grid = section["figures"]["activations"]
            grid["experiments"] = _named(grid["experiments"], cells)


def _replace_in_claims(config: Config, cells: dict[str, Cells]) -> Iterator[str]:
    """A claim about a grid becomes one about each cell, and that all of them hold."""
    parts: dict[str, list[str]] = {}
    for name, claim in list(config["claims"].items()):
        roles = [role for role in ("of", "than") if claim.get(role) in cells]
        if len(roles) == 2:
            yield f"claims.{name}: 'of' and 'than' are both grids; name a cell in one of them"
        elif roles:
            made = _parts(name, claim, roles[0], cells)
            config["claims"].update(made)
            config["claims"][name] = {
                **{key: claim[key] for key in ("section", "says")},
                **{"kind": "all_of", "claims": list(made)},
            }
            parts[name] = list(made)
            if any(len(part) > _LONGEST for part in made):
                yield f"claims.{name}: is too long with the names of cells behind it; shorten it"
    for claim in config["claims"].values():
        if claim["kind"] == "all_of":
            claim["claims"] = [one for part in claim["claims"] for one in parts.get(part, [part])]


def _parts(name: str, claim: Config, role: str, cells: dict[str, Cells]) -> Config:
    grid = claim[role]
    return {
        f"{name}{cell.removeprefix(grid)}": {
            **claim,
            role: cell,
            "says": f"{claim['says']} ({in_words(values)})",
        }
        for cell, values in cells[grid].items()
    }
