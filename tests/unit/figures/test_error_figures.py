"""Mistakes, calibration and accuracy per class, of few and of many classes, with any names."""

import json

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.figures import calibration, mistakes, recalls, style, tables
from convstudy.figures.drawing import Drawing

NAMES = ["cat", "собака αβγ", "a_long $name$ of a class"]


def made(classes=3, seeds=2, wrong=3):
    """What `convstudy errors` writes."""
    spread = (
        {"sd": 0.1, "low": 0.4, "high": 1.1} if seeds > 1 else dict.fromkeys(("sd", "low", "high"))
    )
    bins = {"images": [0, 15], "confidence": [None, 0.75], "accuracy": [None, 0.5]}
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


def draw(module, tmp_path, stored, *more):
    """The figure of what was stored."""
    path = tmp_path / "errors.json"
    path.write_text(json.dumps(stored))
    return module.draw(Drawing("Section", "D", ()), tables.errors(path), *more)


def words(figure):
    return [text.get_text() for text in figure.findobj(match=lambda o: hasattr(o, "get_text"))]


@pytest.mark.parametrize("seeds", [1, 2, 10])
def test_the_calibration_curve_shows_the_bins_with_images(tmp_path, seeds):
    figure = draw(calibration, tmp_path, made(seeds=seeds))
    (points,) = figure.axes[0].collections
    assert points.get_offsets().tolist() == [[75.0, 50.0]]
    said = "expected calibration error: 25.00 points" + (" (40.00 to 110.00)" if seeds > 2 else "")
    assert said in [text.replace("\n", " ") for text in words(figure)]


def test_bins_count_by_their_images_and_nearly_empty_ones_lead_no_line(tmp_path):
    stored = made(seeds=1)
    stored["calibration"] |= {
        **{"images": [[3, 10, 1000]], "confidence": [[0.2, 0.5, 0.9]]},
        "accuracy": [[1.0, 0.4, 0.9]],
    }
    axis = draw(calibration, tmp_path, stored).axes[0]
    (line,) = [one for one in axis.lines if one.get_gid() is None]
    assert line.get_xdata().tolist() == [50, 90]
    full, nearly_empty = axis.collections
    assert full.get_sizes()[0] < full.get_sizes()[1]
    assert nearly_empty.get_offsets().tolist() == [[20, 100]]
    assert nearly_empty.get_label() == "fewer than 10 images"


@pytest.mark.parametrize("classes", [2, 10, 50, 51, 100])
def test_every_class_is_named_once_and_best_first(tmp_path, classes):
    figure = draw(recalls, tmp_path, made(classes))
    names = [label.get_text() for axis in figure.axes for label in axis.get_yticklabels()]
    assert len(names) == classes
    assert names[0].startswith(f"{classes - 1} ")
    assert figure.get_size_inches()[1] <= style.PAGE_HEIGHT


def test_intervals_of_shares_end_at_100_percent(tmp_path):
    line = draw(recalls, tmp_path, made(seeds=3)).axes[0].collections[0]
    assert max(end for path in line.get_segments() for end, _ in path) == 100


@pytest.mark.parametrize(
    ("least", "start"), [(0.0, 0), (0.5, 50), (0.9, 80), (0.998, 95), (1.0, 95)]
)
def test_accuracies_per_class_have_one_of_few_axes(tmp_path, least, start):
    one_seed = made(seeds=1)
    for share, one in zip([least, 1.0, 1.0], one_seed["recalls"], strict=True):
        one["mean"] = share
    axis = draw(recalls, tmp_path, one_seed).axes[0]
    assert axis.get_xlim() == (start, 100)
    assert axis.get_ylabel() == "true class"


@pytest.mark.parametrize("depth", [1, 3])
def test_every_mistake_is_shown_with_both_classes(tmp_path, depth):
    figure = draw(mistakes, tmp_path, made(), np.zeros((3, 8, 8, depth), np.uint8))
    shown = [axis for axis in figure.axes if axis.images]
    assert len(shown) == 3
    assert shown[0].get_xlabel() == "cat\nas собака\nαβγ\n98.7 %"


def test_no_mistake_is_said_in_words(tmp_path):
    figure = draw(mistakes, tmp_path, made(wrong=0), np.zeros((0, 8, 8, 1), np.uint8))
    assert "None of the 1,234 test images is mistaken." in words(figure)


def test_a_file_without_a_part(tmp_path):
    path = tmp_path / "errors.json"
    path.write_text(json.dumps({**made(), "recalls": None}))
    with pytest.raises(StudyError, match=r"errors.json misspells recalls"):
        tables.errors(path)


def test_pictures_of_other_mistakes_are_refused(tmp_path):
    (tmp_path / "e.json").write_text(json.dumps(made()))
    np.savez(tmp_path / "e.npz", images=np.zeros((2, 8, 8, 1), np.uint8))
    with pytest.raises(StudyError, match=r"holds other images than"):
        tables.pictures(tmp_path / "e.npz", tmp_path / "e.json")
