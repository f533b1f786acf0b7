"""A grid becomes experiments with stable names, wherever it is named."""

import copy

import pytest

from convstudy.config import slices
from convstudy.config.study import load
from convstudy.errors import StudyError

GRID = {
    "title": "a net",
    "dataset": "mnist",
    "model": {"name": "simple_cnn", "channels": [4], "kernel_size": 3},
    "axes": {"model.channels": [[4], [4, 8]], "recipe.learning_rate": [0.001, 0.01]},
}
CELLS = [
    "net__channels4_learning_rate0_001",
    "net__channels4_learning_rate0_01",
    "net__channels4x8_learning_rate0_001",
    "net__channels4x8_learning_rate0_01",
]
CLAIM = {"section": "net", "kind": "above", "metric": "test_accuracy", "threshold": 0.5}


@pytest.fixture
def grid(config):
    """The config with a grid `net` in a section of its own; returns both."""
    config["experiments"]["net"] = copy.deepcopy(GRID)
    config["sections"]["net"] = {
        "title": "Net",
        "experiments": ["net"],
        "figures": {"grid": {"of": "net"}},
    }
    return config


def test_cells_are_experiments_in_the_order_of_the_axes(grid):
    study = load(grid)
    assert [name for name in study.experiments if name.startswith("net")] == CELLS
    assert study.sections["net"]["experiments"] == CELLS
    one = study.experiments[CELLS[3]]
    assert one.title == "a net, channels 4-8, learning rate 0.01"
    assert one.slice["model"]["channels"] == [4, 8]
    assert one.slice["recipe"]["learning_rate"] == 0.01
    assert one.slice["recipe"]["optimizer"] == "adam"


def test_another_value_renames_and_changes_no_cell(grid):
    grid["experiments"]["net"]["axes"]["recipe.learning_rate"].insert(0, 0.1)
    study = load(grid)
    assert set(CELLS) < set(study.experiments)
    assert study.experiments[CELLS[0]].slice["recipe"]["learning_rate"] == 0.001


def test_cells_are_compared_though_their_recipes_differ(grid):
    study = load(grid)
    assert len({study.experiments[name].conditions("networks") for name in CELLS}) == 1
    assert study.experiments[CELLS[0]].conditions("networks") != study.experiments[
        "mnist_kernel3"
    ].conditions("networks")


def test_the_slice_of_a_grid_has_its_values_in_words(grid):
    found = slices.drawing(load(grid), "net")["figures"]["grid"]
    assert found["axes"] == [
        {"name": "channels", "values": ["4", "4-8"]},
        {"name": "learning rate", "values": ["0.001", "0.01"]},
    ]
    assert [one["experiment"] for one in found["cells"]] == CELLS
    assert found["cells"][2]["values"] == ["4-8", "0.001"]


def test_a_scale_changes_all_cells_or_one(grid):
    quick = grid["scales"]["quick"]
    quick["experiments"]["net"] = {"train_images": 50, "recipe": {"epochs": 2}}
    quick["experiments"][CELLS[1]] = {"seeds": 7, "recipe": {"batch_size": 16}}
    quick["without"] = [CELLS[2]]
    study = load(grid)
    assert study.experiments[CELLS[0]].slice["train_images"] == 50
    one = study.experiments[CELLS[1]]
    assert len(one.seeds) == 7
    assert (one.slice["recipe"]["epochs"], one.slice["recipe"]["batch_size"]) == (2, 16)
    assert CELLS[2] not in study.experiments
    assert len(slices.drawing(study, "net")["figures"]["grid"]["cells"]) == 3


def test_an_axis_holds_against_the_recipe_of_a_scale(grid):
    axes(grid, recipe__epochs=[1, 7])
    grid["scales"]["quick"]["recipes"] = {"classic": {"epochs": 3}}
    found = load(grid).experiments
    assert [found[f"net__epochs{n}"].slice["recipe"]["epochs"] for n in (1, 7)] == [1, 7]
    assert found["mnist_fc"].slice["recipe"]["epochs"] == 3


