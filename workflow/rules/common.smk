"""The only Python of the workflow: the study, paths, and the slices that jobs are given."""

import os
from functools import cache
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError

from convstudy.cli import COMMANDS
from convstudy.config import cost, slices
from convstudy.config.study import load
from convstudy.errors import StudyError
from convstudy.files import canonical_json, listing_digest, read_json
from convstudy.fingerprint import fingerprint

_workflow = Path(workflow.basedir, "workflow")
_schema = yaml.safe_load((_workflow / "schemas/config.schema.yaml").read_text(encoding="utf-8"))


# ── Paths ────────────────────────────────────────────────────────────────────────────────────────
def result(*parts):
    """Path of a result of the chosen scale; scales never share a folder."""
    return str(Path("results", config["scale"], *parts))


def run_of(name):
    """Path of a file of one run."""
    return result("runs", "{experiment}", "seed{seed}", name)


def is_trained(experiment, seed):
    """The metrics are written last: where they are, the run is whole."""
    return Path(run_of("metrics.json").format(experiment=experiment, seed=seed)).is_file()


try:
    STUDY = load(config, _schema, is_trained)
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
    """What a training asks for; by the official sizes until its data set is prepared."""
    one = STUDY.experiments[experiment]
    try:
        found = read_json(Path(prepared(experiment, "json")))
        data = {**found, "classes": len(found["classes"])}
    except StudyError:
        data = cost.expected_data(STUDY.datasets[one.dataset])
    return cost.of_experiment(one.slice, data)


def images_of(section, suffix):
    """The prepared data set on which the networks of a section are compared."""
    return f"data/prepared/{slices.pictures(STUDY, section)['dataset']}.{suffix}"


OVERLAYS = [os.path.relpath(path) for path in workflow.overwrite_configfiles]
RESULTS = result()
TIMING = result("timing.json")
RUNS = result("runs")
STATES = result("state")
TEMPLATE_FOLDER = os.path.relpath(_workflow / "templates")  # the same in every checkout
TEMPLATES = sorted(map(str, Path(TEMPLATE_FOLDER).glob("*.md.j2")))
PAGE_TEMPLATES = [f"{TEMPLATE_FOLDER}/report.{kind}" for kind in ("html.j2", "css", "js")]
# Whatever words it writes depends on it: changing the language reruns reports and figures alone.
CATALOGUE = os.path.relpath(_workflow / "locale" / f"{STUDY.language}.po")


# ── Data ─────────────────────────────────────────────────────────────────────────────────────────
FETCHED = [name for name, dataset in STUDY.datasets.items() if dataset["files"]]
GENERATED = {
    kind: [n for n, d in STUDY.datasets.items() if d.get("generator", {}).get("name") == kind]
    for kind in ("digits", "shapes")
}
# Generators write the official files of their format.
GENERATED_FILES = {
    "digits": [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ],
    "shapes": ["cifar-10-python.tar.gz"],
}

# Mirrors change where a file comes from, not what it is. A plain name is expanded in the shell
# line without being tracked, so a new mirror reruns nothing.
# A mirror of the user's comes first, laid out <dataset>/<file> or flat.
_own = config["data_mirror"]
MIRRORS = canonical_json(
    {
        name: ([f"{_own}/{name}", _own] if _own else []) + dataset["mirrors"]
        for name, dataset in STUDY.datasets.items()
    }
)


def keys(names):
    """Wildcard constraint: one of these keys of the config."""
    return "|".join(names) or "(?!)"


def raw_files(dataset):
    """What a data set is prepared from: files under data/raw, or the user's own folder."""
    one = STUDY.datasets[dataset]
    if "folder" in one:
        return [one["folder"]]
    names = one["files"] or GENERATED_FILES[one["generator"]["name"]]
    return [f"data/raw/{dataset}/{name}" for name in names]


def with_checksums(files):
    """Raw files and the small files beside them that hold their checksums."""
    return [*files, *(f"{file}.sha256" for file in files)]


