"""The noise of test images: by hand where it can be, else by known truth."""

import math

import numpy as np
import pytest

from convstudy.files import write_json
from convstudy.statistics.claims import decide
from convstudy.statistics.image_noise import mcnemar, two_way

from made_runs import runs_of


def test_two_way_by_hand():
    # Seeds' means 3/4 and 1/2: their variance 1/32, over n = 2: 1/64.
    # Images' means 1, 1/2, 1, 0: variance 11/48, over N = 4: 11/192.
    # What is left after both, in eighths: −1, 3, −1, −1 and 1, −3, 1, 1: squares 24/64, over
    # (n − 1)(N − 1) = 3: 1/8, over nN = 8: 1/64.
    right = np.array([[1, 1, 1, 0], [1, 0, 1, 0]], dtype=bool)
    found = two_way([right], [1.0])
    total = 1 / 64 + 11 / 192 - 1 / 64
    assert found.estimate == 5 / 8
    assert found.error == pytest.approx(math.sqrt(total))
    parts = (1 / 64) ** 2 / 1 + (11 / 192) ** 2 / 3 + (1 / 64) ** 2 / 3
    assert found.df == pytest.approx(total**2 / parts)


def test_images_are_paired():
    """Two networks that know the same images differ for sure, however hard the images are."""
    easy = np.arange(1000) % 2 == 0
    of, than = np.stack([easy] * 3), np.stack([easy & (np.arange(1000) >= 20)] * 3)
    found = two_way([of, than], [1.0, -1.0])
    assert found.estimate == pytest.approx(0.01)
    assert found.error == pytest.approx(math.sqrt(0.01 * 0.99 / 999))


def test_half_the_weights_are_half_the_error():
    """A slope over networks is weighed by other numbers than ±1; df are those of the contrast."""
    random = np.random.default_rng(0)
    networks = [random.random((seeds, 40)) < 0.7 for seeds in (3, 5)]
    whole, half = two_way(networks, [1.0, -1.0]), two_way(networks, [0.5, -0.5])
    assert half.estimate == pytest.approx(whole.estimate / 2)
    assert half.error == pytest.approx(whole.error / 2)
    assert half.df == pytest.approx(whole.df)


def test_without_image_noise_it_is_the_interval_over_seeds():
    # Each seed is right on as many images, but on others: the images differ by chance alone
    right = np.array([[k % 3 == 0 for k in range(s, s + 9)] for s in range(3)])
    right[0, 1] = True
    found = two_way([right], [1.0])
    means = right.mean(axis=1)
    assert found.error == pytest.approx(means.std(ddof=1) / math.sqrt(3))
    assert found.df == pytest.approx(2)


def test_one_seed_or_nothing_that_varies_gives_none():
    assert two_way([np.ones((1, 5), dtype=bool)], [1.0]) is None
    assert two_way([np.ones((3, 5), dtype=bool)], [1.0]) is None
    one, three = np.eye(1, 5, dtype=bool), np.eye(3, 5, dtype=bool)
    assert two_way([three, one], [1.0, -1.0]) is two_way([one, three], [1.0, -1.0]) is None


def test_mcnemar_by_hand():
    # Only the first is right on 7 images, only the second on 1: 2 · (1 + 8) / 2⁸
    of, than = np.ones(12, dtype=bool), np.ones(12, dtype=bool)
    than[:7], of[7] = False, False
    assert mcnemar(of, than) == {
        **{"only_of": 7, "only_than": 1},
        **{"p": pytest.approx(18 / 256), "smallest_p": 2 / 256},
    }
    assert mcnemar(of, of)["p"] == mcnemar(of, of)["smallest_p"] == 1.0


CLAIM = {"section": "s", "kind": "greater", "metric": "test_accuracy", "of": "a", "than": "b"}


def answers(seeds, metric="test_accuracy"):
    """Of two networks, with as many seeds as the second entry says of the second."""
    random = np.random.default_rng(0)
    summary = {}
    of, than = seeds if isinstance(seeds, tuple) else (seeds, seeds)
    for name, accuracy, count in (("a", 0.9, of), ("b", 0.6, than)):
        right = random.random((count, 500)) < accuracy
        summary[name] = runs_of(**{metric: right.mean(axis=1).tolist()})
        summary[name].right = right
    return summary


def decided(seeds, metric="test_accuracy", **changes):
    claim = {**CLAIM, "metric": metric, **changes}
    return decide({"c": claim}, answers(seeds, metric), 5)["claims"]["c"]


def test_accuracies_have_both_intervals():
    row = decided(5)
    both = row["new_items"]
    assert row["verdict"] == "supported" and row["one_seed"] is None
    assert both["high"] - both["low"] > 0 and both["df"] > 4
    right = [runs.right for runs in answers(5).values()]
    expected = two_way(right, [1.0, -1.0])
    covered = expected.interval(row["coverage"])  # as the interval that decides
    assert (both["low"], both["high"]) == covered != expected.interval()
    assert both["df"] == expected.df
    assert decided(5, "train_accuracy")["new_items"] is None
    assert decided(5, kind="ratio", factor=1.2)["new_items"] is None


def test_without_answers_there_is_only_the_interval_over_seeds():
    summary = answers(5)
    summary["b"].right = None
    row = decide({"c": CLAIM}, summary, 5)["claims"]["c"]
    assert row["new_items"] is row["one_seed"] is None and row["low"] is not None


def test_only_two_single_networks_are_compared_image_by_image():
    assert decided((5, 1))["one_seed"] is decided((1, 5))["one_seed"] is None
    assert decided(1, kind="above", threshold=0.5)["one_seed"] is None
    assert decided(1, "train_accuracy")["one_seed"] is None
    a, b = (runs.right[0] for runs in answers(1).values())
    assert decided(1)["one_seed"] == mcnemar(a, b)


def test_one_seed_is_tested_and_stays_open(tmp_path):
    row = decided(1)
    write_json(tmp_path / "claims.json", row)
    assert row["one_seed"]["p"] < 1e-6
    assert (row["verdict"], row["reason"]) == ("inconclusive", "too_few_seeds")
    assert row["new_items"] is None


@pytest.mark.parametrize("of_seeds, of_images", [(0.01, 0.0), (0.0, 1.5), (0.01, 1.5)])
def test_it_covers_the_truth_for_new_seeds_and_new_images(of_seeds, of_images):
    random = np.random.default_rng(1)
    hit = 0
    for _ in range(400):
        chance = 0.8 + of_images * 0.13 * random.uniform(-1, 1, (1, 300))
        chance = chance + of_seeds * random.normal(size=(5, 1))
        low, high = two_way([random.random((5, 300)) < chance], [1.0]).interval()
        hit += low <= 0.8 <= high
    assert 0.92 <= hit / 400 <= 0.98
