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
    found = inspected.inspect(
        {"mobile": (job("torchvision/mobilenet_v3_small"), DATA, "all")}, kept
    )
    asked = of_experiment(job("torchvision/mobilenet_v3_small"), DATA, found["mobile"])
    assert (asked.parameters, asked.macs) == (1_528_106, 2_169_792)
    unknown = of_experiment(job("torchvision/mobilenet_v3_small"), DATA)
    assert asked.memory_mb(1) < unknown.memory_mb(1) and asked.work < unknown.work / 200


def test_a_network_is_built_once(kept, monkeypatch):
    asked = {name: (job("torchvision/squeezenet1_1"), DATA, "all") for name in ("one", "again")}
    found = inspected.inspect(asked, kept)
    assert found["one"] == found["again"]
    assert len(read_json(kept)) == 1
    monkeypatch.setattr(inspected, "_inspected", None)  # which would raise
    assert inspected.inspect(asked, kept) == found


def test_all_that_cannot_be_trained_is_said_at_once_and_not_kept(kept):
    asked = {
        "first": (job("torchvision/alexnet"), DATA, "all"),
        "sound": (job("torchvision/squeezenet1_1"), DATA, "all"),
        "last": (job("torchvision/resnet81"), DATA, "all"),
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


@pytest.mark.parametrize(
    ("sure", "of", "refused"),
    [
        ("all", ["network"], True),
        ("all", ["size"], False),  # another machine may have what it needs
        ("shape", ["network", "size"], True),
        ("shape", ["network"], False),  # other classes might do
        ("nothing", ["network", "size"], False),
        ("nothing", ["network", "all_images"], True),
    ],
)
def test_only_what_is_sure_is_refused(kept, monkeypatch, sure, of, refused):
    fault = {"fault": "too small"}
    fault |= {f"of_{one}": one in of for one in ("network", "size", "all_images")}
    monkeypatch.setattr(inspected, "_inspected", lambda asked: dict.fromkeys(asked, fault))
    asked = {"x": (job("torchvision/alexnet"), DATA, sure)}
    if refused:
        with pytest.raises(StudyError, match=r"experiments\.x: too small"):
            inspected.inspect(asked, kept)
    else:
        assert inspected.inspect(asked, kept) == {}


def test_a_network_that_ends_the_process_takes_no_other_along(kept, tmp_path, monkeypatch):
    """Its experiments are planned as ResNet-18; what is wrong with others is said all the same."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "networks.py").write_text(
        "import os\n\n\ndef deadly(shape, classes):\n    os._exit(3)\n\n\n"
        "def loud(shape, classes):\n    os.write(1, b'\\xff')\n    from torch import nn\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(3072, classes))\n"
    )
    asked = {name: (job(f"networks.{name}"), DATA, "all") for name in ("deadly", "loud")}
    assert inspected.inspect(asked, kept).keys() == {"loud"}
    asked["small"] = (job("torchvision/alexnet"), DATA, "all")
    with pytest.raises(StudyError, match="1 network cannot be trained") as raised:
        inspected.inspect(asked, kept)
    assert "experiments.small: " in str(raised.value)


@pytest.mark.parametrize("damaged", ["null", "[1]", '{"x": 1}', "no JSON", '{"x": {"macs": 1}}'])
def test_a_damaged_file_is_as_good_as_none(kept, damaged):
    kept.parent.mkdir()
    kept.write_text(damaged)
    asked = {"one": (job("torchvision/squeezenet1_1"), DATA, "all")}
    assert inspected.inspect(asked, kept)["one"].parameters == 727_626
    assert len(read_json(kept)) == 1


def test_a_network_is_built_again_by_other_versions(kept, monkeypatch):
    asked = {"one": (job("torchvision/squeezenet1_1"), DATA, "all")}
    inspected.inspect(asked, kept)
    monkeypatch.setattr(inspected.metadata, "version", lambda library: "99")
    inspected.inspect(asked, kept)
    assert len(read_json(kept)) == 2


def test_images_are_what_the_config_says_before_what_was_prepared_earlier(tmp_path):
    path = tmp_path / "pictures.json"
    folder = {"format": "image_folder", "image_size": [64, 64], "colour": True}
    mnist = {"format": "idx", "generator": {"train_images": 9, "test_images": 9}}
    assert inspected.images_of(path, folder)[0]["shape"] == [3, 64, 64]
    path.write_text('{"shape": [3, 32, 32], "classes": ["a", "b"], "train_images": 5}')
    found, sure = inspected.images_of(path, folder)
    assert (found["shape"], found["classes"], sure) == ([3, 64, 64], 2, "shape")
    found, sure = inspected.images_of(path, {"format": "npz"})
    assert (found["shape"], found["train_images"], sure) == ([3, 32, 32], 5, "nothing")
    found, sure = inspected.images_of(path, mnist)
    assert (found["shape"], found["classes"], sure) == ([1, 28, 28], 10, "all")
    assert inspected.images_of(path, None)[1] == "all"
