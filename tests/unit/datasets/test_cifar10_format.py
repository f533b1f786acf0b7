"""CIFAR-10's archive: what its pickles may hold, and faults named with the member."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from convstudy.datasets.formats import Loader, cifar10, loader
from convstudy.datasets.generators.writers import python2_pickle
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

from made_archives import write_tar

FOLDER = "cifar-10-batches-py"


def batch(count: int, **changes: object) -> dict[str, object]:
    data = np.random.default_rng(count).integers(0, 256, (count, 3072), np.uint8)
    return {"labels": [i % 2 for i in range(count)], "data": data} | changes


@pytest.fixture
def members() -> dict[str, bytes]:
    batches = {f"data_batch_{i}": batch(i) for i in range(1, 6)} | {"test_batch": batch(4)}
    batches["batches.meta"] = {"label_names": ["cat", "dog"]}
    return {f"{FOLDER}/{name}": python2_pickle(value) for name, value in batches.items()}


def load(tmp_path: Path, members: dict[str, bytes], read: Loader = cifar10.load) -> Raw:
    path = write_tar(tmp_path / "cifar-10-python.tar.gz", members)
    return read({path.name: path}, {})


def refusal(tmp_path: Path, members: dict[str, bytes]) -> str:
    with pytest.raises(StudyError) as caught:
        load(tmp_path, members, loader("cifar10"))
    message = str(caught.value)
    assert str(tmp_path / "cifar-10-python.tar.gz") in message
    return message


def test_batches_in_their_order_whatever_the_archive_s(tmp_path, members):
    images = load(tmp_path, dict(reversed(members.items())) | {f"{FOLDER}/readme.html": b"x"})
    assert images.classes == ["cat", "dog"]
    assert images.train_images.shape == (15, 3, 32, 32)
    assert images.train_images.is_contiguous()
    expected = np.concatenate([batch(i)["data"] for i in range(1, 6)])
    assert np.array_equal(images.train_images.reshape(15, -1), expected)
    assert images.test_labels.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_pickles_of_python_3_and_of_column_order(tmp_path, members, protocol):
    data = np.asfortranarray(batch(4)["data"])
    # From protocol 5 on numpy names other functions; copying keeps to those of all protocols.
    value = {b"data": data, b"labels": [0, 1, 0, 1]}
    members[f"{FOLDER}/test_batch"] = pickle.dumps(value, min(protocol, 4))
    assert np.array_equal(load(tmp_path, members).test_images.reshape(4, -1), data)


class Harmful:
    def __reduce__(self) -> tuple:
        return os.system, ("touch harmed",)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_pickle_that_runs_a_command_is_refused(tmp_path, members, protocol, monkeypatch):
    monkeypatch.chdir(tmp_path)
    members[f"{FOLDER}/data_batch_3"] = pickle.dumps({"data": Harmful()}, protocol)
    message = refusal(tmp_path, members)
    assert f"member {FOLDER}/data_batch_3 was refused" in message
    assert f"{os.system.__module__}.system" in message
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize("name", ["builtins.eval", "numpy.load", "torch.load", "numpy.core.x.y"])
def test_other_globals_are_refused_by_name(name):
    module, _, function = name.rpartition(".")
    content = b"\x80\x02" + f"c{module}\n{function}\n.".encode()
    with pytest.raises(pickle.UnpicklingError, match=name):
        cifar10.restricted_unpickle(content)


def test_arrays_of_objects_are_refused():
    content = pickle.dumps({"data": np.array([{}], object)}, 2)
    with pytest.raises(pickle.UnpicklingError, match="array of object"):
        cifar10.restricted_unpickle(content)


def test_damaged_pickles_raise_one_kind_of_error():
    content = python2_pickle(batch(2, data=np.zeros((2, 4), np.uint8)))
    for cut in range(len(content)):
        with pytest.raises(pickle.UnpicklingError):
            cifar10.restricted_unpickle(content[:cut])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"labels": [0]}, "test_batch has no 'data'"),
        ([1], "test_batch has no 'data'"),
        (batch(2, data=np.zeros((2, 3071), np.uint8)), "is not uint8 of shape (N, 3072)"),
        (batch(2, data=[1]), "is not uint8 of shape (N, 3072)"),
        (batch(2, labels=[0]), "has 2 images; its labels are not as many"),
        (batch(2, labels=[0, "a"]), "labels are not as many whole numbers"),
        (batch(2, labels=1), "'labels' of cifar-10-batches-py/test_batch is not a list"),
        (batch(2, labels=[0, 2]), "test labels from 0 to 2 for 2 classes"),
    ],
)
def test_other_contents(tmp_path, members, value, said):
    members[f"{FOLDER}/test_batch"] = python2_pickle(value)
    assert said in refusal(tmp_path, members)


def test_missing_members(tmp_path, members):
    del members[f"{FOLDER}/data_batch_2"], members[f"{FOLDER}/batches.meta"]
    assert f"lacks {FOLDER}/data_batch_2, {FOLDER}/batches.meta" in refusal(tmp_path, members)


def test_a_truncated_archive(tmp_path, members):
    path = write_tar(tmp_path / "cifar-10-python.tar.gz", members)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(StudyError, match="no whole tar or zip archive"):
        cifar10.load({path.name: path}, {})


def test_exactly_one_file_is_needed():
    with pytest.raises(StudyError, match="exactly one file"):
        cifar10.load({}, {})
