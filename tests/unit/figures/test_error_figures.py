"""Mistakes, calibration and accuracy per class, of few and of many classes, with any names."""

import json

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.figures import calibration, mistakes, recalls, style

NAMES = ["cat", "собака αβγ", "a_long $name$ of a class"]


def made(classes=3, seeds=2, wrong=3):
    """What `convstudy errors` writes."""
    spread = (
        {"sd": 0.1, "low": 0.4, "high": 1.1} if seeds > 1 else dict.fromkeys(("sd", "low", "high"))
    )
    bins = {"images": [0, 5], "confidence": [None, 0.75], "accuracy": [None, 0.5]}
    return {
        **{"title": "Net $5_a", "dataset": "CIFAR-10 (JPEG)", "seeds": list(range(seeds))},
        "images": 1234,
        "calibration": {k: [v] * seeds for k, v in bins.items()}
        | {"error": {"mean": 0.25, **spread}},
        "recalls": [
            {"class": f"{k} {NAMES[k % 3]}", "images": 9, "mean": k / classes, **spread}
            for k in range(classes)
        ],
        "mistakes": [
            {"index": k, "true": NAMES[k % 3], "predicted": NAMES[(k + 1) % 3], "confidence": 0.987}
            for k in range(wrong)
        ],
    }


def words(figure):
    return [text.get_text() for text in figure.findobj(match=lambda o: hasattr(o, "get_text"))]


@pytest.mark.parametrize("seeds", [1, 2, 10])
def test_the_calibration_curve_shows_the_bins_with_images(seeds):
    figure = calibration.draw(made(seeds=seeds))
    strong = figure.axes[0].lines[-1]
    assert (strong.get_xdata().tolist(), strong.get_ydata().tolist()) == ([75.0], [50.0])
    said = "expected calibration error: 25.00 points" + (" (40.00 to 110.00)" if seeds > 1 else "")
    assert said in words(figure)


@pytest.mark.parametrize("classes", [2, 10, 50, 51, 100])
def test_every_class_is_named_once_and_best_first(classes):
    figure = recalls.draw(made(classes))
    names = [label.get_text() for axis in figure.axes for label in axis.get_yticklabels()]
    assert len(names) == classes
    assert names[0].startswith(f"{classes - 1} ")
    assert figure.get_size_inches()[1] <= style.PAGE_HEIGHT


def test_intervals_of_shares_end_at_100_percent():
    (line,) = recalls.draw(made()).axes[0].collections
    assert max(end for path in line.get_segments() for end, _ in path) == 100


@pytest.mark.parametrize("least", [0.0, 0.9, 0.998, 1.0])
def test_the_axis_of_shares_leaves_room_for_all_and_names_nothing_above_100_percent(least):
    one_seed = made(seeds=1)
    for share, one in zip([least, 1.0, 1.0], one_seed["recalls"], strict=True):
        one["mean"] = share
    axis = recalls.draw(one_seed).axes[0]
    left, right = axis.get_xlim()
    assert max(0, 100 * least - 5) <= left <= 100 * least < right
    assert max(tick for tick in axis.get_xticks() if tick <= right) == pytest.approx(100)


@pytest.mark.parametrize("depth", [1, 3])
def test_every_mistake_is_shown_with_both_classes(depth):
    figure = mistakes.draw(made(), np.zeros((3, 8, 8, depth), np.uint8))
    shown = [axis for axis in figure.axes if axis.images]
    assert len(shown) == 3
    assert shown[0].get_xlabel() == "cat\nas собака\nαβγ\n98.7 %"


def test_no_mistake_is_said_in_words():
    figure = mistakes.draw(made(wrong=0), np.zeros((0, 8, 8, 1), np.uint8))
    assert "None of the 1,234 test images is mistaken." in words(figure)


def test_a_file_without_a_part(tmp_path):
    path = tmp_path / "errors.json"
    path.write_text(json.dumps({**made(), "recalls": None}))
    with pytest.raises(StudyError, match=r"errors.json lacks or misspells recalls"):
        recalls.main(["--errors", str(path), "--output", str(tmp_path / "r.png")])
    assert not (tmp_path / "r.png").exists()


def test_pictures_of_other_mistakes_are_refused(tmp_path):
    (tmp_path / "e.json").write_text(json.dumps(made()))
    np.savez(tmp_path / "e.npz", images=np.zeros((2, 8, 8, 1), np.uint8))
    paths = [
        f"--{key}={tmp_path / name}" for key, name in (("errors", "e.json"), ("pictures", "e.npz"))
    ]
    with pytest.raises(StudyError, match=r"holds other images than"):
        mistakes.main([*paths, "--output", str(tmp_path / "m.png")])