def test_cells_of_two_grids_are_no_equal_conditions(grid):
    other = {**grid["experiments"]["net"], "axes": {"recipe.learning_rate": [0.1, 0.2]}}
    grid["experiments"]["other"] = other
    grid["sections"]["net"]["experiments"].append("other")
    found = load(grid).experiments
    cells = [
        found[name].conditions("networks")
        for name in (CELLS[0], CELLS[1], "other__learning_rate0_1")
    ]
    assert cells[0] == cells[1] != cells[2]


def test_a_scale_leaves_a_whole_grid_out(grid):
    grid["scales"]["quick"]["without"] = ["net"]
    study = load(grid)
    assert not set(CELLS) & set(study.experiments)
    assert "net" not in study.sections


def test_a_claim_about_a_grid_is_about_every_cell(grid):
    grid["claims"]["learns"] = {**CLAIM, "of": "net", "says": "it learns"}
    claims = load(grid).claims
    parts = [f"learns{cell.removeprefix('net')}" for cell in CELLS]
    assert claims["learns"] == {
        **{"section": "net", "kind": "all_of", "claims": parts, "says": "it learns"}
    }
    assert claims[parts[3]] == {
        **CLAIM,
        "of": CELLS[3],
        "says": "it learns (channels 4-8, learning rate 0.01)",
    }


def test_a_claim_about_one_cell(grid):
    grid["claims"]["learns"] = {**CLAIM, "of": CELLS[0], "says": "it learns"}
    assert load(grid).claims["learns"]["of"] == CELLS[0]


def axes(grid, **given):
    grid["experiments"]["net"]["axes"] = {key.replace("__", "."): v for key, v in given.items()}


FAULTS = {
    "an axis of something else": (
        lambda config: axes(config, seeds=[1, 2]),
        "'seeds' has a form that is not allowed here",
    ),
    "an axis that the network does not have": (
        lambda config: axes(config, model__depth=[1, 2]),
        "unknown key 'depth'",
    ),
    "a value out of range": (
        lambda config: axes(config, model__kernel_size=[3, 4]),
        "4 is not one of its values",
    ),
    "the same value twice": (
        lambda config: axes(config, recipe__batch_size=[64, 64]),
        "has non-unique elements",
    ),
    "a name that is too long": (
        lambda config: axes(config, model__channels=[[4], [1000] * 12]),
        "is longer than 64 letters; shorten 'net'",
    ),
    "an experiment named like a cell": (
        lambda config: config["experiments"].update(
            {CELLS[0]: {**config["experiments"]["mnist_fc"]}}
        ),
        "is a cell of net already",
    ),
    "a scale that changes an axis": (
        lambda config: config["scales"]["quick"]["experiments"].update(
            {"net": {"recipe": {"learning_rate": 0.1}}}
        ),
        "scales.quick.experiments.net.recipe.learning_rate: is an axis of net;",
    ),
    "a scale that changes an axis in one cell": (
        lambda config: config["scales"]["quick"]["experiments"].update(
            {CELLS[1]: {"recipe": {"learning_rate": 0.1}}}
        ),
        f"scales.quick.experiments.{CELLS[1]}.recipe.learning_rate: is an axis of net;",
    ),
    "a claim that compares grids": (
        lambda config: config["claims"].update(
            {"c": {**CLAIM, "kind": "greater", "of": "net", "than": "net", "says": "x"}}
        ),
        "'of' and 'than' are both grids",
    ),
    "a figure of no grid": (
        lambda config: config["sections"]["net"]["figures"].update({"grid": {"of": "nett"}}),
        "sections.net.figures.grid.of: no grid of this section is named 'nett'; did you mean 'net'",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_expanded_is_said(grid, name):
    change, said = FAULTS[name]
    change(grid)
    with pytest.raises(StudyError) as raised:
        load(grid)
    assert said in str(raised.value)


def test_a_misspelt_axis_is_said_and_not_the_cells_that_it_misnames(grid):
    grid["claims"]["learns"] = {**CLAIM, "of": CELLS[0], "says": "it learns"}
    axes(grid, model__chanels=[[4], [4, 8]], recipe__learning_rate=[0.001, 0.01])
    with pytest.raises(StudyError) as raised:
        load(grid)
    assert "experiments.net.model: unknown key 'chanels'; did you mean 'channels'?" in str(
        raised.value
    )
    assert "claims.learns" not in str(raised.value)
