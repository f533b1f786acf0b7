"""Checks what a schema cannot say: that names in the config refer to something that is there."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from convstudy.config import claims, titles, torchvision_sets
from convstudy.config.faults import unknown
from convstudy.figures.kinds import OF_LAYERS

Config = dict[str, Any]

# What an experiment or its recipe always says, so that the rest of a scale's recipe never holds.
_ALWAYS_STATED = {"name", "optimizer", "learning_rate", "batch_size", "epochs"}


def faults(config: Config, grids: Config) -> list[str]:
    """Every reference of `config`, whose grids are expanded, that leads nowhere.

    The config may have faults of shape as well. What these hide is passed over here: the schema
    has listed them, and a user wants to hear of all other faults in the same go.
    """
    found: list[str] = []
    for kind, check in _CHECKS.items():
        items = config.get(kind)
        for name, item in items.items() if isinstance(items, dict) else ():
            with suppress(KeyError, TypeError, AttributeError):
                found += check(config, f"{kind}.{name}", item)
    with suppress(KeyError, TypeError, AttributeError):
        found += _drawn_grids(config, grids)
    with suppress(KeyError, TypeError, AttributeError):
        members = {name: _members(config, one) for name, one in config["sections"].items()}
        found += claims.references(config["claims"], members)
    with suppress(KeyError, TypeError, AttributeError):
        found += unknown("scale", [config["scale"]], "scale", config["scales"])
        found += _stand_ins(config, "stand_ins", config["stand_ins"])
    with suppress(KeyError, TypeError, AttributeError):
        published = config["published"]
        for name, one in published["experiments"].items():
            key = f"published.experiments.{name}.dataset"
            found += unknown(key, [one["dataset"]], "published data set", published["datasets"])
    return found


def _members(config: Config, section: Config) -> list[str]:
    """What a section can be asked about.

    Where it misspells one of its members, its own check says so: names that there are anywhere are
    not faults as well because the section lacks them.
    """
    members = list(section["experiments"])
    everywhere = [] if {*members} <= {*config["experiments"]} else config["experiments"]
    return [*members, *everywhere]


def _stand_ins(config: Config, key: str, stand_ins: dict[str, str]) -> Iterator[str]:
    used = sorted({experiment["dataset"] for experiment in config["experiments"].values()})
    yield from unknown(key, stand_ins, "data set of an experiment", used)
    yield from unknown(key, stand_ins.values(), "data set", config["datasets"])


def _scale(config: Config, key: str, scale: Config) -> Iterator[str]:
    experiments = config["experiments"]
    yield from unknown(f"{key}.without", scale["without"], "experiment", experiments)
    yield from unknown(f"{key}.experiments", scale["experiments"], "experiment", experiments)
    yield from unknown(f"{key}.recipes", scale["recipes"], "recipe", config["recipes"])
    for name in sorted(_ALWAYS_STATED & set(scale["recipe"])):
        yield (
            f"{key}.recipe.{name}: changes nothing, since every experiment or its recipe says its "
            f"own; say it of a recipe, {key}.recipes.<recipe>.{name}"
            f", or of an experiment, {key}.experiments.<experiment>.recipe.{name}"
        )
    for name, changes in scale["recipes"].items():
        if "name" in changes:
            yield f"{key}.recipes.{name}.name: a recipe keeps its name; leave 'name' out"
    left_out = scale["without_sections"]
    yield from unknown(f"{key}.without_sections", left_out, "section", config["sections"])
    yield from unknown(f"{key}.without_claims", scale["without_claims"], "claim", config["claims"])
    yield from _stand_ins(config, f"{key}.stand_ins", scale["stand_ins"])
    if not set(experiments) - set(scale["without"]):
        yield f"{key}.without: leaves no experiment to run"


# Option of a data set → formats that know it; the others are for all.
_OPTIONS = {
    **dict.fromkeys(("folder", "ignore", "background"), ("image_folder",)),
    "image_size": ("image_folder", "torchvision"),
    "classes": ("idx", "npz", "torchvision"),
    "first_label": ("idx", "npz"),
    "transpose": ("idx",),
    "torchvision": ("torchvision",),
}


def _dataset(config: Config, key: str, dataset: Config) -> Iterator[str]:
    generator = dataset.get("generator", {}).get("name")
    writes = {"digits": "idx", "shapes": "cifar10"}
    if generator and dataset["format"] != writes[generator]:
        yield f"{key}.format: the generator {generator} writes the format {writes[generator]}"
    ways = ("files", "folder", "generator", "torchvision")
    sources = [way for way in ways if dataset.get(way)]
    if len(sources) != 1:
        given = " and ".join(sources) or "none"
        yield f"{key}: give exactly one of {', '.join(ways)} (given: {given})"
    for option, formats in _OPTIONS.items():
        if option in dataset and dataset["format"] not in formats:
            meant = " and ".join(formats)
            yield f"{key}.{option}: is for the format {meant}, not for {dataset['format']}"
    if dataset["format"] == "torchvision" and not dataset.get("torchvision"):
        yield f"{key}: the format torchvision needs 'torchvision: {{name: …}}'"
    if "torchvision" in dataset:
        yield from torchvision_sets.faults(f"{key}.torchvision", dataset["torchvision"])
    if dataset["format"] == "npz" and len(dataset["files"]) > 1:
        yield f"{key}.files: an npz data set is one file; {len(dataset['files'])} are given"
    if dataset["format"] != "image_folder":
        return
    if "image_size" not in dataset:
        yield f"{key}: an image_folder needs 'image_size: [height, width]'"
    elif len(dataset["files"]) > 1:
        yield f"{key}.files: an image_folder is one archive; {len(dataset['files'])} are given"


def _experiment(config: Config, key: str, experiment: Config) -> Iterator[str]:
    yield from unknown(f"{key}.dataset", [experiment["dataset"]], "data set", config["datasets"])
    yield from of_name(config, f"{key}.recipe", experiment["recipe"])


def of_name(config: Config, key: str, recipe: Config) -> Iterator[str]:
    """That an experiment names a recipe which there is not."""
    yield from unknown(f"{key}.name", [recipe["name"]], "recipe", config["recipes"])


def of_recipe(key: str, recipe: Config) -> Iterator[str]:
    """Keys of a whole recipe that its other keys leave no use for."""
    optimizer = recipe["optimizer"]
    if optimizer == "adam" and recipe["weight_decay"]:
        yield f"{key}.weight_decay: is for adamw and sgd, not for adam"
    for name in ("momentum", "nesterov"):
        if recipe[name] and optimizer != "sgd":
            yield f"{key}.{name}: is for sgd, not for {optimizer}"
    if recipe["nesterov"] and not recipe["momentum"]:
        yield f"{key}.nesterov: needs a momentum above zero"
    if recipe.get("decay_norms") and not recipe["weight_decay"]:
        yield f"{key}.decay_norms: needs a weight_decay above zero"


def _section(config: Config, key: str, section: Config) -> Iterator[str]:
    members = section["experiments"]
    if bool(members) == bool(section["layers"]):
        yield f"{key}: give experiments or layers (one of both, not empty)"
    if section["figures"] and not members:
        yield f"{key}.figures: figures show experiments; this section has none"
    yield from unknown(f"{key}.experiments", members, "experiment", config["experiments"])
    for kind in OF_LAYERS:
        drawn = section["figures"].get(kind, {}).get("experiments", [])
        at = f"{key}.figures.{kind}.experiments"
        yield from unknown(at, drawn, "experiment of this section", _members(config, section))


def _drawn_grids(config: Config, grids: Config) -> Iterator[str]:
    for name, section in config["sections"].items():
        drawn = [section["figures"]["grid"]["of"]] if "grid" in section["figures"] else []
        members = {*_members(config, section)}
        here = [one for one in grids if {*grids[one]["cells"]} & members]
        yield from unknown(f"sections.{name}.figures.grid.of", drawn, "grid of this section", here)


def _title(config: Config, key: str, claim: Config) -> Iterator[str]:
    for number in titles.foreign_numbers(config, claim):
        yield (
            f"{key}.says: {number} is neither the bound of this claim nor in the titles of its "
            "networks, images and section; leave it out, or let the claim test it"
        )


_CHECKS = {
    "scales": _scale,
    "datasets": _dataset,
    "experiments": _experiment,
    "sections": _section,
    "claims": _title,
}
