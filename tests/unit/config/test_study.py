"""The repository's config resolves to the study that is meant, at every scale."""

import copy

import pytest

from convstudy.config import slices
from convstudy.config.study import load

from checkout import TOUR, put, study_config

SCALES = ["quick", "small", "real", "full"]
MNIST = ["mnist_fc", "mnist_simple_cnn", "mnist_kernel3", "mnist_kernel5", "mnist_kernel7"]


@pytest.fixture
def study(config):
    def at(scale="quick", **changes):
        return load({**config, "scale": scale, **changes})

    return at


@pytest.mark.parametrize("scale", ["quick", "small"])
def test_what_runs_first_is_the_published_study_with_seeds_enough_to_decide(study, scale):
    found = study(scale)
    assert found.experiments.keys() == found.published["experiments"].keys()
    assert {len(one.seeds) for one in found.experiments.values()} == {found.minimum_seeds}
    assert found.incomparable == {}


def test_quick_is_on_generated_images_and_small_on_a_part_of_the_real_ones(study):
    assert set(study("quick").datasets) == {"digits", "shapes"}
    small = study("small")
    assert set(small.datasets) == {"mnist", "cifar10"}
    assert {one.slice["train_images"] for one in small.experiments.values()} == {10000}


def test_the_tour_runs_all_but_parts_of_a_recipe_with_two_seeds_on_generated_data():
    tour = load(study_config(TOUR))
    parts = ["What each part of the modern recipe brings"]
    assert tour.left_out == {"sections": parts, "networks": [], "claims": []}
    assert {one.seeds for one in tour.experiments.values()} == {(0, 1)}
    assert set(tour.datasets) == {"digits", "shapes"}


def test_claims_are_drawn_where_any_is_asked(config):
    assert "verdicts" in load({**config, "scale": "full"}).sections["blocks"]["figures"]
    of_blocks = [name for name, one in config["claims"].items() if one["section"] == "blocks"]
    config["scales"]["full"]["without_claims"] = of_blocks
    found = load({**config, "scale": "full"})
    assert "verdicts" not in found.sections["blocks"]["figures"]
    drawn = {name: slices.drawing(found, name) for name in ("mnist", "blocks")}
    asked = [name for name, one in found.claims.items() if one["section"] == "mnist"]
    assert [one["claim"] for one in drawn["mnist"]["claims"]] == asked
    assert "claims" not in drawn["blocks"]


def test_a_claim_that_a_scale_cannot_answer_is_not_asked_there(config):
    config["scales"]["full"]["without_claims"] = ["three_beats_five", "cnn_is_smaller"]
    found = load({**config, "scale": "full"})
    gone = ["cnn_is_smaller", "three_beats_five", "accuracy_falls_with_kernel_size"]
    assert not {*gone} & set(found.claims)  # a compound of it neither
    assert found.left_out["claims"] == [config["claims"][name]["says"] for name in gone]
    assert found.incomparable == {}


def test_full_is_the_published_study_in_every_respect(study):
    full = study("full")
    published = full.published["experiments"]
    assert {name: full.experiments[name].unlike_published for name in published} == dict.fromkeys(
        published, ()
    )  # convolutions in TensorFloat-32, PyTorch's default, are the original's as likely as not
    assert {one.slice["recipe"]["precision"] for one in full.experiments.values()} == {"tf32"}
    others = [one for name, one in full.experiments.items() if name not in published]
    assert all([part["what"] for part in one.unlike_published] == ["absent"] for one in others)


def test_real_has_the_published_mnist_networks_and_all_colour_images_in_narrower_ones(study):
    real = study("real")
    sections = [
        "What each part of the modern recipe brings",
        "Residual networks under a modern recipe",
    ]
    assert real.left_out == {"sections": sections, "networks": [], "claims": []}
    assert all(not real.experiments[name].unlike_published for name in MNIST)
    assert all(len(real.experiments[name].seeds) == 10 for name in MNIST)
    narrower = {"what": "widths", "here": [32, 64, 128, 256], "there": [64, 128, 256, 512]}
    for name in ("mnist_resnet18", "cifar10_resnet18", "cifar10_resnet18_dropout"):
        assert real.experiments[name].unlike_published == (narrower,)
    assert real.experiments["cifar10_fc"].unlike_published == ()


