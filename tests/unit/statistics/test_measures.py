"""Metrics that only claims ask for, from the files that they are read from."""

import json

import numpy as np
import pytest

from convstudy import histories
from convstudy.config.claim_kinds import column
from convstudy.errors import StudyError
from convstudy.statistics import history, measures
from convstudy.statistics.summary import Runs

from made_runs import LABELS, change, with_predictions, write_run

PREDICTED = [0, 0, 0, 1, 1, 1, 0, 0, 2, 2]  # of cats 3 of 4, of dogs 2 of 4, of cars all


@pytest.fixture
def folder(tmp_path):
    for seed in (0, 1):
        predicted = list(LABELS) if seed else PREDICTED
        write_run(tmp_path / "runs/net" / f"seed{seed}", "net", seed, predicted)
    spelt = histories.spell(tmp_path / f"runs/net/seed{seed}" for seed in (0, 1))
    (tmp_path / "histories.csv").write_text(spelt)
    return tmp_path


def measured(folder, seeds=(0, 1), **claim):
    claim = {"section": "s", "kind": "above", "of": "net", "threshold": 0, **claim}
    table = {"net": Runs(seeds=list(seeds))}
    measures.add(table, [claim], folder / "runs", folder / "timing.json")
    return table["net"], table["net"].values.get(column(claim))


def test_answers_of_accuracies(folder):
    runs, _ = measured(folder, metric="test_accuracy")
    np.testing.assert_array_equal(runs.right, [np.array(PREDICTED) == LABELS, [True] * 10])
    assert runs.classes == ["cat", "dog", "car"]


def test_recall_and_its_lead_by_hand(folder):
    assert measured(folder, metric="recall", **{"class": "dog"})[1] == [0.5, 1.0]
    lead = measured(folder, metric="recall_lead", **{"class": "dog"})[1]
    assert lead == pytest.approx([0.5 - (0.75 + 0.5 + 1) / 3, 0.0])


def test_confusion_by_hand(folder):
    # Off the diagonal ¼ and ½ of six cells, on average ⅛; cat and dog (¼ + ½) / 2; 3 times
    assert measured(folder, metric="confusion", **{"class": "cat", "with": "dog"})[1] == [3.0, 0.0]
    assert measured(folder, metric="confusion", **{"class": "car", "with": "dog"})[1] == [0, 0]


def test_every_class_has_a_recall(folder):
    runs, _ = measured(folder, metric="recall", **{"class": "every"})
    assert runs.values["recall (car)"] == [1.0, 1.0] and "recall (every)" not in runs.values


def test_one_seed_is_measured_alone(folder):
    runs, values = measured(folder, seeds=[0], metric="recall", **{"class": "dog"})
    assert (runs.right.shape, runs.classes, values) == ((1, 10), ["cat", "dog", "car"], [0.5])


def test_a_class_that_is_never_predicted_has_a_recall_of_zero(folder):
    write_run(folder / "runs/net/seed0", "net", 0, [0] * 10)
    assert measured(folder, metric="recall", **{"class": "car"})[1] == [0.0, 1.0]


def test_two_classes_are_enough_for_a_confusion(folder):
    labels, predicted = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    for seed in (0, 1):
        at = folder / f"runs/net/seed{seed}"
        with_predictions(at, labels=labels, predicted=predicted, logits=np.eye(2)[predicted])
        change(at, classes=["cat", "dog"])
    assert measured(folder, metric="confusion", **{"class": "cat", "with": "dog"})[1] == [1.0, 1.0]


def test_a_class_without_test_images_leaves_recall_unmeasured(folder):
    for seed in (0, 1):
        with_predictions(folder / f"runs/net/seed{seed}", labels=np.array([0] * 4 + [1] * 6))
    assert measured(folder, metric="recall", **{"class": "car"})[1] == []
    assert measured(folder, metric="recall_lead", **{"class": "dog"})[1] == []


