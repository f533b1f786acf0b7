"""A study's config with what it need not say: the data sets and recipes that every study can name.

Imported while Snakemake builds its DAG, so nothing heavy may be imported here.
"""

import copy
from typing import Any

Config = dict[str, Any]

STUDY = "study"  # the scale of a study without scales
# An entry of the user's that gives these takes the place of the catalogue's.
_WHOLE = {
    "datasets": {"title", "format"},
    "recipes": {"optimizer", "learning_rate", "batch_size", "epochs"},
}


def complete(config: Config, catalogue: Config) -> None:
    """Lay `catalogue` under a config, in place; one without scales gets the scale `study`."""
    if not config.get("scales"):
        config["scales"] = {STUDY: {}}
        config.setdefault("scale", STUDY)
    for kind, whole in _WHOLE.items():
        given = config.setdefault(kind, {})
        if not isinstance(given, dict):
            continue  # the schema says so
        for name, entry in catalogue[kind].items():
            own = given.get(name, {})
            if isinstance(own, dict) and not whole <= own.keys():
                given[name] = _over(entry, own)


def _over(entry: Config, own: Config) -> Config:
    """An entry with changes over it, key by key at every level."""
    made = copy.deepcopy(entry)
    for key, value in own.items():
        inner = isinstance(value, dict) and isinstance(made.get(key), dict)
        made[key] = _over(made[key], value) if inner else value
    return made
