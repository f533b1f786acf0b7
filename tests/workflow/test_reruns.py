"""What an edit reruns: exactly these jobs, on the real DAG (dry runs over pretended results)."""

import os
import shutil

import pytest

from checkout import Checkout

MNIST = ["mnist_fc", "mnist_simple_cnn", "mnist_resnet18"]
KERNELS = ["mnist_kernel3", "mnist_kernel5", "mnist_kernel7"]
MATCHED = [f"mnist_kernel{size}_{what}" for size in (5, 7) for what in ("parameters", "macs")]
RESNETS = [
    *("cifar10_resnet18", "cifar10_resnet18_dropout", "cifar10_bottleneck"),
    *("cifar10_modern_resnet18", "cifar10_modern_dropout", "cifar10_modern_bottleneck"),
]
VGGS = ["cifar10_vgg_shallow", "cifar10_vgg_medium", "cifar10_vgg_deep"]
GRID = [
    f"mnist_widths__channels{channels}_learning_rate{rate}"
    for channels in ("8x16", "32x64")
    for rate in ("0_0003", "0_001", "0_003")
]
LAYERED = [
    f"cifar10_{part}"
    for part in ("base", "base_wide", "swish", "attention", "gated", "l2_pool", "all_layers")
]
LAYERS = ["swish", "channel_attention", "gated_conv2d", "l2_pool2d"]
WHITENED = ["cifar10_modern_cnn", "cifar10_modern_cnn_dropout"]
ALL = [*MNIST, *KERNELS, *MATCHED, *GRID, *RESNETS, *VGGS, *LAYERED, *WHITENED, "cifar10_fc"]
OF_KERNELS = ["kernels", "kernels_matched"]
WITH_RESNETS = ["cifar10", "depth", "blocks", "modern_residual"]
WITH_SCHEDULE = ["modern", "modern_residual"]
WITH_HISTORY = ["mnist", *OF_KERNELS, *WITH_RESNETS, "layers_at_work", "modern"]

REPORT = {"Write the report"}
PAGE = {"Make a page of the report"}
FOREST = {"Draw all claims"}
MEASURED = {"Spatial frequency of maps that claims are about"}
TIMING = {"Time training steps of the networks that claims about time name"}


def drawn(*sections):
    """One job draws all figures of a section."""
    return {f"Draw the figures of section {section}" for section in sections}


# What is drawn from comparisons and claims is drawn again with them.
DECIDED = drawn(*WITH_HISTORY, "widths") | FOREST | REPORT
ANALYSIS = {"Compare experiments and decide claims"} | DECIDED
VERIFIED = {"Verify and summarise all runs"} | ANALYSIS
CHECKS = {f"Check the layer {layer}" for layer in LAYERS}


def trained(*experiments, seeds=(0, 1)):
    return {f"Train {name}, seed {seed}" for name in experiments for seed in seeds}


def activated(*experiments):
    return {f"Activations of {name}, seed 0" for name in experiments}


def erred(*sections):
    """What is computed and drawn from the predictions of the best network of a section."""
    shown = set(sections) - {"blocks", "depth"}  # whose networks err as in section cifar10
    computed = {f"Errors of the best network of section {section}" for section in shown}
    pictured = {f"Images of the mistakes of section {section}" for section in shown}
    return computed | pictured | drawn(*sections)


FIGURES = drawn(*WITH_HISTORY, "widths") | FOREST
EVERY_RUN = (
    trained(*ALL)
    | activated("cifar10_resnet18", *KERNELS)
    | MEASURED
    | FIGURES
    | erred(*WITH_HISTORY)
    | VERIFIED
)  # fmt: skip
DIGITS = (
    trained(*MNIST, *KERNELS, *MATCHED, *GRID)
    | activated(*KERNELS)
    | MEASURED
    | TIMING
    | erred("mnist", *OF_KERNELS)
    | VERIFIED
)


PLAIN = (
    trained("mnist_simple_cnn", *KERNELS, *MATCHED, *GRID)
    | activated(*KERNELS)
    | MEASURED
    | TIMING
    | erred("mnist", *OF_KERNELS)
    | VERIFIED
)