@pytest.mark.parametrize(
    "claim", [{"metric": "test_accuracy"}, {"metric": "recall", "class": "cat"}]
)
def test_predictions_that_this_run_did_not_write(folder, claim):
    path = folder / "runs/net/seed1/predictions.npz"
    with np.load(path) as archive:
        np.savez(path, **{**archive, "labels": LABELS[::-1]})
    with pytest.raises(StudyError, match=r"seed1/predictions\.npz is not the file that this run"):
        measured(folder, **claim)


def test_answers_of_seeds_are_to_the_same_images(folder):
    with_predictions(folder / "runs/net/seed1", labels=LABELS[::-1])
    with pytest.raises(StudyError, match="runs/net: its seeds were tested on different images"):
        measured(folder, metric="test_accuracy")


def test_claims_about_claims_need_no_files(folder):
    table = {}
    measures.add(table, [{"section": "s", "kind": "all_of", "claims": ["c"]}], folder, folder)
    assert table == {}


def test_a_class_that_is_not_there_is_not_measured(folder):
    assert measured(folder, metric="recall", **{"class": "ship"})[1] == []


@pytest.mark.parametrize(
    "values, rough, late",
    [
        ([0.5], None, None),
        ([0.5, 0.7], None, 0.2),
        ([0.1, 0.2, 0.3, 0.4], 0.0, 0.2),
        ([0.1, 0.5, 0.3, 0.4, 0.8], (0.6 + 0.3 + 0.3) / 3, 0.3),
    ],
)
def test_curves_by_hand(values, rough, late):
    assert history.roughness(values) == (rough if rough is None else pytest.approx(rough))
    assert history.late_change(values) == (late if late is None else pytest.approx(late))


def test_curves_of_files(folder):
    # Two epochs: test losses 1.9 and that of the predictions, training losses 2 and 1
    assert measured(folder, metric="roughness")[1] == []
    assert measured(folder, metric="late_train_loss")[1] == [-1.0, -1.0]
    assert measured(folder, metric="late_test_loss")[1][0] == pytest.approx(-0.5646127)


def test_frequencies_that_are_no_object(folder):
    (folder / "runs/net/seed0/frequency.json").write_text("[]")
    with pytest.raises(StudyError, match=r"seed0/frequency.json: activation_frequency is None"):
        measured(folder, metric="activation_frequency", layer="features.0")


def test_frequencies_and_times(folder):
    for seed in (0, 1):
        record = {"images": 10, "frequencies": {"features.0": 0.1 + seed / 100}}
        (folder / f"runs/net/seed{seed}/frequency.json").write_text(json.dumps(record))
    (folder / "timing.json").write_text(json.dumps({"step_seconds": {"net": [0.1, 0.2, 0.3]}}))
    found = measured(folder, metric="activation_frequency", layer="features.0")[1]
    assert found == pytest.approx([0.1, 0.11])
    assert measured(folder, metric="step_seconds")[1] == [0.1, 0.2, 0.3]


@pytest.mark.parametrize(
    "claim, record, said",
    [
        ({"metric": "step_seconds"}, {"step_seconds": {}}, "holds no times of net"),
        ({"metric": "step_seconds"}, {"step_seconds": {"net": [-1]}}, "outside 0 to inf"),
        ({"metric": "step_seconds"}, {"step_seconds": {"net": []}}, "holds no times of net"),
        ({"metric": "step_seconds"}, {"step_seconds": {"net": 0.1}}, "holds no times of net"),
        ({"metric": "step_seconds"}, {"step_seconds": [0.1]}, "holds no times of net"),
        ({"metric": "step_seconds"}, [0.1], "holds no times of net"),
        ({"metric": "step_seconds"}, None, "is missing"),
        ({"metric": "activation_frequency", "layer": "x"}, None, "frequency.json"),
        ({"metric": "roughness"}, None, "histories.csv is missing"),
        ({"metric": "recall", "class": "cat"}, None, "predictions.npz is missing"),
    ],
)
def test_missing_and_implausible_files_are_named(folder, claim, record, said):
    if record is not None:
        (folder / "timing.json").write_text(json.dumps(record))
    for name in ("histories.csv", "runs/net/seed1/predictions.npz"):
        (folder / name).unlink()
    with pytest.raises(StudyError, match=said):
        measured(folder, **claim)
