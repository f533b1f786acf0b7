"""From a config to the study as it will be run: scale applied, experiments resolved."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from convstudy.config import grids, references
from convstudy.config.kinds import compared
from convstudy.config.metrics import METRICS
from convstudy.config.schema import complete, faults
from convstudy.errors import StudyError
from convstudy.files import canonical_json

Config = dict[str, Any]
# As `snakemake --config` hands them on: it knows Python's spelling only.
_BOOLEANS = {"true": True, "false": False}
IsTrained = Callable[[str, int], bool]  # (experiment, seed), at the scale of the config


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
    cell: Config  # of a grid: {axis: value}

    @property
    def conditions(self) -> str:
        """All but the network: experiments that differ in it cannot be compared as networks.

        What the axes of a grid vary is what its cells are compared for.
        """
        kept = {key: value for key, value in self.slice.items() if key != "model"}
        kept["recipe"] = dict(kept["recipe"])
        for axis in self.cell:
            part, _, key = axis.partition(".")
            if part != "model":
                (kept[part] if key else kept)[key or part] = "axis"
        return canonical_json(kept)


@dataclass(frozen=True)
class Study:
    """Everything that the workflow needs to know of the config."""

    scale: str
    language: str
    settings: Config  # those that users give with --config and that a report depends on
    purpose: str
    minimum_seeds: int
    experiments: dict[str, Experiment]
    datasets: dict[str, Config]  # those that the experiments use
    layers: tuple[str, ...]
    sections: dict[str, Config]  # of experiments (without those left out) or of layers
    claims: dict[str, Config]  # those whose experiments this scale runs
    incomparable: dict[str, Config]  # claims whose experiments this scale trains unlike each other
    order: tuple[str, ...]  # all experiments of the config, whether this scale runs them or not
    left_out: Config  # by the scale: titles of sections, and single networks
    grids: dict[str, Config]  # title, axes, cells
    missing: dict[str, Config]  # title, seeds: with `allow_missing`, runs that are not trained yet
    published: Config


def load(config: Config, schema: Config, is_trained: IsTrained | None = None) -> Study:
    """Complete, check and resolve `config`; `StudyError` names all of its faults at once.

    `is_trained` is asked, run by run, only under `allow_missing`; the study is then what is there.
    """
    complete(config, schema)
    if isinstance(config.get("allow_missing"), str):
        config["allow_missing"] = _BOOLEANS.get(config["allow_missing"], config["allow_missing"])
    found = faults(config, schema)
    config = copy.deepcopy(config)  # the caller's keeps its grids
    expanded, faulty = grids.expand(config)
    found += faulty + references.faults(config, expanded)
    # What a scale changes can be checked only in experiments that are whole themselves.
    found = found or _faults_of_scales(config, schema)
    if found:
        lines = "".join(f"\n  - {line}" for line in found)
        raise StudyError(f"the config has {len(found)} fault(s), nothing was run:{lines}")
    return _resolve(config, expanded, is_trained if config["allow_missing"] else None)


def _resolve(config: Config, expanded: Config, is_trained: IsTrained | None) -> Study:
    scale = config["scales"][config["scale"]]
    reported = {
        name: section
        for name, section in config["sections"].items()
        if name not in scale["without_sections"]
    }
    # What no section shows is not run: dropping a section drops its jobs.
    names = [name for name in _shown(config, reported) if name not in scale["without"]]
    cells = {name: cell for grid in expanded.values() for name, cell in grid["cells"].items()}
    planned = {name: _experiment(config, name, cells.get(name, {})) for name in names}
    experiments = _trained(planned, config["scale"], is_trained) if is_trained else planned
    used = {experiment.dataset for experiment in experiments.values()}
    sections = {}
    for name, section in reported.items():
        kept = _section(section, experiments, expanded)
        if kept["experiments"] or kept["layers"]:
            sections[name] = kept
    asked = _claims(
        config["claims"],
        lambda one: one["section"] in reported and _is_run(one, experiments),
    )
    claims = _claims(asked, lambda one: _is_fair(one, experiments))
    return Study(
        scale=config["scale"],
        language=config["language"],
        settings=_settings(config),
        purpose=scale["purpose"],
        minimum_seeds=config["minimum_seeds"],
        experiments=experiments,
        datasets={name: one for name, one in config["datasets"].items() if name in used},
        layers=tuple(layer for section in sections.values() for layer in section["layers"]),
        sections=sections,
        claims=claims,
        incomparable={name: claim for name, claim in asked.items() if name not in claims},
        order=tuple(config["experiments"]),
        left_out=_left_out(config, sections, names),
        grids=expanded,
        missing=_missing(planned, experiments),
        published=config["published"],
    )


def _shown(config: Config, sections: Config) -> list[str]:
    """The experiments of these sections, in the order of the config."""
    shown = {name for section in sections.values() for name in section["experiments"]}
    return [name for name in config["experiments"] if name in shown]


def _left_out(config: Config, sections: Config, names: list[str]) -> Config:
    """What the report says that a scale leaves out: of whole sections no single networks."""
    kept = [one for name, one in config["sections"].items() if name in sections]
    shown = dict.fromkeys(name for section in kept for name in section["experiments"])
    single = [config["experiments"][name] for name in shown if name not in names]
    return {
        "sections": [one["title"] for one in config["sections"].values() if one not in kept],
        "networks": [
            {"title": one["title"], "dataset_title": config["datasets"][one["dataset"]]["title"]}
            for one in single
        ],
    }


def _settings(config: Config) -> Config:
    """What a command has to say to make this report again, beside `--configfile`."""
    given = {"scale": config["scale"], "language": config["language"]}
    for key in ("seeds", "allow_missing"):
        if config[key]:
            given[key] = config[key]
    return given


def _experiment(config: Config, name: str, cell: Config) -> Experiment:
    scale = config["scales"][config["scale"]]
    resolved = _at_scale(config, config["scale"], name)
    stand_ins = {**scale["stand_ins"], **config["stand_ins"]}
    dataset = stand_ins.get(resolved["dataset"], resolved["dataset"])
    # --config seeds=N over all, then experiment over scale.
    seeds = config["seeds"] or resolved["seeds"] or scale["seeds"] or 1
    job = {
        "dataset": dataset,
        "normalise": config["datasets"][dataset].get("normalise"),
        "train_images": resolved["train_images"],
        "test_images": resolved["test_images"],
        "model": resolved["model"],
        "recipe": {key: value for key, value in resolved["recipe"].items() if key != "name"},
    }
    return Experiment(
        name=name,
        title=resolved["title"],
        dataset=dataset,
        meant_for=config["datasets"][resolved["dataset"]]["title"],
        seeds=tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds),
        slice=job,
        unlike_published=_unlike_published(config, name, job),
        cell=cell,
    )


def _trained(
    planned: dict[str, Experiment], scale: str, is_trained: IsTrained
) -> dict[str, Experiment]:
    """The experiments with those of their seeds that are trained, without those that have none."""
    kept = {}
    for name, one in planned.items():
        seeds = tuple(seed for seed in one.seeds if is_trained(name, seed))
        if seeds:
            kept[name] = replace(one, seeds=seeds)
    if not kept:
        raise StudyError(
            f"allow_missing: no run of scale '{scale}' is trained yet. Run without it first."
        )
    return kept


def _missing(planned: dict[str, Experiment], kept: dict[str, Experiment]) -> dict[str, Config]:
    found = {}
    for name, one in planned.items():
        seeds = [s for s in one.seeds if name not in kept or s not in kept[name].seeds]
        if seeds:
            found[name] = {"title": one.title, "meant_for": one.meant_for, "seeds": seeds}
    return found


def _at_scale(config: Config, scale: str, name: str) -> Config:
    """An experiment with its recipe spelt out and the scale's changes laid over it."""
    experiment = config["experiments"][name]
    changes = config["scales"][scale]["experiments"].get(name, {})
    merged = {**experiment, **changes}
    merged["model"] = {**experiment["model"], **changes.get("model", {})}
    everywhere = config["scales"][scale]["recipe"]
    recipe = {**experiment["recipe"], **everywhere, **changes.get("recipe", {})}
    merged["recipe"] = {**config["recipes"].get(recipe["name"], {}), **recipe}
    return merged