# In place of an old and a new text: something that changes nothing but the code.
APPENDED = ("", "_ADDED = 1\n")


CODE = {
    "the residual network": (
        "models/resnet.py",
        "_STRIDES = (1, 2, 2, 2)",
        "_STRIDES = (1, 2, 2, 1)",
        trained("mnist_resnet18", *RESNETS)
        | activated("cifar10_resnet18")
        | TIMING
        | erred("mnist", *WITH_RESNETS)
        | VERIFIED,
    ),
    "the fully connected network": (
        "models/fully_connected.py",
        "nn.ReLU(inplace=True)",
        "nn.GELU()",
        trained("mnist_fc", "cifar10_fc") | TIMING | erred("mnist", "cifar10") | VERIFIED,
    ),
    "the plain convolutional network": (
        "models/simple_cnn.py",
        "nn.ReLU(inplace=True)",
        "nn.GELU()",
        PLAIN,
    ),
    "the training loop": ("training/engine.py", "model.train()", "model.eval()", EVERY_RUN),
    "what training and evaluation share": (
        "evaluation/predictions.py",
        "_BATCH = 250",
        "_BATCH = 200",
        EVERY_RUN,
    ),
    "a layer": (
        "layers/swish.py",
        *APPENDED,
        {"Check the layer swish"} | trained(*LAYERED) | erred("layers_at_work") | VERIFIED,
    ),
    "the checks of layers": (
        "evaluation/check_layer.py",
        *APPENDED,
        CHECKS | REPORT,
    ),
    "the learning curves": (
        "figures/curves.py",
        *APPENDED,
        drawn(*WITH_HISTORY) | REPORT,
    ),
    "the drawing of grids": ("figures/grid.py", *APPENDED, drawn("widths") | REPORT),
    "the drawing of schedules": (
        "figures/schedule.py",
        *APPENDED,
        drawn(*WITH_SCHEDULE) | REPORT,
    ),
    "the drawing of costs": (
        "figures/tradeoff.py",
        *APPENDED,
        drawn("mnist", "cifar10", "depth", "blocks") | REPORT,
    ),
    "the drawing of kernels": ("figures/kernels.py", *APPENDED, drawn("kernels") | REPORT),
    "the drawing of a section's claims": (
        "figures/verdicts.py",
        *APPENDED,
        drawn(*WITH_HISTORY, "widths") | REPORT,
    ),
    "the drawing of claims": ("figures/forest.py", *APPENDED, FIGURES | REPORT),
    "the kinds of figures": ("figures/kinds.py", *APPENDED, FIGURES | REPORT),
    "what figures are drawn from": ("figures/tables.py", *APPENDED, FIGURES | REPORT),
    "the style of figures": (
        "figures/style.py",
        '"nearest"',
        '"bilinear"',
        FIGURES | REPORT,
    ),
    "the activations": (
        "evaluation/activations.py",
        "default=3",
        "default=4",
        activated("cifar10_resnet18", *KERNELS) | MEASURED | ANALYSIS,
    ),
    "the verification of runs": (
        "statistics/summarise.py",
        *APPENDED,
        VERIFIED,
    ),
    "the decision of claims": (
        "statistics/claim_tests.py",
        *APPENDED,
        ANALYSIS,
    ),
    "the confusion of classes": (
        "statistics/confusion.py",
        *APPENDED,
        erred(*WITH_HISTORY) | ANALYSIS,
    ),
    "the words of the report": ("report/words.py", '".2f"', '".1f"', REPORT),
    "how numbers are written": ("language.py", *APPENDED, FIGURES | REPORT),
    "the generator of digits": (
        "datasets/generators/digits.py",
        *APPENDED,
        {"Generate digits", "Prepare digits"} | DIGITS,
    ),
    "the preparation of data": (
        "datasets/prepare.py",
        *APPENDED,
        {"Prepare digits", "Prepare shapes"} | EVERY_RUN | TIMING,
    ),
    "the loader of another format": (
        "datasets/formats/image_folder.py",
        *APPENDED,
        set(),
    ),
    "the planning": ("config/references.py", *APPENDED, set()),
    "the dispatcher": ("cli.py", "import argparse", "import string\nimport argparse", set()),
    "what a network's signature says": ("config/networks.py", *APPENDED, set()),
    "the words of faults": ("errors.py", "n=1", "n=1, cutoff=0.5", set()),
    "a docstring": ("training/engine.py", '"""The training loop."""', '"""Another."""', set()),
    "a comment": ("models/resnet.py", "_STRIDES =", "# a comment\n\n_STRIDES =", set()),
    "layout": ("models/resnet.py", "(1, 2, 2, 2)", "(\n    1,\n    2,\n    2,\n    2,\n)", set()),
}


