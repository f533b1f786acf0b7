"""The confusion matrix of known predictions, over two seeds."""

import math

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.files import read_json
from convstudy.statistics import confusion, errors
from convstudy.statistics.predictions import Predictions

from made_runs import CLASSES, LABELS, change, with_predictions, write_run

# True classes: cat ×4, dog ×4, car ×2.
BEST = [[0, 0, 1, 1, 1, 1, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1, 1, 0, 2, 2]]
WORSE = [[1, 1, 1, 1, 1, 1, 1, 1, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1, 2, 0]]


@pytest.fixture
def made(tmp_path, stdin):
    """Two experiments; call it to make the JSON for these seeds."""
    runs, output = tmp_path / "runs", tmp_path / "errors.json"
    for experiment, seeds in (("worse", WORSE), ("best", BEST)):
        for seed, predicted in enumerate(seeds):
            write_run(runs / experiment / f"seed{seed}", experiment, seed, predicted)

    def call(seeds=(0, 1), names=("worse", "best"), **more):
        experiments = {name: {"title": f"The {name}", "seeds": list(seeds)} for name in names}
        stdin({"section": "cifar10", "experiments": experiments, **more})
        errors.main(["--runs", str(runs), "--output", str(output)])
        return read_json(output)

    call.runs = runs
    return call


def test_known_matrix(made):
    found = made()
    assert (found["experiment"], found["title"]) == ("best", "The best")
    assert (found["dataset"], found["classes"]) == ("generated digits", CLASSES)
    assert found["seeds"] == [0, 1]
    # Seed 0: cat 2 2 0, dog 0 4 0, car 0 0 2. Seed 1: cat 3 1 0, dog 1 3 0, car 0 0 2.
    assert found["confusion"]["mean"] == [[2.5, 1.5, 0], [0.5, 3.5, 0], [0, 0, 2]]
    spread = math.sqrt(0.5)
    assert found["confusion"]["sd"] == [
        [pytest.approx(spread), pytest.approx(spread), 0],
        [pytest.approx(spread), pytest.approx(spread), 0],
        [0, 0, 0],
    ]


def test_on_request_every_network_is_described_the_best_one_first(made):
    found = made(of="all")
    (other,) = found.pop("others")
    assert found == made()
    assert (other["experiment"], other["title"]) == ("worse", "The worse")
    alone = made(names=("worse",))
    assert other == {key: alone[key] for key in other}
    assert other.keys() == {"experiment", "title", "dataset", "classes", "seeds", "confusion"}


def test_a_class_that_is_never_recognised_has_its_place_in_the_matrix():
    found = Predictions(np.zeros((10, 3), np.float16), LABELS * 0, LABELS)
    assert confusion.matrix(found).tolist() == [[4, 0, 0], [4, 0, 0], [2, 0, 0]]


def test_pairs_by_share_of_the_true_class(made):
    spread = pytest.approx(math.sqrt(0.5))
    assert made()["confusion"]["pairs"] == [
        {"true": "cat", "predicted": "dog", "mean": 1.5, "sd": spread, "share": 0.375},
        {"true": "dog", "predicted": "cat", "mean": 0.5, "sd": spread, "share": 0.125},
    ]


def test_one_seed_has_no_spread(made):
    found = made(seeds=[0])
    assert found["confusion"]["sd"] is None
    assert {one["sd"] for one in found["confusion"]["pairs"] + found["recalls"]} == {None}
    assert found["confusion"]["mean"][0] == [2, 2, 0]


def test_only_experiments_of_the_section_compete(made):
    assert made(names=["worse"])["experiment"] == "worse"


def test_the_pair_with_the_largest_share_comes_first_whatever_the_order_of_classes():
    counts = np.array([[[9, 1, 0], [0, 5, 5], [2, 0, 8]]])
    found = confusion.confused_pairs(counts, CLASSES)
    assert [(one["true"], one["share"]) for one in found] == [
        *(("dog", 0.5), ("car", 0.2), ("cat", 0.1))
    ]


def test_runs_that_are_not_there(made):
    with pytest.raises(StudyError, match=r"worse/seed2/metrics.json is missing"):
        made(seeds=[0, 1, 2, 3])


def test_a_record_without_a_plausible_accuracy(made):
    change(made.runs / "best/seed1", test_accuracy=1.5)
    with pytest.raises(StudyError, match=r"best/seed1/metrics.json: test_accuracy is 1.5, outside"):
        made()


def test_a_record_that_is_no_object(made):
    (made.runs / "best/seed1/metrics.json").write_text("[]")
    with pytest.raises(StudyError, match=r"best/seed1/metrics.json: test_accuracy is None"):
        made()


def test_predictions_that_are_gone(made):
    (made.runs / "best/seed1/predictions.npz").unlink()
    with pytest.raises(StudyError, match=r"seed1/predictions.npz is missing"):
        made()


def test_predictions_that_this_run_did_not_write(made):
    path = made.runs / "best/seed1/predictions.npz"
    with np.load(path) as archive:
        np.savez(path, **{**archive, "predicted": LABELS})
    with pytest.raises(StudyError, match=r"seed1/predictions\.npz is not the file that this run"):
        made()


def test_class_names_that_do_not_fit(made):
    change(made.runs / "best/seed0", classes=["cat", "dog"])
    with pytest.raises(StudyError, match="2 classes have names"):
        made()


def test_seeds_that_were_tested_on_different_images(made):
    with_predictions(made.runs / "best/seed1", labels=LABELS[::-1])
    with pytest.raises(StudyError, match="runs/best: its seeds were tested on different images"):
        made()


def test_a_seed_with_more_classes_than_have_names(made):
    with_predictions(made.runs / "best/seed1", logits=np.zeros((10, 4), np.float16))
    with pytest.raises(StudyError, match="3 classes have names"):
        made()


@pytest.mark.parametrize(
    "job",
    [
        {},
        {"experiments": {}},
        {"experiments": {"a": {"title": "A"}}},
        {"experiments": {"a": {"title": "A", "seeds": 2}}},
        {"experiments": {"a": {"title": "A", "seeds": [0]}, "b": {"title": "B", "seeds": []}}},
    ],
)
def test_faulty_input(tmp_path, stdin, job):
    stdin(job)
    with pytest.raises(StudyError, match="standard input"):
        errors.main(["--runs", "r", "--output", str(tmp_path / "c.json")])
    assert not list(tmp_path.iterdir())
