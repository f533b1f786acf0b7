"""A study of the published experiments, each on 200 images."""

import copy

import pytest
import yaml

from checkout import Checkout, study_config

COLOUR = [f"cifar10_{name}" for name in ("fc", "resnet18", "resnet18_dropout", "bottleneck")]
TINY = {
    "scales": {
        "quick": {
            "seeds": 1,
            "recipes": {name: {"epochs": 1} for name in ("classic", "classic_long")},
            "experiments": {name: {"train_images": None} for name in COLOUR},
        }
    },
    "datasets": {
        "digits": {"generator": {"train_images": 200, "test_images": 100}},
        "shapes": {"generator": {"train_images": 200, "test_images": 100}},
    },
}


def tiny(folder, *without):
    """Without these sections, and those that the scale leaves out."""
    checkout, made = Checkout(folder, "src"), copy.deepcopy(TINY)
    scale = study_config()["scales"]["quick"]
    made["scales"]["quick"]["without_sections"] = [*scale["without_sections"], *without]
    (checkout.folder / "tiny.yaml").write_text(yaml.safe_dump(made))
    return checkout


@pytest.fixture
def fresh(tmp_path):
    """Nothing has run there yet; its six networks are those for digits."""
    return tiny(tmp_path / "fresh", "cifar10", "blocks", "layers")


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """It has run to its end. Not to be changed: see `study`."""
    checkout = tiny(tmp_path_factory.mktemp("study"))
    done = checkout.snakemake("--cores", "2", "report.html", "--configfile", "tiny.yaml")
    assert done.returncode == 0, done.stdout
    return checkout


@pytest.fixture
def study(finished, tmp_path):
    """The finished study in another folder, for a test to change."""
    return finished.moved_to(tmp_path / "elsewhere")