def _faults_of_scales(config: Config, schema: Config) -> list[str]:
    """What a scale lays over an experiment is checked where it ends up: in the whole experiment."""
    found = []
    recipe = {**schema["$defs"]["recipe"], "$defs": schema["$defs"]}
    recipe["properties"] = {**recipe["properties"], "name": {"enum": list(config["recipes"])}}
    experiment = {**schema["$defs"]["experiment"], "$defs": schema["$defs"]}
    for scale in config["scales"]:
        for name in config["experiments"]:
            touched = name in config["scales"][scale]["experiments"]
            at = f"scales.{scale}.experiments.{name}" if touched else f"experiments.{name}"
            whole = _at_scale(config, scale, name)
            found += faults(whole, experiment, at)
            wrong = faults(whole["recipe"], recipe, f"{at}.recipe")
            found += wrong or references.of_recipe(f"{at}.recipe", whole["recipe"])
    return list(dict.fromkeys(found))


def _section(
    section: Config, experiments: dict[str, Experiment], expanded: dict[str, Config]
) -> Config:
    """The section without experiments that are left out, and without figures that thereby fall."""
    figures = {}
    for kind, options in section["figures"].items():
        if "experiments" in options:
            drawn = [name for name in options["experiments"] if name in experiments]
            if not drawn:
                continue
            options = {**options, "experiments": drawn}
        if kind == "grid" and not expanded[options["of"]]["cells"].keys() & experiments.keys():
            continue
        figures[kind] = options
    kept = [name for name in section["experiments"] if name in experiments]
    return {**section, "experiments": kept, "figures": figures}


