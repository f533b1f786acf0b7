"""What single jobs are told of the study: plain JSON values, nothing that they do not use."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from convstudy.config.claim_kinds import compared
from convstudy.config.experiments import comparable
from convstudy.config.grids import axis_in_words, shown
from convstudy.config.stated import stated_values
from convstudy.config.study import Study
from convstudy.config.torchvision_sets import is_generated
from convstudy.figures.kinds import OF_LAYERS, needs

Slice = dict[str, Any]


def analysis(study: Study) -> Slice:
    """Which experiments are compared, and the claims about them; their words decide nothing."""
    return {
        "minimum_seeds": study.minimum_seeds,
        "sections": {n: s["experiments"] for n, s in study.sections.items() if s["experiments"]},
        "claims": {
            name: {key: value for key, value in claim.items() if key != "says"}
            for name, claim in study.claims.items()
        },
    }


def errors(study: Study, section: str) -> Slice:
    """The experiments of a section, of which the best is looked at; of all if so asked."""
    of = study.sections[section]["figures"].get("confusion", {}).get("of", "best")
    return {
        "experiments": {
            name: {"title": study.experiments[name].title, "seeds": study.experiments[name].seeds}
            for name in _comparable(study, section)
        },
        **({"of": of} if of == "all" else {}),
    }


def _figures(study: Study, section: str) -> Slice:
    """Kinds and options of the figures of a section; of a grid also what it is over."""
    shown = study.sections[section]["figures"]
    return {
        kind: {**options, **(_grid(study, options["of"]) if kind == "grid" else {})}
        for kind, options in shown.items()
    }


def _grid(study: Study, name: str) -> Slice:
    """Axes and cells of a grid, values in words; of the cells those that are run."""
    one = study.grids[name]
    run = {cell: study.experiments[cell] for cell in one["cells"] if cell in study.experiments}
    return {
        "title": one["title"],
        "dataset": study.datasets[next(iter(run.values())).dataset]["title"],
        "axes": [
            {"name": axis_in_words(axis), "values": [shown(value) for value in values]}
            for axis, values in one["axes"].items()
        ],
        "cells": [
            {"experiment": cell, "values": [shown(v) for v in one["cells"][cell].values()]}
            for cell in run
        ],
    }


def pictures(study: Study, section: str) -> Slice:
    """Of which images the predictions are; equal for all candidates."""
    job = study.experiments[_comparable(study, section)[0]].slice
    return {key: job[key] for key in ("dataset", "normalise", "train_images", "test_images")}


def _comparable(study: Study, section: str) -> list[str]:
    """Of a section that a scale trains under different conditions, the largest equal group."""
    groups: dict[str, list[str]] = {}
    one = study.sections[section]
    for name in one["experiments"]:
        conditions = study.experiments[name].conditions(one["compares"])
        groups.setdefault(conditions, []).append(name)
    return max(groups.values(), key=len)


def drawing(study: Study, section: str) -> Slice:
    """What the figures of a section show, and their options."""
    one = study.sections[section]
    first = study.experiments[one["experiments"][0]]
    return {
        "title": one["title"],
        "dataset": study.datasets[first.dataset]["title"],
        "experiments": [_member(study, section, name) for name in one["experiments"]],
        "figures": _figures(study, section),
        **({"claims": _said(study, section)} if "verdicts" in one["figures"] else {}),
    }


def _said(study: Study, section: str) -> list[Slice]:
    """The claims of a section in the order of the config, with their words."""
    return [
        {"claim": name, "says": claim["says"]}
        for name, claim in study.claims.items()
        if claim["section"] == section
    ]


def _member(study: Study, section: str, name: str) -> Slice:
    """An experiment as figures need it; its colour is its place in the config, everywhere."""
    one = study.experiments[name]
    colour = study.order.index(name)
    member = {"experiment": name, "title": one.title, "colour": colour, "seeds": one.seeds}
    if not one.unlike_published:
        values = {
            source: stated_values(study.published, section, source).get(name)
            for source in ("results", "log")
        }
        if any(values.values()):
            member["published"] = {key: of["test_accuracy"] for key, of in values.items() if of}
    return member


def drawn_layers(study: Study, experiment: str) -> list[str]:
    """Layers of an experiment whose maps or kernels any section shows."""
    return sorted(
        {
            layer
            for section in study.sections.values()
            for kind in OF_LAYERS
            if experiment in section["figures"].get(kind, {}).get("experiments", [])
            for layer in section["figures"][kind]["layers"]
        }
    )


def wording(study: Study) -> Slice:
    """The claims in the order of the report, with their words; a list keeps the order."""
    return {"claims": [one for section in study.sections for one in _said(study, section)]}


def measured(study: Study) -> Slice:
    """The runs whose maps claims are about, and the layers of these maps."""
    layers: dict[str, set[str]] = {}
    for claim in study.claims.values():
        if claim.get("metric") == "activation_frequency":
            for name in compared(claim):
                layers.setdefault(name, set()).add(claim["layer"])
    return {
        name: {"slice": one.slice, "seeds": one.seeds, "layers": sorted(layers[name])}
        for name, one in study.experiments.items()
        if name in layers
    }


def timing(study: Study) -> Slice:
    """The networks that claims about time are about, in the order of the config."""
    claims = [one for one in study.claims.values() if one.get("metric") == "step_seconds"]
    names = {name for claim in claims for name in compared(claim)}
    return {name: one.slice for name, one in study.experiments.items() if name in names}


def drawn(study: Study) -> Slice:
    """What all figures and the files behind them are made from, so that they can be made again."""
    sections = study.sections.items()
    return {
        "sections": {name: drawing(study, name) for name, one in sections if one["experiments"]},
        "pictures": {
            name: pictures(study, name)
            for name, one in sections
            if "pictures" in needs(one["figures"])
        },
        "forest": wording(study),
        "drawn_layers": {
            name: found for name in study.experiments if (found := drawn_layers(study, name))
        },
        "measured_layers": {name: one["layers"] for name, one in measured(study).items()},
    }


def reporting(
    study: Study, overlays: Sequence[str] = (), given: Mapping[str, Any] | None = None
) -> Slice:
    """All of the config that the report prints; lists, since canonical JSON forgets an order.

    `overlays` are the files that were laid over config.yaml, `given` the settings that were given
    beside it: with both, a command makes the same report again.
    """
    aside = ("device", "data_mirror")  # no result depends on them
    kept = {key: value for key, value in (given or {}).items() if key not in aside}
    return {
        "scale": study.scale,
        "scales": study.scales,
        "language": study.language,
        "overlays": list(overlays),
        "settings": {"scale": study.scale, "language": study.language, **kept},
        "title": study.title,
        "purpose": study.purpose,
        "left_out": study.left_out,
        "missing": list(study.missing.values()),
        "published": study.published,
        "data": {
            name: {
                "title": one["title"],
                "format": one["format"],
                "generated": is_generated(one),
                "about": one.get("about"),
            }
            for name, one in study.datasets.items()
        },
        "experiments": [asdict(one) for one in study.experiments.values()],
        "sections": [
            {
                **one,
                "name": name,
                "figures": list(one["figures"]),
                "shown": _figures(study, name),
                "mixed": not comparable(study.experiments, one["experiments"], one["compares"]),
            }
            for name, one in study.sections.items()
        ],
        "incomparable": [{**claim, "name": name} for name, claim in study.incomparable.items()],
        "claims": [{**claim, "name": name} for name, claim in study.claims.items()],
    }
