"""A finished study of six trained networks on a few images, made without Snakemake."""

import importlib
import io
import json
import sys
from pathlib import Path
from unittest.mock import patch

import torch

from convstudy.config import slices
from convstudy.config.study import load
from convstudy.files import canonical_json, write_json
from convstudy.fingerprint import fingerprint
from convstudy.statistics import errors
from convstudy.verification import again

from checkout import ROOT, study_config

KEPT = ("kernels", "layers")
WORDS = ROOT / "workflow/locale/en.po"
TEMPLATES = ROOT / "workflow/templates"


def configured():
    config = study_config()
    scale = config["scales"]["quick"]
    scale |= {
        "seeds": 2,
        "without_sections": [one for one in config["sections"] if one not in KEPT],
    }
    scale["recipes"] = {name: {"epochs": 1} for name in config["recipes"]}
    scale["experiments"] = {}
    config["datasets"]["digits"]["generator"] |= {"train_images": 60, "test_images": 40}
    return load(
        {**config, "scale": "quick"},
    )


def call(module, given, *arguments):
    with patch.object(sys, "stdin", io.StringIO(canonical_json(given))):
        importlib.import_module(module).main([str(one) for one in arguments])


def make(folder: Path) -> Path:
    """In `folder`: data, results/quick, report.md, report.html; by the commands of the rules."""
    study, results, data = configured(), folder / "results/quick", folder / "data/prepared"
    threads = torch.get_num_threads()
    raw, dataset = folder / "data/raw/digits", study.datasets["digits"]
    call("convstudy.datasets.generate", dataset["generator"], "--output-folder", raw)
    prepared = {**dataset, "dataset": "digits", "generated": True, "options": {}}
    prepared["files"] = {one.name: {} for one in raw.iterdir() if one.suffix != ".sha256"}
    files = ["--tensors", data / "digits.pt", "--description", data / "digits.json"]
    call("convstudy.datasets.prepare", prepared, "--raw-folder", raw, *files)
    code = fingerprint("convstudy.training.train", "convstudy.models.simple_cnn")
    runs = results / "runs"
    for name, one in study.experiments.items():
        for seed in one.seeds:
            whose = ["--experiment", name, "--seed", seed, "--code", code, "--device", "cpu"]
            where = ["--folder", runs / name / f"seed{seed}"]
            call("convstudy.training.train", one.slice, *whose, *files, *where)
    asked = reported(study, code)
    summary = results / "summary.csv"
    call("convstudy.statistics.summarise", asked["runs"], "--runs", runs, "--output", summary)
    for section, job in asked["errors"].items():
        write_json(results / "errors" / f"{section}.json", errors.of_section(runs, job))
    made = [*again.of_study(json.loads(canonical_json(asked)), results, data, WORDS)]
    for one in [each for each in made if each.path.suffix != ".png"]:
        call(one.module, json.loads(one.given), *one.arguments, "--output", one.path)
    tables = ["--comparisons", results / "comparisons.json", "--claims", results / "claims.json"]
    tables += ["--summary", summary, "--runs", runs, "--timing", results / "timing.json"]
    call("convstudy.statistics.analyse", asked["analysis"], *tables)
    for one in [each for each in made if each.path.suffix == ".png"]:
        call(one.module, json.loads(one.given), *one.arguments, "--output", one.path)
    words = ["--templates", TEMPLATES, "--words", WORDS]
    report = ["--results", results, "--data", data, "--output", folder / "report.md", *words]
    call("convstudy.report.render", asked, *report)
    page = ["--report", folder / "report.md", "--results", results, *words]
    call("convstudy.report.html", {}, *page, "--output", folder / "report.html")
    torch.set_num_threads(threads)
    return folder


def reported(study, code):
    """As the workflow puts it together."""
    with_errors = [name for name, one in study.sections.items() if "mistakes" in one["figures"]]
    return {
        "report": slices.reporting(study),
        "runs": {
            name: {"seeds": one.seeds, "slice": one.slice, "code": code}
            for name, one in study.experiments.items()
        },
        "analysis": slices.analysis(study),
        "drawn": slices.drawn(study),
        "errors": {name: slices.errors(study, name) for name in with_errors},
    }