def _claims(claims: Config, holds: Callable[[Config], bool]) -> Config:
    """The claims for which `holds` is true, without compounds that thereby lose a part."""
    kept = {name: claim for name, claim in claims.items() if holds(claim)}
    return {
        name: claim
        for name, claim in kept.items()
        if all(part in kept for part in claim.get("claims", []))
    }


def _is_run(claim: Config, experiments: dict[str, Experiment]) -> bool:
    return all(name in experiments for name in compared(claim))


def _is_fair(claim: Config, experiments: dict[str, Experiment]) -> bool:
    """Whether what is compared was measured under equal conditions; counts need none."""
    counted = "metric" in claim and METRICS[claim["metric"]].deterministic
    return counted or len({experiments[name].conditions for name in compared(claim)}) <= 1


def _unlike_published(config: Config, name: str, job: Config) -> tuple[Config, ...]:
    """Each way in which a run differs from the published one; empty if in none."""
    published = config["published"]["experiments"].get(name)
    if published is None:
        return ({"what": "absent", "here": None, "there": None},)
    titles = {key: dataset["title"] for key, dataset in config["datasets"].items()}
    found = []
    if job["dataset"] != published["dataset"]:
        there = titles.get(published["dataset"], published["dataset"])
        found.append({"what": "dataset", "here": titles[job["dataset"]], "there": there})
    for kind in ("train", "test"):
        if job[f"{kind}_images"] is not None:
            taken = job[f"{kind}_images"]
            found.append({"what": f"{kind}_images", "here": taken, "there": None})
    for part in ("model", "recipe"):
        for key in sorted({*job[part], *published[part]}):
            here, there = job[part].get(key), published[part].get(key)
            if here != there:
                found.append({"what": key, "here": here, "there": there})
    return tuple(found)