@pytest.mark.parametrize("name", CODE)
def test_an_edit_of_code_reruns(study, name):
    file, old, new, expected = CODE[name]
    path = study.folder / "src/convstudy" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1) if old else text + new)
    assert study.planned("report.md") == expected


def learning_rate(config):
    config["experiments"]["mnist_fc"]["recipe"]["learning_rate"] = 0.002


def swapped_values(config):
    """Batch size and epochs change places: the same numbers, but another training."""
    config["experiments"]["mnist_fc"]["recipe"]["batch_size"] = 3
    config["scales"]["tour"]["experiments"]["mnist_fc"] = {"recipe": {"epochs": 64}}


def new_seed(config):
    config["experiments"]["cifar10_bottleneck"]["seeds"] = 3


def other_seed(config):
    config["experiments"]["mnist_fc"]["seeds"] = [0, 7]


def margin(config):
    config["claims"]["dropout_changes_nothing"]["margin"] = 0.01


def new_claim(config):
    config["claims"]["new"] = {
        **config["claims"]["basic_beats_bottleneck"],
        "metric": "train_accuracy",
    }


def words_of_a_claim(config):
    config["claims"]["dropout_changes_nothing"]["says"] = "dropout hardly matters"


def new_experiment(config):
    config["experiments"]["mnist_kernel9"] = {
        **config["experiments"]["mnist_kernel7"],
        "model": {"name": "simple_cnn", "channels": [8, 16], "kernel_size": 9},
    }
    config["sections"]["kernels"]["experiments"].append("mnist_kernel9")


def new_cell(config):
    config["experiments"]["mnist_widths"]["axes"]["recipe.learning_rate"].append(0.01)


NEW_CELLS = [
    f"mnist_widths__channels{channels}_learning_rate0_01" for channels in ("8x16", "32x64")
]


def removed_experiment(config):
    del config["experiments"]["cifar10_bottleneck"]
    del config["sections"]["blocks"]
    for name, claim in list(config["claims"].items()):
        if claim["section"] == "blocks":
            del config["claims"][name]
    for scale in ("tour", "quick", "small", "real"):
        del config["scales"][scale]["experiments"]["cifar10_bottleneck"]


def title_of_a_section(config):
    config["sections"]["blocks"]["title"] = "Blocks"


def title_of_an_experiment(config):
    config["experiments"]["mnist_simple_cnn"]["title"] = "a small CNN"


def another_scale(config):
    config["scales"]["full"]["seeds"] = 7


def mirror(config):
    config["datasets"]["mnist"]["mirrors"] = ["/somewhere/else"]


def order_of_keys(config):
    one = config["experiments"]["mnist_fc"]
    config["experiments"]["mnist_fc"] = dict(reversed(one.items()))


def generator(config):
    config["datasets"]["digits"]["generator"]["seed"] = 1


def language(config):
    config["language"] = "ru"


def drawn_layer(config):
    config["sections"]["kernels"]["figures"]["activations"]["layers"] = ["features.3"]


def every_confusion(config):
    config["sections"]["cifar10"]["figures"]["confusion"]["of"] = "all"


