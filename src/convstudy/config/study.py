"""From a config to the study as it will be run: scale applied, experiments resolved."""

import copy
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from convstudy.config import grids, networks, references
from convstudy.config.claim_kinds import compared, with_classes_as_spelt
from convstudy.config.experiments import (
    Config,
    Experiment,
    at_scale,
    comparable,
    left_open,
    of_config,
)
from convstudy.config.faults import complete, faults
from convstudy.config.metrics import METRICS
from convstudy.config.schema import whole as models
from convstudy.config.schema.recipe import Recipe
from convstudy.errors import StudyError

IsTrained = Callable[[Experiment, int], bool]  # (experiment, seed), at the scale of the config


@dataclass(frozen=True)
class Study:
    """Everything that the workflow needs to know of the config."""

    title: str | None  # of the report
    scale: str
    scales: tuple[str, ...]  # all that there are
    language: str
    purpose: str | None
    minimum_seeds: int
    experiments: dict[str, Experiment]
    datasets: dict[str, Config]  # those that the experiments use
    layers: tuple[str, ...]
    sections: dict[str, Config]  # of experiments (without those left out) or of layers
    claims: dict[str, Config]  # those whose experiments this scale runs
    incomparable: dict[str, Config]  # claims whose experiments this scale trains unlike each other
    order: tuple[str, ...]  # all experiments of the config, whether this scale runs them or not
    left_out: Config  # by the scale: titles of sections, single networks, words of claims
    grids: dict[str, Config]  # title, axes, cells
    missing: dict[str, Config]  # title, seeds: with `allow_missing`, runs that are not trained yet
    published: Config


def load(config: Config, is_trained: IsTrained | None = None) -> Study:
    """Complete, check and resolve `config`; `StudyError` names all of its faults at once.

    `is_trained` is asked, run by run, only under `allow_missing`; the study is then what is there.
    """
    networks.of_network.cache_clear()  # whose sources may have changed
    given, config = config, copy.deepcopy(config)
    blankets = left_open(config)
    complete(config, models.Config)
    for key, value in config.items():
        given.setdefault(key, value)  # settings that rules read
    found = faults(config, models.Config)
    with suppress(AttributeError, KeyError, TypeError):  # faults of shape, which are found
        for scale, recipes in blankets.items():
            own = config["scales"][scale]["recipes"]
            for name, settings in recipes.items():
                own[name] = {**settings, **own.get(name, {})}
    expanded, faulty = grids.expand(config)
    # An axis that is misspelt names its cells, of which nothing else should be said then.
    cells = _faults_of_cells(config, expanded)
    found += faulty + (cells or references.faults(config, expanded))
    # What a scale changes can be checked only in experiments that are whole themselves.
    found = found or _faults_of_scales(config)
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
    cells = {
        name: (of, cell) for of, grid in expanded.items() for name, cell in grid["cells"].items()
    }
    planned = {name: of_config(config, name, *cells.get(name, (None, {}))) for name in names}
    experiments = _trained(planned, config["scale"], is_trained) if is_trained else planned
    used = {experiment.dataset for experiment in experiments.values()}
    sections = {}
    for name, section in reported.items():
        kept = _section(section, experiments, expanded)
        if kept["experiments"] or kept["layers"]:
            sections[name] = kept
    answerable = _claims(
        {name: with_classes_as_spelt(one) for name, one in config["claims"].items()},
        lambda one: one["section"] in reported and _is_run(one, experiments),
    )
    pointless = scale["without_claims"]
    asked = _claims(
        {name: one for name, one in answerable.items() if name not in pointless}, lambda _: True
    )
    claims = _claims(
        asked, lambda one: _is_fair(one, experiments, sections[one["section"]]["compares"])
    )
    for name in sections.keys() - {claim["section"] for claim in claims.values()}:
        sections[name]["figures"].pop("verdicts", None)
    return Study(
        scale=config["scale"],
        scales=tuple(config["scales"]),
        language=config["language"],
        title=config["title"],
        purpose=scale["purpose"],
        minimum_seeds=config["minimum_seeds"],
        experiments=experiments,
        datasets={name: one for name, one in config["datasets"].items() if name in used},
        layers=tuple(layer for section in sections.values() for layer in section["layers"]),
        sections=sections,
        claims=claims,
        incomparable={name: claim for name, claim in asked.items() if name not in claims},
        order=tuple(config["experiments"]),
        left_out={
            **_left_out(config, sections, names),
            "claims": [one["says"] for name, one in answerable.items() if name not in asked],
        },
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
    shown = dict.fromkeys(
        name for section in sections for name in config["sections"][section]["experiments"]
    )
    single = [config["experiments"][name] for name in shown if name not in names]
    return {
        "sections": [
            one["title"] for name, one in config["sections"].items() if name not in sections
        ],
        "networks": [
            {"title": one["title"], "dataset_title": config["datasets"][one["dataset"]]["title"]}
            for one in single
        ],
    }


def _trained(
    planned: dict[str, Experiment], scale: str, is_trained: IsTrained
) -> dict[str, Experiment]:
    """The experiments with those of their seeds that are trained, without those that have none."""
    kept = {}
    for name, one in planned.items():
        seeds = tuple(seed for seed in one.seeds if is_trained(one, seed))
        if seeds:
            kept[name] = replace(one, seeds=seeds)
    if not kept:
        raise StudyError(
            f"allow_missing: no run of scale '{scale}' is trained yet with this config and code. "
            "Run without it first."
        )
    return kept


def _missing(planned: dict[str, Experiment], kept: dict[str, Experiment]) -> dict[str, Config]:
    found = {}
    for name, one in planned.items():
        seeds = [s for s in one.seeds if name not in kept or s not in kept[name].seeds]
        if seeds:
            found[name] = {"title": one.title, "meant_for": one.meant_for, "seeds": seeds}
    return found


def _faults_of_cells(config: Config, expanded: Config) -> list[str]:
    """What is wrong with the cells of grids as experiments, whatever a scale makes of them."""
    found = [
        said
        for name, grid in expanded.items()
        for cell in grid["cells"]
        if cell in config["experiments"]
        for said in faults(config["experiments"][cell], models.Experiment, f"experiments.{name}")
    ]
    return list(dict.fromkeys(found))


def _faults_of_scales(config: Config) -> list[str]:
    """What a scale lays over an experiment is checked where it ends up: in the whole experiment."""
    found: list[str] = []
    for scale in config["scales"]:
        for name in config["experiments"]:
            touched = name in config["scales"][scale]["experiments"]
            at = f"scales.{scale}.experiments.{name}" if touched else f"experiments.{name}"
            whole = at_scale(config, scale, name)
            found += faults(whole, models.Experiment, at)
            key, recipe = f"{at}.recipe", whole["recipe"]
            named = [*references.of_name(config, key, recipe)]
            wrong = named or faults({k: recipe[k] for k in recipe if k != "name"}, Recipe, key)
            found += wrong or references.of_recipe(key, recipe)
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


def _is_fair(claim: Config, experiments: dict[str, Experiment], what: str) -> bool:
    """Whether what is compared was measured under equal conditions; counts need none."""
    counted = "metric" in claim and METRICS[claim["metric"]].deterministic
    return counted or comparable(experiments, compared(claim), what)
