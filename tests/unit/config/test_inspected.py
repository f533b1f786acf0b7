"""Networks that are not the package's own are built before the DAG is, and asked for no more."""

import pytest

from convstudy.config import inspected
from convstudy.config.cost import of_experiment
from convstudy.errors import StudyError
from convstudy.files import read_json

DATA = {"shape": [3, 32, 32], "classes": 10, "train_images": 50_000, "test_images": 10_000}


def job(name, **arguments):
    recipe = {"epochs": 10, "batch_size": 64}
    model = {"name": name, **arguments}
    return {"model": model, "recipe": recipe, "train_images": None, "test_images": None}


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "a folder" / "networks.json"


def test_a_network_of_a_library_asks_for_what_it_takes(kept):
    found = inspected.inspect({"mobile": (job("torchvision/mobilenet_v3_small"), DATA)}, kept)
    asked = of_experiment(job("torchvision/mobilenet_v3_small"), DATA, found["mobile"])
    assert (asked.parameters, asked.macs) == (1_528_106, 2_169_792)
    unknown = of_experiment(job("torchvision/mobilenet_v3_small"), DATA)
    assert asked.memory_mb(1) < unknown.memory_mb(1) and asked.work < unknown.work / 200


def test_a_network_is_built_once(kept, monkeypatch):
    asked = {name: (job("torchvision/squeezenet1_1"), DATA) for name in ("one", "again")}
    found = inspected.inspect(asked, kept)
    assert found["one"] == found["again"]
    assert len(read_json(kept)) == 1
    monkeypatch.setattr(inspected, "_inspected", None)  # which would raise
    assert inspected.inspect(asked, kept) == found


def test_all_that_cannot_be_trained_is_said_at_once_and_not_kept(kept):
    asked = {
        "first": (job("torchvision/alexnet"), DATA),
        "sound": (job("torchvision/squeezenet1_1"), DATA),
        "last": (job("torchvision/resnet81"), DATA),
    }
    with pytest.raises(StudyError) as raised:
        inspected.inspect(asked, kept)
    lines = str(raised.value).splitlines()
    assert lines[0] == "2 networks cannot be trained, nothing was run:"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "  - experiments.first",
        "  - experiments.last",
    ]
    assert len(read_json(kept)) == 1


def test_another_machine_may_have_the_gpu_that_a_network_needs(kept, monkeypatch):
    def without_a_gpu(asked):
        return {key: {"fault": "networks.x fails: Found no NVIDIA driver"} for key in asked}

    monkeypatch.setattr(inspected, "_inspected", without_a_gpu)
    assert inspected.inspect({"x": (job("torchvision/alexnet"), DATA)}, kept) == {}


def test_a_process_that_dies_refuses_nothing(kept, monkeypatch):
    monkeypatch.setattr(inspected, "_COMMAND", "import os; os._exit(9)")
    assert inspected.inspect({"x": (job("torchvision/alexnet"), DATA)}, kept) == {}
