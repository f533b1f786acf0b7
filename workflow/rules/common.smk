"""The study, paths, and the slices that jobs are given; with datasets.smk all of our Python here."""

import gc
import os
import re
from functools import cache
from pathlib import Path

from snakemake.common.configfile import load_configfile
from snakemake.exceptions import WorkflowError
from snakemake.utils import update_config

from convstudy.cli import COMMANDS
from convstudy.config import catalogue, cost, inspected, reading, slices
from convstudy.config.study import load
from convstudy.engine import WORKFLOW
from convstudy.errors import StudyError
from convstudy.figures import kinds
from convstudy.files import canonical_json, read_json
from convstudy.fingerprint import fingerprint
from convstudy.named import layer, network

# Jobs and files of the DAG stay: to look for what could be freed took an eighth of a dry run.
gc.set_threshold(200_000)

# Beside this file, whichever Snakefile includes it (of one from a git URL, in the checkout that is
# installed); the study is in the working directory.
_workflow = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parent
if not _workflow.is_dir():
    _workflow = WORKFLOW
_catalogue = reading.read(_workflow / "catalogue.yaml")


def read_again():
    """Put the config by YAML 1.2 in place of what Snakemake has made of the same files by 1.1."""
    overlays = workflow.overwrite_configfiles
    own = workflow.configfiles[len(overlays) :]
    if workflow.modifier.skip_configfile:  # a module, which is handed its config
        if config != as_snakemake_reads(own):  # the user's Snakefile has made it
            return
        own += [path for path in ("published.yaml",) if path not in own and os.path.isfile(path)]
    replaced = workflow.config_settings.replace_workflow_config
    files = [*([] if replaced else own), *overlays]
    read = reading.whole(
        [Path(os.path.relpath(path)) for path in files], workflow.config_settings.config
    )
    config.clear()  # in place: a module shares it with the user's Snakefile, where jobs look it up
    config.update(read)


def as_snakemake_reads(files):
    """The config of these files, and what the command line lays over them."""
    read = {}
    for path in files:
        update_config(read, load_configfile(path))
    update_config(read, workflow.config_settings.overwrite_config)
    return read


# ── Paths ────────────────────────────────────────────────────────────────────────────────────────
def result(*parts):
    """Path of a result of the chosen scale; scales never share a folder."""
    return str(Path("results", config["scale"], *parts))


def run_of(name):
    """Path of a file of one run."""
    return result("runs", "{experiment}", "seed{seed}", name)


def is_trained(one, seed):
    """Whether that run is whole, its metrics are written last, and of this config and code."""
    path = Path(run_of("metrics.json").format(experiment=one.name, seed=seed))
    if not path.is_file():
        return False
    run = read_json(path)
    code = fingerprint(COMMANDS["train"], network(one.slice["model"]["name"])[0])
    return (run.get("slice"), run.get("code")) == (one.slice, code)


@cache
def images_of_data(dataset):
    """Shape, classes and images of a data set, and how sure they are."""
    return inspected.images_of(Path(f"data/prepared/{dataset}.json"), STUDY.datasets[dataset])


try:
    read_again()
    catalogue.complete(config, _catalogue)
    STUDY = load(config, is_trained)
    COUNTED = inspected.inspect(
        {name: (one.slice, *images_of_data(one.dataset)) for name, one in STUDY.experiments.items()}
    )
except StudyError as error:
    raise WorkflowError(str(error)) from None


def runs(name, experiments):
    """That file of every run of these experiments."""
    return [
        run_of(name).format(experiment=experiment, seed=seed)
        for experiment in experiments
        for seed in STUDY.experiments[experiment].seeds
    ]


def state_of(wildcards):
    """Where an unfinished training of a run keeps its state."""
    return str(Path(STATES, wildcards.experiment, f"seed{wildcards.seed}.pt"))


def prepared(experiment, suffix):
    """The prepared data set of an experiment: tensors (pt) or description (json)."""
    return f"data/prepared/{STUDY.experiments[experiment].dataset}.{suffix}"


@cache
def cost_of(experiment):
    """What a training asks for."""
    one = STUDY.experiments[experiment]
    return cost.of_experiment(one.slice, images_of_data(one.dataset)[0], COUNTED.get(experiment))


def images_of(section, suffix):
    """The prepared data set on which the networks of a section are compared."""
    return f"data/prepared/{slices.pictures(STUDY, section)['dataset']}.{suffix}"