CONFIG = [
    (learning_rate, trained("mnist_fc") | TIMING | erred("mnist") | VERIFIED),
    (swapped_values, trained("mnist_fc") | TIMING | erred("mnist") | VERIFIED),
    (new_seed, trained("cifar10_bottleneck", seeds=[2]) | erred("blocks") | VERIFIED),
    (other_seed, trained("mnist_fc", seeds=[7]) | erred("mnist") | VERIFIED),
    (margin, ANALYSIS),
    (new_claim, ANALYSIS),
    (words_of_a_claim, drawn("cifar10") | FOREST | REPORT),
    (
        new_experiment,
        trained("mnist_kernel9") | erred("kernels") | VERIFIED,
    ),
    # A network's colour is its place in the config, so those below it are drawn in other ones.
    (
        removed_experiment,
        (
            VERIFIED
            | TIMING
            | drawn(*OF_KERNELS, "depth", "layers_at_work", "widths", *WITH_SCHEDULE)
        )
        - drawn("blocks"),
    ),
    (new_cell, trained(*NEW_CELLS) | VERIFIED),
    (title_of_a_section, drawn("blocks") | REPORT),
    (title_of_an_experiment, erred("mnist") | REPORT),
    (language, FIGURES | REPORT),
    (another_scale, set()),
    (mirror, set()),
    (order_of_keys, set()),
    (
        drawn_layer,
        activated(*KERNELS) | drawn("kernels") | REPORT,
    ),
    (every_confusion, erred("cifar10") | REPORT),
    (generator, {"Generate digits", "Prepare digits"} | DIGITS),
]


@pytest.mark.parametrize(("change", "expected"), CONFIG, ids=[c.__name__ for c, _ in CONFIG])
def test_an_edit_of_the_config_reruns(study, change, expected):
    study.edit_config(change)
    assert study.planned("report.md") == expected


def test_a_comment_in_the_config_reruns_nothing(study):
    path = study.folder / "config.yaml"
    path.write_text("# a comment\n\n" + path.read_text())
    assert study.planned("report.md") == set()


@pytest.mark.parametrize("file", ["report.html.j2", "report.css", "report.js"])
def test_the_look_of_the_page_reruns_the_page_alone(study, file):
    with (study.folder / "workflow/templates" / file).open("a") as template:
        template.write("\n")
    assert study.planned("report.md") == set()
    assert study.planned("report.html") == PAGE


def test_what_reruns_the_report_reruns_its_page(study):
    with (study.folder / "workflow/templates/head.md.j2").open("a") as file:
        file.write("\nA sentence.\n")
    assert study.planned("report.html") == REPORT | PAGE


@pytest.mark.parametrize("template", ["head.md.j2", "words.md.j2"])
def test_a_template_reruns_the_report(study, template):
    with (study.folder / "workflow/templates" / template).open("a") as file:
        file.write("\nA sentence.\n")
    assert study.planned("report.md") == REPORT


def test_what_was_published_reruns_the_report(study):
    path = study.folder / "published.yaml"
    path.write_text(path.read_text().replace("test_accuracy: 0.9719", "test_accuracy: 0.9718"))
    assert study.planned("report.md") == REPORT


def test_another_device_reruns_nothing(study):
    assert study.planned("report.md", "--config", "device=cpu") == set()


@pytest.mark.parametrize("when", [None, 0, 4_000_000_000])
def test_other_times_of_all_files_rerun_nothing(study, when):
    """`touch`, and clocks that jumped to 1970 or 2096; newest first, so that the order is wrong."""
    for number, path in enumerate(sorted(study.folder.rglob("*"))):
        if path.is_file() and ".snakemake" not in path.parts:
            os.utime(path, when if when is None else (when - number, when - number))
    assert study.planned("report.md") == set()


def test_a_clone_with_copied_results_reruns_nothing(pretended, tmp_path):
    """No `.snakemake`, new times, another path."""
    clone = Checkout(tmp_path, "src")
    clone.take_the_tour()
    for part in ("results", "data", "report.md"):
        source = pretended.folder / part
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, tmp_path / part)
    assert clone.planned("report.md") == set()


def test_an_edited_result_is_seen(study):
    path = study.folder / "results/tour/summary.csv"
    path.write_text("forged\n")
    assert study.planned("report.md") == ANALYSIS


def test_another_scale_is_another_report(study):
    """Though report.md stands, and nothing of that scale does."""
    jobs = study.jobs("report.md", "--config", "scale=full")
    assert jobs["report"] == 1 and jobs["train"] > 10
