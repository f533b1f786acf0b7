"""Calibration, recall and mistakes of predictions whose answers are known."""

import warnings

import numpy as np
import pytest

from convstudy.files import read_json
from convstudy.statistics import errors
from convstudy.statistics.predictions import Predictions

from made_runs import CLASSES, write_run


def predicted_with(confidences, right):
    """Two classes; softmax gives exactly these confidences to class 1, up to half precision."""
    sure = np.array(confidences)
    logits = np.stack([np.zeros(len(sure)), np.log(sure / (1 - sure))], axis=1)
    labels = np.where(right, 1, 0)
    return Predictions(logits.astype(np.float16), np.ones(len(sure), int), labels)


def test_confidence_is_the_probability_of_the_predicted_class():
    found = predicted_with([0.55, 0.75, 0.999], [True, False, True])
    assert errors.confidence(found) == pytest.approx([0.55, 0.75, 0.999], abs=1e-3)


def test_logits_beyond_half_precision_are_certain():
    found = Predictions(np.array([[np.inf, 1], [-np.inf, 0]], np.float16), np.array([0, 1]), None)
    assert errors.confidence(found) == pytest.approx([1, 1])


def test_answers_that_are_wholly_certain_are_in_the_last_bin():
    found = Predictions(
        np.array([[60, 0], [np.inf, 0], [3, 0]], np.float16), np.zeros(3, int), np.zeros(3, int)
    )
    assert errors.confidence(found).tolist()[:2] == [1, 1]
    assert errors.calibration([found])["images"] == [[0] * 14 + [3]]


def test_expected_calibration_error_of_known_bins():
    """0.7 × 4 of which 3 are right, 0.9 × 6 of which 3 are: (4 · 0.05 + 6 · 0.4) / 10."""
    found = predicted_with([0.7] * 4 + [0.9] * 6, [True] * 3 + [False] + [True] * 3 + [False] * 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nobody is told that some bins are empty
        known = errors.calibration([found, found])
    assert known["error"]["mean"] == pytest.approx(0.26, abs=1e-3)
    assert known["error"]["low"] == known["error"]["high"] == known["error"]["mean"]
    assert known["images"][0] == [0] * 10 + [4, 0, 0, 6, 0]
    assert known["accuracy"][1][10:14] == [0.75, None, None, 0.5]
    assert known["confidence"][0][10] == pytest.approx(0.7, abs=1e-3)


def test_a_calibrated_network_has_no_error():
    found = predicted_with([0.75] * 8, [True] * 6 + [False] * 2)
    assert errors.calibration([found])["error"] == {
        **{"mean": pytest.approx(0, abs=1e-3), "sd": None, "low": None, "high": None}
    }


def test_the_surest_mistakes_come_first_and_no_right_answer_is_among_them():
    found = predicted_with([0.6, 0.9, 0.99, 0.8], [False, False, True, False])
    assert [
        (one["index"], one["true"], one["predicted"]) for one in errors.mistakes(found, "ab")
    ] == [
        (1, "a", "b"),
        (3, "a", "b"),
        (0, "a", "b"),
    ]


def test_of_many_mistakes_only_some_are_kept():
    found = predicted_with(np.linspace(0.6, 0.9, 100), [False] * 100)
    assert [one["index"] for one in errors.mistakes(found, "ab")] == list(range(99, 75, -1))


def test_mistakes_of_equal_confidence_keep_the_order_of_the_images():
    found = predicted_with([0.75, 0.9] * 50, [False] * 100)
    assert [one["index"] for one in errors.mistakes(found, "ab")] == list(range(1, 48, 2))


def test_classes_without_test_images_have_no_recall():
    found = predicted_with([0.75] * 4, [True] * 4)
    assert [one["class"] for one in errors.recalls([found], ["none", "some"])] == ["some"]


def test_one_seed_is_described_without_a_spread(tmp_path):
    write_run(tmp_path / "net/seed0", "net", 0, [0] * 10)
    found = errors.of_section(tmp_path, {"experiments": {"net": {"title": "Net", "seeds": [0]}}})
    assert (found["images"], len(found["recalls"])) == (10, 3)
    assert {recall["sd"] for recall in found["recalls"]} == {None}


def test_the_best_experiment_of_the_section_is_described(tmp_path, stdin):
    """True classes: cat ×4, dog ×4, car ×2; seed 0 takes two cats for dogs, seed 1 one."""
    for name, seeds in (
        ("worse", [[1] * 10, [1] * 10]),
        ("best", [[0, 0, 1, 1, 1, 1, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1, 1, 1, 2, 2]]),
    ):
        for seed, predicted in enumerate(seeds):
            write_run(tmp_path / "runs" / name / f"seed{seed}", name, seed, predicted)
    stdin({"experiments": {n: {"title": n, "seeds": [0, 1]} for n in ("worse", "best")}})
    errors.main(["--runs", str(tmp_path / "runs"), "--output", str(tmp_path / "errors.json")])
    found = read_json(tmp_path / "errors.json")
    assert (found["experiment"], found["classes"], found["images"]) == ("best", CLASSES, 10)
    cat, dog, car = found["recalls"]
    assert (cat["class"], cat["images"], cat["mean"]) == ("cat", 4, 0.625)
    assert cat["sd"] == pytest.approx(np.sqrt(0.5) / 4)
    assert cat["low"] < 0.625 < cat["high"]
    assert (dog["mean"], dog["low"], car["images"]) == (1.0, 1.0, 2)
    assert [(m["true"], m["predicted"]) for m in found["mistakes"]] == [("cat", "dog")] * 2
    assert np.sum(found["calibration"]["images"], axis=1).tolist() == [10, 10]
