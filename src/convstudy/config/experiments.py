"""One experiment of a config, as it is at a scale, and how it is unlike the published one."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from convstudy.files import canonical_json

Config = dict[str, Any]

# The original ran PyTorch as it comes, on a GPU that it does not name: of which of the two its
# convolutions were depends on that GPU.
_DEFAULT_PRECISIONS = ("float32", "tf32")


@dataclass(frozen=True)
class Experiment:
    """One network under one recipe on one data set, as it will be trained at the chosen scale."""

    name: str
    title: str
    dataset: str  # the one that is used, after stand-ins
    meant_for: str  # title of the one that the experiment names
    seeds: tuple[int, ...]
    slice: Config  # all of the config that training depends on
    # what differs from the published run, here and there; empty: comparable
    unlike_published: tuple[Config, ...]
    # what a scale changed in it, and images that are not all of them, in the same form
    changed: tuple[Config, ...]
    grid: str | None  # the one that it is a cell of
    cell: Config  # of that grid: {axis: value}

    def conditions(self, compared: str) -> str:
        """What experiments must have in common, so that `networks` or `recipes` are compared.

        Of networks all but the network; of recipes all but both, since a recipe may have parts in
        the network (dropout). What the axes of a grid vary is what its cells are compared for.
        """
        kept = {key: value for key, value in self.slice.items() if key != "model"}
        kept["recipe"] = dict(kept["recipe"]) if compared == "networks" else {}
        for axis in self.cell:
            part, _, key = axis.partition(".")
            if part != "model":
                (kept[part] if key else kept)[key or part] = f"axis of {self.grid}"
        return canonical_json(kept)


def comparable(experiments: dict[str, Experiment], names: Iterable[str], compared: str) -> bool:
    """Whether these have all in common that `Experiment.conditions` of `compared` asks for."""
    return len({experiments[name].conditions(compared) for name in names}) <= 1


def of_config(config: Config, name: str, grid: str | None, cell: Config) -> Experiment:
    """The experiment of this name at the scale of a whole config; `cell` is its place in a grid.

    What a scale says of all recipes does not hold where an axis varies it.
    """
    scale = config["scales"][config["scale"]]
    resolved = at_scale(config, config["scale"], name)
    vary(resolved, cell)
    stand_ins: dict[str, str] = {**scale["stand_ins"], **config["stand_ins"]}
    meant: str = resolved["dataset"]
    # --config seeds=N over all, then experiment over scale.
    seeds = config["seeds"] or resolved["seeds"] or scale["seeds"] or 1
    job = _job(config, resolved, stand_ins.get(meant, meant))
    stated = at_scale(config, None, name)
    vary(stated, cell)
    return Experiment(
        name=name,
        title=resolved["title"],
        dataset=job["dataset"],
        meant_for=config["datasets"][meant]["title"],
        seeds=tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds),
        slice=job,
        unlike_published=_unlike_published(config, name, job),
        changed=_changed(config, job, _job(config, stated, meant)),
        grid=grid,
        cell=cell,
    )


def _job(config: Config, resolved: Config, dataset: str) -> Config:
    """All of an experiment that its training depends on."""
    return {
        "dataset": dataset,
        "normalise": config["datasets"][dataset].get("normalise"),
        "train_images": resolved["train_images"],
        "test_images": resolved["test_images"],
        "model": resolved["model"],
        "recipe": {key: value for key, value in resolved["recipe"].items() if key != "name"},
    }


def at_scale(config: Config, scale: str | None, name: str) -> Config:
    """An experiment with its recipe spelt out, at a scale or, without one, as it is stated.

    The narrower statement holds: what the scale says of the experiment, then the experiment, then
    what the scale says of the recipe of that name, then this recipe.
    """
    changes, recipes = {}, {}
    if scale is not None:
        changes = config["scales"][scale]["experiments"].get(name, {})
        recipes = config["scales"][scale]["recipes"]
    merged = laid_over(config["experiments"][name], changes)
    recipe = merged["recipe"]
    named = recipe["name"]
    merged["recipe"] = {**config["recipes"].get(named, {}), **recipes.get(named, {}), **recipe}
    return merged


def left_open(config: Config) -> Config:
    """{scale: {recipe: settings}}: what a scale says of all recipes, of those that do not say it.

    To be asked before defaults are filled in, which nobody wrote. Faults of shape are passed over.
    """
    found: Config = {}
    with suppress(AttributeError, KeyError, TypeError):
        for scale, one in config["scales"].items():
            said = one.get("recipe", {}).items()
            found[scale] = {
                name: {key: value for key, value in said if key not in recipe}
                for name, recipe in config["recipes"].items()
            }
    return found


def laid_over(one: Config, changes: Config) -> Config:
    """An experiment, or changes of one, with changes over it: model and recipe key by key."""
    parts: Config = {
        part: {**one.get(part, {}), **changes.get(part, {})}
        for part in ("model", "recipe")
        if part in one or part in changes
    }
    return {**one, **changes, **parts}


def vary(experiment: Config, cell: Config) -> None:
    """Set what the axes of a grid vary to the values of a cell, {axis: value}."""
    for axis, value in cell.items():
        part, _, key = axis.partition(".")
        experiment[part] = {**experiment[part], key: value} if key else value


def _changed(config: Config, job: Config, stated: Config) -> tuple[Config, ...]:
    """Each way in which a run differs from its experiment as stated; images that it leaves out."""
    found = []
    if job["dataset"] != stated["dataset"]:
        here, there = (config["datasets"][one["dataset"]]["title"] for one in (job, stated))
        found.append({"what": "dataset", "here": here, "there": there})
    found += _fewer_images(job)
    return (*found, *_other_settings(job, stated))


def _fewer_images(job: Config) -> list[Config]:
    return [
        {"what": what, "here": job[what], "there": None}
        for what in ("train_images", "test_images")
        if job[what] is not None
    ]


def _other_settings(job: Config, original: Config) -> list[Config]:
    """Settings of the network and the recipe that are not those of `original`."""
    return [
        {"what": key, "here": here, "there": there}
        for part in ("model", "recipe")
        for key in sorted({*job[part], *original[part]})
        if (here := job[part].get(key)) != (there := original[part].get(key))
    ]


def _unlike_published(config: Config, name: str, job: Config) -> tuple[Config, ...]:
    """Each way in which a run differs from the published one; empty if in none."""
    published = config["published"]["experiments"].get(name)
    if published is None:
        return ({"what": "absent", "here": None, "there": None},)
    used, original = (
        config["datasets"][job["dataset"]],
        config["published"]["datasets"][published["dataset"]],
    )
    found = []
    if _contents(used) != _contents(original):
        found.append({"what": "dataset", "here": used["title"], "there": original["title"]})
    elif job["normalise"] != (normalise := original.get("normalise")):
        found.append({"what": "normalise", "here": job["normalise"], "there": normalise})
    found += _fewer_images(job)
    found += [
        one
        for one in _other_settings(job, published)
        if one["what"] != "precision" or one["here"] not in _DEFAULT_PRECISIONS
    ]
    return tuple(found)


def _contents(dataset: Config) -> Config:
    """What a data set is, wherever it is from and whatever it is called."""
    files = dataset.get("files") or {}
    return {
        "format": dataset["format"],
        "files": {name: one.get("md5") for name, one in files.items()},
    }