def test_a_scale_can_leave_out_a_section_with_what_only_it_shows(config):
    config["scales"]["full"]["without_sections"] = ["blocks", "layers"]
    found = load({**config, "scale": "full"})
    assert not {"blocks", "layers"} & set(found.sections)
    titles = ["Custom layers", "Basic against bottleneck blocks"]
    assert found.left_out == {
        "sections": titles,
        "networks": [],
        "claims": [],
    }  # not the bottleneck by itself
    assert "cifar10_resnet18" in found.experiments  # other sections show it too
    assert found.layers == ()
    assert all(claim["section"] != "blocks" for claim in found.claims.values())


def test_claims_about_an_experiment_that_is_left_out_are_not_asked(config, study):
    assert "depth_does_not_pay" in study("full").claims
    config["scales"]["real"]["without"] = ["mnist_resnet18"]
    real = load({**config, "scale": "real"})
    assert "depth_does_not_pay" not in real.claims
    assert real.sections["mnist"]["experiments"] == MNIST[:2]


def test_networks_trained_under_unequal_conditions_are_not_compared(config):
    for name in ("cifar10_resnet18", "cifar10_resnet18_dropout", "cifar10_bottleneck"):
        config["scales"]["real"]["experiments"][name]["train_images"] = 2000
    real = load({**config, "scale": "real"})
    assert list(real.incomparable) == ["cnn_beats_fc_on_colour", "residual_beats_plain"]
    assert "cnn_beats_fc_on_colour" not in real.claims
    assert load({**config, "scale": "full"}).incomparable == {}
    candidates = slices.errors(real, "cifar10")["experiments"]
    assert list(candidates) == ["cifar10_resnet18", "cifar10_resnet18_dropout"]


def test_counts_are_compared_whatever_the_conditions(config):
    config["scales"]["full"]["experiments"] = {"mnist_fc": {"recipe": {"epochs": 1}}}
    kept = load({**config, "scale": "full"}).claims
    assert "cnn_is_smaller" in kept
    assert "cnn_beats_fc_on_digits" not in kept


def test_an_experiment_has_the_same_colour_at_every_scale(study):
    colours = [
        {
            one["experiment"]: one["colour"]
            for one in slices.drawing(study(scale), "kernels")["experiments"]
        }
        for scale in SCALES
    ]
    assert colours[0] == colours[1] == colours[2]


@pytest.mark.parametrize(
    ("stated", "epochs"),
    [
        ({}, 5),
        ({"scales.full.recipes": {"classic": {"epochs": 6}}}, 6),
        (
            {
                "scales.full.recipes": {"classic": {"epochs": 6}},
                "experiments.mnist_fc.recipe": {"name": "classic", "epochs": 7},
            },
            7,
        ),
        (
            {
                "scales.full.recipes": {"classic": {"epochs": 6}},
                "experiments.mnist_fc.recipe": {"name": "classic", "epochs": 7},
                "scales.full.experiments": {"mnist_fc": {"recipe": {"epochs": 8}}},
            },
            8,
        ),
        ({"scales.full.experiments": {"mnist_fc": {"recipe": {"name": "frugal"}}}}, 10),
    ],
)
def test_the_narrower_statement_about_a_recipe_holds(config, stated, epochs):
    for path, value in stated.items():
        put(config, path, value)
    one = load({**config, "scale": "full"}).experiments["mnist_fc"]
    assert one.slice["recipe"]["epochs"] == epochs


@pytest.mark.parametrize("where", ["recipes.classic.precision", "experiments.mnist_fc.recipe"])
def test_what_a_scale_says_of_all_recipes_replaces_nobodys_own_word(config, where):
    own = {"name": "classic", "precision": "float32"}
    put(config, where, own if where.endswith("recipe") else "float32")  # float32 is the default too
    found = load({**config, "scale": "full"}).experiments
    assert found["mnist_fc"].slice["recipe"]["precision"] == "float32"
    assert found["cifar10_fc"].slice["recipe"]["precision"] == "tf32"