OVERLAYS = [os.path.relpath(path) for path in workflow.overwrite_configfiles]
RESULTS = result()
TIMING = result("timing.json")
RUNS = result("runs")
STATES = result("state")
TEMPLATE_FOLDER = os.path.relpath(_workflow / "templates")  # the same in every checkout
TEMPLATES = sorted(map(str, Path(TEMPLATE_FOLDER).rglob("*.md.j2")))
PAGE_TEMPLATES = [f"{TEMPLATE_FOLDER}/report.{kind}" for kind in ("html.j2", "css", "js")]
# Whatever words it writes depends on it: changing the language reruns reports and figures alone.
CATALOGUE = os.path.relpath(_workflow / "locale" / f"{STUDY.language}.po")


def keys(names):
    """Wildcard constraint: one of these keys of the config."""
    return "|".join(map(re.escape, names)) or "(?!)"


wildcard_constraints:
    experiment=keys(STUDY.experiments),
    section=keys(STUDY.sections),
    seed=r"\d+",


# ── Code and slices of jobs ──────────────────────────────────────────────────────────────────────
CODE = {}  # every fingerprint in use, and what it is made of


def code(command, *modules):
    """Fingerprint of a command's code and of the modules that it imports by name."""
    try:
        found = fingerprint(COMMANDS[command], *modules)
    except StudyError as error:
        raise WorkflowError(str(error)) from None
    CODE.setdefault(found, (COMMANDS[command], *modules))
    return found


def module_of(experiment):
    """The module that builds an experiment's network: the one that training imports."""
    return network(STUDY.experiments[experiment].slice["model"]["name"])[0]


def code_of_training(experiment):
    """Fingerprint of everything that an experiment's training reaches."""
    return code("train", module_of(experiment))


def sliced(what):
    """A param with a job's slice, `what` or a function of wildcards, as canonical JSON.

    Snakemake takes `{words}` in params for wildcards of its own, and texts of the config may hold
    any; what a function gives it leaves alone.
    """
    return lambda wildcards: canonical_json(what(wildcards) if callable(what) else what)


def expected_runs():
    """What every run has to have been made from."""
    return {
        name: {"seeds": one.seeds, "slice": one.slice, "code": code_of_training(name)}
        for name, one in STUDY.experiments.items()
    }


def reported():
    """All that the report says of the config, and all that `convstudy verify` makes it again from."""
    return {
        "report": slices.reporting(STUDY, OVERLAYS, workflow.config_settings.config),
        "runs": expected_runs(),
        "analysis": slices.analysis(STUDY),
        "drawn": slices.drawn(STUDY),
        "errors": {name: slices.errors(STUDY, name) for name in sections_with_errors()},
    }


# ── What single claims are about ─────────────────────────────────────────────────────────────────
TIMED = slices.timing(STUDY)
MEASURED = slices.measured(STUDY)


def data_of(experiments, suffix):
    """The prepared data sets of these experiments."""
    return list(dict.fromkeys(prepared(experiment, suffix) for experiment in experiments))


def modules_of(experiments):
    """The modules that build the networks of these experiments."""
    return list(dict.fromkeys(map(module_of, experiments)))


def measured():
    """What claims are decided by beside the summary, the records and the predictions."""
    return runs("frequency.json", MEASURED) + ([TIMING] if TIMED else [])


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────
def sections_with_errors():
    """Sections that show how their best network errs."""
    return [
        name for name, one in STUDY.sections.items() if kinds.needs(one["figures"]) & kinds.OF_BEST
    ]


def figures_of(section):
    """Where each figure of a section is, by its kind."""
    shown = STUDY.sections[section]["figures"]
    return {kind: result("figures", section, f"{kind}.png") for kind in shown}


def figures():
    """All figures of the report."""
    drawn = [path for name in STUDY.sections for path in figures_of(name).values()]
    return [*drawn, result("figures", f"{kinds.FOREST}.png")]


def drawn_from(section):
    """The files that figures of a section are drawn from."""
    job = slices.drawing(STUDY, section)
    return [result(path) for path in kinds.files(section, job, *job["figures"])]


def modules_of_figures(section):
    """The modules that draw the figures of a section, by name."""
    return [kinds.module(kind) for kind in STUDY.sections[section]["figures"]]


def caption(kind):
    """What `snakemake --report` says below a figure; of a new kind only whose it is."""
    own = _workflow / "report" / f"{kind}.rst"
    return f"../report/{kind if own.is_file() else 'figure'}.rst"
