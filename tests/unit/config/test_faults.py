"""Every fault of a config is named by its key, with the remedy, all of them at once."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from convstudy.config.schema.whole import Config
from convstudy.config.study import load
from convstudy.errors import StudyError

from checkout import put


def fault_lines(config):
    with pytest.raises(StudyError) as caught:
        load(config)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("scale", "ful", "scale: no scale is named 'ful'; did you mean 'full'?"),
        ("device", "gpu", "device: 'gpu' is not one of its values: auto, cpu, cuda"),
        ("experiments.mnist_fc.title", "a\u202eb", "mnist_fc.title: 'a\\u202eb' has a form that is not allowed here (one line, without"),
        ("claims.cnn_is_smaller.says", "smaller\n", "says: 'smaller\\n' has a form that is not allowed"),
        ("datasets.mnist.title", "\u2066MNIST", "datasets.mnist.title: '\\u2066MNIST' has a form"),
        ("sections.mnist.about", "a\u200fb", "sections.mnist.about: 'a\\u200fb' has a form"),
        ("experiments.x\n", {}, "has a form that is not allowed here"),
        ("datasets.mnist.classes", ["a", "b\x9b"], "'b\\x9b' has a form"),
        ("sede", 3, "the config: unknown key 'sede'; did you mean 'seeds'?"),
        ("seeds", 0, "seeds: 0 is out of range or of the wrong type; give a count"),
        ("seeds", [1, 1], "seeds: [1, 1] is out of range"),
        ("seeds", [0, "x"], 'seeds: [0, "x"] is out of range'),
        ("scales.real.experiments.cifar10_fc.seeds", "x", "or of the wrong type; give a count n for the seeds"),
        (
            "claims.cnn_passes_80_percent.threshold",
            80,
            "claims.cnn_passes_80_percent.threshold: 80 is outside 0 to 1; shares are fractions",
        ),
        ("minimum_seeds", "five", "minimum_seeds: 'five' has the wrong type; give a whole number"),
        ("recipes.classic.epochs", 0, "recipes.classic.epochs: 0 is less than the minimum of 1"),
        ("recipes.classic.learning_rate", "fast", "recipes.classic.learning_rate: 'fast' has"),
        ("recipes.classic.weight_decay", 0.1, "recipe.weight_decay: is for adamw and sgd, not for adam"),
        ("recipes.classic.momentum", 0.9, "mnist_fc.recipe.momentum: is for sgd, not for adam"),
        ("experiments.mnist_fc.recipe", {"name": "classic", "optimizer": "sgd", "nesterov": True}, "mnist_fc.recipe.nesterov: needs a momentum above zero"),
        ("recipes.frugal.weight_decay", 0.0, "recipe.decay_norms: needs a weight_decay above zero"),
        ("recipes.frugal.views", 3, "recipes.frugal.views: 3 is not one of its values: 1, 2, 6"),
        ("recipes.frugal.flip", "sometimes", "'sometimes' is not one of its values: false, true, alternating"),
        ("sections.mnist.compares", "recipe", "sections.mnist.compares: 'recipe' is not one of its values"),
        ("recipes.classic.schedule", "cosine", "recipes.classic.schedule: 'cosine' is not one of its values"),
        ("recipes.classic.epoch", 3, "recipes.classic: unknown key 'epoch'; did you mean 'epochs'?"),
        (
            "experiments.mnist_fc.model.name",
            "resnett",
            "experiments.mnist_fc.model.name: there is no network 'resnett'; did you mean 'resnet'?",
        ),
        ("experiments.mnist_fc.model.drop_out", 0.1, "unknown key 'drop_out'; did you mean 'dropout'?"),
        ("experiments.mnist_fc.model.dropout", 1.5, "experiments.mnist_fc.model.dropout: 1.5 is"),
        ("published.experiments.mnist_fc.dataset", "mnits", "published.experiments.mnist_fc.dataset: no published data set is named 'mnits'; did you mean 'mnist'?"),
        ("experiments.mnist_fc.dataset", "mnits", "no data set is named 'mnits'; did you mean 'mnist'?"),
        ("experiments.mnist_fc.recipe.name", "clasic", "no recipe is named 'clasic'; did you mean"),
        ("experiments.mnist_kernel3.model.kernel_size", 4, "4 is not one of its values; known: 1, 3"),
        ("experiments.x;rm -rf", {"title": "x"}, "'x;rm -rf' has a form that is not allowed here"),
        ("datasets.mnist.files", {"../../etc/passwd": {}}, "'../../etc/passwd' has a form"),
        ("datasets.mnist.ignore", ["*.txt"], "ignore: is for the format image_folder, not for idx"),
        ("datasets.mnist.background", "#000000", "background: is for the format image_folder"),
        ("datasets.cifar10.first_label", 1, "first_label: is for the format idx and npz, not for"),
        ("datasets.cifar10.transpose", True, "transpose: is for the format idx, not for cifar10"),
        ("datasets.mnist.test_share", 1, "test_share"),
        ("datasets.mnist.folder", "here", "give exactly one of files, folder, generator, torchvision"),
        ("datasets.mnist.format", "idz", "'idz' is not one of its values; did you mean 'idx'?"),
        ("datasets.svhn.torchvision.name", "SVNH", "no data set 'SVNH'; did you mean 'SVHN'?"),
        ("datasets.svhn.torchvision.arguments", {"folds": 1}, "'folds' cannot be given to torchvision's SVHN"),
        ("datasets.svhn.torchvision.arguments", {"split": "extra"}, "under 'train' and 'test', each its own"),
        ("datasets.svhn.torchvision.name", "CocoDetection", "needs 'annFile'"),
        ("scales.quick.stand_ins", {"mnist": "digit"}, "scales.quick.stand_ins: no data set is named"),
        ("scales.real.without", ["mnist_resnet"], "scales.real.without: no experiment is named"),
        (
            "scales.quick.experiments.mnist_resnet18",
            {"model": {"width": [1]}},
            "scales.quick.experiments.mnist_resnet18.model: unknown key 'width'; did you mean 'widths'?",
        ),
        ("scales.real.without_sections", ["block"], "no section is named 'block'; did you mean 'blocks'?"),
        ("sections.kernels.figures.kernels.experiments", ["mnist_fc"], "figures.kernels.experiments: no experiment of this section"),
        ("sections.cifar10.figures.confusion", {"of": "every"}, "figures.confusion.of: 'every' is not one of its values"),
        ("scales.quick.without_claims", ["three_is_beast"], "no claim is named 'three_is_beast'; did you mean 'three_is_best'?"),
        ("scales.quick.recipe", {"epochs": -1}, "recipe.epochs: -1 is less than the minimum of 1"),
        ("scales.quick.recipe", {"epochs": 1}, "scales.quick.recipe.epochs: changes nothing, since every experiment or its"),
        ("scales.quick.recipe", {"name": "modern"}, "scales.quick.recipe.name: changes nothing, since"),
        ("scales.quick.recipes", {"clasic": {"epochs": 1}}, "no recipe is named 'clasic'; did you mean 'classic'?"),
        ("scales.quick.recipes", {"classic": {"name": "x"}}, "scales.quick.recipes.classic.name: a recipe keeps its name"),
        ("sections.mnist.experiments", ["mnist_fcc"], "sections.mnist.experiments: no experiment is"),
        ("sections.layers.experiments", ["mnist_fc"], "sections.layers: give experiments or layers"),
        ("claims.three_beats_five.than", "mnist_fc", "claims.three_beats_five.than: no experiment of"),
        ("claims.three_beats_five.metric", "accuracy", "'accuracy' is not one of its values; did you"),
        ("claims.dropout_changes_nothing", {"section": "cifar10", "kind": "equivalent"}, "missing"),
        ("claims.three_beats_five.threshold", 0.1, "'threshold' has no meaning in a claim of kind greater"),
        ("claims.three_beats_five.than", "mnist_kernel3", "compares mnist_kernel3 with itself"),
        ("claims.three_beats_five.margin", float("inf"), "claims.three_beats_five.margin: inf has the"),
        ("recipes.classic.learning_rate", float("nan"), "recipes.classic.learning_rate: nan has the"),
        ("recipes.classic.learning_rate", "1e-3", "give a number, in digits without quotes, '_' or ':'"),
        ("recipes.classic.batch_size", "1:30", "batch_size: '1:30' has the wrong type; give a whole number, in digits"),
        ("recipes.classic.epochs", "1_000", "epochs: '1_000' has the wrong type; give a whole number, in digits"),
        ("experiments.mnist_fc.title", 3, "mnist_fc.title: 3 has the wrong type; give text, in quotes: '3'"),
        ("datasets.mnist.classes", [0, 1], "mnist.classes.0: 0 has the wrong type; give text, in quotes: '0'"),
        ("datasets.mnist.classes", [True, "no"], "mnist.classes.0: true has the wrong type; give text, in quotes: 'true'"),
        ("allow_missing", "yes", "allow_missing: 'yes' has the wrong type; give true or false"),
        ("experiments.mnist_fc.title", None, "mnist_fc.title: null has the wrong type; give text"),
        ("recipes.classic.batch_size", 64.0, "recipes.classic.batch_size: 64.0 has the wrong type"),
        ("seeds", 5.0, "seeds: 5.0 is out of range or of the wrong type"),
        ("sections.layers.figures", {"comparison": {}}, "figures show experiments; this section has"),
        ("experiments.mnist_fc.recipe", {"name": "classic", "epoch": 3}, "did you mean 'epochs'?"),
        ("datasets.digits.format", "cifar10", "the generator digits writes the format idx"),
        ("claims.accuracy_falls_with_kernel_size.claims", ["cnn_is_smaller"], "no claim of its section"),
    ],
)  # fmt: skip
def test_a_fault_is_named(config, path, value, said):
    put(config, path, value)
    lines = fault_lines(config)
    assert any(said in line for line in lines[1:]), lines


def test_all_faults_are_named_in_one_go(config):
    config["device"] = "tpu"
    config["experiments"]["mnist_fc"]["dataset"] = "mnits"
    config["experiments"]["mnist_fc"]["colour"] = 1
    config["experiments"]["cifar10_fc"]["model"]["dropout"] = -1
    del config["experiments"]["cifar10_bottleneck"]["model"]
    config["recipes"]["classic"]["optimizer"] = "adamm"
    config["experiments"]["mnist_kernel3"]["recipe"]["epochs"] = -3
    config["claims"]["basic_beats_bottleneck"]["of"] = "cifar10_resnet"
    first, *lines = fault_lines(config)
    assert first == "the config has 8 fault(s), nothing was run:"
    assert len(lines) == 8


def test_a_misspelt_member_of_a_section_is_one_fault(config):
    """And not one more for each claim that spells it right."""
    put(config, "sections.mnist.experiments", ["mnist_fcc", "mnist_simple_cnn"])
    assert fault_lines(config)[1:] == [
        "  - sections.mnist.experiments: no experiment is named 'mnist_fcc'; did you mean 'mnist_fc'?"
    ]


@pytest.mark.parametrize("section", ["widths", "kernels", "mnist", "depth"])
def test_of_any_section(config, section):
    """In figures and grids of a section its right names are no faults either."""
    members = config["sections"][section]["experiments"]
    for place, name in enumerate(members):
        config["sections"][section]["experiments"] = [*members]
        config["sections"][section]["experiments"][place] = f"{name}x"
        lines = fault_lines(json.loads(json.dumps(config)))[1:]
        assert len(lines) == 1 and f"no experiment is named '{name}x'" in lines[0]


def keys(value, path=()):
    """Every path into a config."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in items:
        yield (*path, key)
        if isinstance(part, dict | list):
            yield from keys(part, (*path, key))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**6),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


@settings(
    max_examples=150,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking a whole config takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_mutated_config_is_a_study_or_a_list_of_faults(config, data):
    mutant = json.loads(json.dumps(config))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(sorted(keys(mutant), key=str)))
        holder = mutant
        for key in path[:-1]:
            holder = holder[key]
        if data.draw(st.booleans()) and isinstance(holder, dict):
            holder[data.draw(st.text(max_size=6))] = holder.pop(path[-1])
        else:
            holder[path[-1]] = data.draw(JUNK)
    try:
        assert load(mutant).experiments
    except StudyError as error:
        assert "fault(s)" in str(error)


@pytest.mark.parametrize("junk", [None, True, 3, 0.5, "x", [1], {"a": 1}], ids=repr)
def test_junk_on_any_top_level_key_is_a_study_or_a_list_of_faults(config, junk):
    for key in [*Config.model_fields, "another"]:
        try:
            assert load({**json.loads(json.dumps(config)), key: junk}).experiments
        except StudyError as error:
            assert "fault(s)" in str(error) or "allow_missing" in str(error)