def test_the_users_own_recipe_is_trained_as_written_at_every_scale(config):
    config["recipes"]["mine"] = {
        **{"optimizer": "sgd", "learning_rate": 0.05, "batch_size": 8, "epochs": 20}
    }
    config["experiments"]["mine"] = {
        **config["experiments"]["mnist_fc"],
        "recipe": {"name": "mine"},
    }
    config["sections"]["mnist"]["experiments"].append("mine")
    for scale in config["scales"]:
        one = load(copy.deepcopy({**config, "scale": scale})).experiments["mine"]
        assert one.slice["recipe"]["epochs"] == 20


def test_what_a_scale_changed_and_images_that_are_not_all_are_listed(config):
    config["experiments"]["mine"] = {
        **config["experiments"]["mnist_fc"],
        **{"train_images": 40, "test_images": 60},
    }
    config["sections"]["mnist"]["experiments"].append("mine")
    config["scales"]["quick"]["recipes"] = {"classic": {"epochs": 3}}
    found = {scale: load(copy.deepcopy({**config, "scale": scale})).experiments for scale in SCALES}
    images = (
        {"what": "train_images", "here": 40, "there": None},
        {"what": "test_images", "here": 60, "there": None},
    )
    assert found["quick"]["mine"].changed == (
        {"what": "dataset", "here": "generated digits", "there": "MNIST"},
        *images,
        {"what": "epochs", "here": 3, "there": 5},
    )
    assert found["real"]["mine"].changed == images
    assert found["real"]["mnist_fc"].changed == ()
    assert found["real"]["mnist_resnet18"].changed == (
        {"what": "widths", "here": [32, 64, 128, 256], "there": [64, 128, 256, 512]},
    )
    assert found["full"]["mnist_fc"].changed == (
        {"what": "precision", "here": "tf32", "there": "float32"},
    )


def test_classes_of_claims_are_spelt_as_those_of_prepared_data(config):
    about = {"section": "mnist", "kind": "above", "metric": "confusion", "of": "mnist_fc"}
    config["scales"] = {"full": {"seeds": 2}}
    two = {"class": " cafe\u0301", "with": "e\u0301\N{NO-BREAK SPACE}"}
    config["claims"] = {"c": {**about, **two, "threshold": 2, "says": "they are confused"}}
    claim = load({**config, "scale": "full"}).claims["c"]
    assert (claim["class"], claim["with"]) == ("caf\u00e9", "\u00e9")


def test_a_config_can_be_resolved_twice(config):
    first, again = (load({**config, "scale": "full"}).experiments for _ in range(2))
    assert first == again


def test_a_part_of_a_compound_claim_that_falls_takes_the_claim_along(config):
    config["scales"]["full"]["without"] = ["mnist_kernel5"]
    kept = load({**config, "scale": "full"}).claims
    assert "three_beats_seven" in kept
    assert not {"three_beats_five", "accuracy_falls_with_kernel_size"} & set(kept)


def test_every_generated_quick_experiment_says_what_differs(study):
    quick = study("quick")
    for name in quick.published["experiments"]:
        [first, *_] = quick.experiments[name].unlike_published
        assert first["what"] == "dataset"
        assert first["here"].startswith("generated")


def test_an_edited_network_or_recipe_no_longer_counts_as_the_published_one(config):
    config["experiments"]["mnist_fc"]["model"]["hidden"] = [512, 256, 64]
    config["recipes"]["classic"]["learning_rate"] = 0.01
    fc = load({**config, "scale": "full"}).experiments["mnist_fc"]
    assert fc.unlike_published == (
        {"what": "hidden", "here": [512, 256, 64], "there": [512, 256, 128]},
        {"what": "learning_rate", "here": 0.01, "there": 0.001},
    )