def checksums_of(dataset):
    """By these a change of raw files is seen; a folder's listing is in the slice instead."""
    if "folder" in STUDY.datasets[dataset]:
        return []
    return [f"{file}.sha256" for file in raw_files(dataset)]


def preparation(dataset):
    """All of the config that the prepared tensors depend on."""
    one = STUDY.datasets[dataset]
    return {
        "dataset": dataset,
        "title": one["title"],
        "format": one["format"],
        "generated": "generator" in one,
        "files": one["files"] or {Path(file).name: {} for file in raw_files(dataset)},
        "options": {k: one[k] for k in ("image_size", "colour", "folder", "classes") if k in one},
        "generator": one.get("generator"),
        "listing": listing_digest(Path(one["folder"])) if "folder" in one else None,
    }


def modules_of_data(dataset):
    """Modules that preparation reaches by name: the format's, and the generator's."""
    one = STUDY.datasets[dataset]
    modules = [f"convstudy.datasets.formats.{one['format']}"]
    if "generator" in one:
        modules += [
            COMMANDS["generate"],
            f"convstudy.datasets.generators.{one['generator']['name']}",
        ]
    return modules


wildcard_constraints:
    experiment=keys(STUDY.experiments),
    section=keys(STUDY.sections),
    seed=r"\d+",


# ── Code and slices of jobs ──────────────────────────────────────────────────────────────────────
CODE = {}  # every fingerprint in use, and what it is made of


def code(command, *modules):
    """Fingerprint of a command's code and of the modules that it imports by name."""
    found = fingerprint(COMMANDS[command], *modules)
    CODE.setdefault(found, (COMMANDS[command], *modules))
    return found


def module_of_model(experiment):
    """The module that builds the experiment's network."""
    return f"convstudy.models.{STUDY.experiments[experiment].slice['model']['name']}"


def code_of_training(experiment):
    """Fingerprint of everything that an experiment's training reaches."""
    return code("train", module_of_model(experiment))


def expected_runs():
    """What every run has to have been made from."""
    return {
        name: {"seeds": one.seeds, "slice": one.slice, "code": code_of_training(name)}
        for name, one in STUDY.experiments.items()
    }


def reported():
    """All that the report says of the config, and all that `convstudy verify` makes it again from."""
    return {
        "report": slices.reporting(STUDY, OVERLAYS),
        "runs": expected_runs(),
        "analysis": slices.analysis(STUDY),
        "confusion": {n: slices.candidates(STUDY, n) for n in sections_with("confusion")},
        "grids": {n: slices.grid(STUDY, n) for n in sections_with("grid")},
        "errors": {n: slices.candidates(STUDY, n) for n in sections_with(*ERRORS)},
    }


# ── What single claims are about ─────────────────────────────────────────────────────────────────
TIMED = slices.timing(STUDY)


def data_of_timing(suffix):
    """The prepared data sets of the networks that are timed."""
    return list(dict.fromkeys(prepared(experiment, suffix) for experiment in TIMED))


def code_of_timing():
    """Fingerprint of the timing and of the networks that it builds."""
    return code("timing", *dict.fromkeys(map(module_of_model, TIMED)))


def measured():
    """What claims are decided by beside the summary, the records and the predictions."""
    asked = [name for name in STUDY.experiments if slices.measured_layers(STUDY, name)]
    return runs("frequency.json", asked) + ([TIMING] if TIMED else [])


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────
# Kinds of figures that show how the best network of a section errs.
ERRORS = ("mistakes", "calibration", "recalls")


def sections_with(*kinds):
    """Sections that show a figure of one of these kinds."""
    return [name for name, one in STUDY.sections.items() if set(kinds) & set(one["figures"])]


def figures():
    """All figures of the report."""
    return [
        result("figures", name, f"{kind}.png")
        for name, section in STUDY.sections.items()
        for kind in section["figures"]
    ] + [result("figures", "forest.png")]


def shown_activations(section):
    """Activation files of an activation grid."""
    return [
        run_of("activations.npz").format(experiment=one["experiment"], seed=one["seed"])
        for one in slices.drawing_of_activations(STUDY, section)["experiments"]
    ]