@pytest.mark.parametrize(
    ("top", "experiment", "scaled", "expected"),
    [
        (None, None, None, (0, 1, 2, 3, 4)),  # the scale's
        (None, 3, None, (0, 1, 2)),
        (None, 3, [7], (7,)),
        ([4, 2], 3, [7], (4, 2)),
        ([4, 2], None, None, (4, 2)),  # as `--config seeds=[4,2]` gives them
        (1, 3, [7], (0,)),
    ],
)
def test_seeds_from_the_command_line_beat_the_experiments_and_these_the_scales(
    config, top, experiment, scaled, expected
):
    config["seeds"] = top
    config["experiments"]["mnist_fc"]["seeds"] = experiment
    if scaled:
        config["scales"]["quick"]["experiments"]["mnist_fc"] = {"seeds": scaled}
    assert load(config).experiments["mnist_fc"].seeds == expected


def test_a_stand_in_of_the_user_beats_the_scales(study):
    swapped = study("quick", stand_ins={"cifar10": "digits"})
    assert swapped.experiments["cifar10_fc"].dataset == "digits"
    assert swapped.experiments["cifar10_fc"].meant_for == "CIFAR-10"


def test_a_slice_holds_what_training_depends_on_and_no_words(study):
    job = study("real").experiments["mnist_simple_cnn"].slice
    assert job == {
        "dataset": "mnist",
        "normalise": {"mean": [0.1307], "std": [0.3081]},
        "train_images": None,
        "test_images": None,
        "model": {
            "name": "simple_cnn",
            "channels": [32, 64],
            "kernel_size": 3,
            "hidden": 128,
            "dropout": 0.25,
        },
        "recipe": {
            "optimizer": "adam",
            "learning_rate": 0.001,
            "batch_size": 64,
            "epochs": 5,
            "momentum": 0.0,
            "nesterov": False,
            "weight_decay": 0.0,
            "schedule": "constant",
            "label_smoothing": 0.0,
            "crop_padding": 0,
            "flip": False,
            "precision": "float32",
        },
    }


LATER = {"crop_fill", "norm_rate_factor", "decay_norms", "views"}


@pytest.mark.parametrize("scale", SCALES)
def test_keys_that_came_later_are_in_the_slices_of_recipes_that_name_them_alone(study, scale):
    """Else every run of before would have to be trained again, to the same bits."""
    for name, one in study(scale).experiments.items():
        whitened = one.slice["model"]["name"] == "whitened_cnn"
        assert LATER & set(one.slice["recipe"]) == (LATER if whitened else set()), name


def test_recipes_are_compared_where_a_section_says_so(config):
    def asked():
        found = load({**config, "scale": "full"})
        parts = {n for n, claim in found.claims.items() if claim["section"] == "modern_parts"}
        return parts, set(found.incomparable), slices.reporting(found)["sections"]

    parts, refused, sections = asked()
    assert (len(parts), refused) == (8, set())
    assert not any(one["mixed"] for one in sections)
    config["sections"]["modern_parts"]["compares"] = "networks"
    parts, refused, sections = asked()
    assert parts == {"whitening_helps"} and len(refused) == 7
    assert [one["name"] for one in sections if one["mixed"]] == ["modern_parts"]


def test_recipes_are_not_compared_on_different_images(config):
    config["experiments"]["cifar10_modern_unwhitened"]["train_images"] = 10000
    found = load({**config, "scale": "full"})
    assert set(found.incomparable) == {"whitening_helps"}


def test_figures_show_published_accuracies_of_the_same_network_alone(study):
    def published(scale, section):
        members = slices.drawing(study(scale), section)["experiments"]
        return {one["experiment"]: one["published"] for one in members if "published" in one}

    assert published("full", "kernels") == {
        "mnist_kernel3": {"results": 0.9845, "log": 0.9888},
        "mnist_kernel5": {"results": 0.9812, "log": 0.9905},
        "mnist_kernel7": {"results": 0.9789, "log": 0.9906},
    }
    assert published("small", "kernels") == {}  # fewer images
    # Of the same network two sections state something else, as the tables beside them do.
    both = [published("full", name)["cifar10_resnet18"] for name in ("cifar10", "blocks")]
    assert both == [{"results": 0.84}, {"results": 0.8464}]
