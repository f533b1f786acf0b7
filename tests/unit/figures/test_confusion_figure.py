"""The confusion figure says what the file says."""

import itertools
import json

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.figures import confusion, style, tables
from convstudy.figures.drawing import Drawing


def _found(tmp_path, stored):
    path = tmp_path / "section.json"
    path.write_text(json.dumps(stored), "utf-8")
    return tables.confusion(path)


def _draw(found):
    return confusion.draw(Drawing("Section", "D", ()), found)


def _cells(figure):
    """What is written in which cell (row, column)."""
    found = {t.get_position(): t.get_text() for t in figure.axes[0].texts if t.get_text()}
    return {(int(y), int(x)): text for (x, y), text in found.items()}


def test_cells_give_the_share_of_the_true_class(tmp_path, house_style):
    stored = {
        **{"experiment": "net", "title": "Net", "dataset": "D", "classes": ["a", "b", "c"]},
        "seeds": [0, 1],
        "confusion": {
            "mean": [[90, 9.5, 0.5], [0, 197.5, 2.5], [0, 1, 3999]],
            "sd": [[1.41, 2, 0.7], [0, 3.5, 3.5], [0, 0, 0]],
        },
    }
    figure = _draw(_found(tmp_path, stored))
    assert _cells(figure) == {
        **{(0, 0): "90", (0, 1): "9.5", (0, 2): "0.5"},
        **{(1, 1): "99", (1, 2): "1.3", (2, 1): "<0.1", (2, 2): "100"},
    }
    shares = figure.axes[0].collections[0].get_array().reshape(3, 3)
    expected = [[0.9, 0.095, 0.005], [0, 0.9875, 0.0125], [0, 0.00025, 0.99975]]
    np.testing.assert_allclose(shares, expected)
    assert figure.get_suptitle() == "Net · D · test images, mean of 2 seeds"


def test_each_network_that_the_file_has_is_drawn_below_the_best(tmp_path, house_style, make):
    best, other = make.confusion(3), {**make.confusion(3, seeds=3), "title": "Other"}
    figure = _draw(_found(tmp_path, {**best, "others": [other]}))
    first, second = (axis for axis in figure.axes if axis.get_ylabel() == "true class")
    assert figure.get_suptitle() == "Section · D"
    assert first.get_title("left").startswith("Net $5_a · ")
    assert second.get_title("left") == "Other · CIFAR-10 (JPEG) · test images, mean of 3 seeds"
    mean = np.array(other["confusion"]["mean"])
    shares = second.collections[0].get_array().reshape(3, 3)
    np.testing.assert_allclose(shares, mean / mean.sum(axis=1, keepdims=True))


def test_one_seed_is_said(tmp_path, house_style, make):
    figure = _draw(_found(tmp_path, make.confusion(3, seeds=1)))
    assert figure.get_suptitle().endswith("one seed")


def test_rows_are_true_classes_by_name(tmp_path, house_style, make):
    stored = make.confusion(3)
    axis = _draw(_found(tmp_path, stored)).axes[0]
    assert [text.get_text() for text in axis.get_yticklabels()] == stored["classes"]
    assert [text.get_text() for text in axis.get_xticklabels()] == stored["classes"]
    assert axis.get_ylabel() == "true class" and "predicted" in axis.get_xlabel()
    assert axis.get_ylim()[0] > axis.get_ylim()[1]  # the first class at the top


def test_a_class_without_images_has_no_share(tmp_path, house_style, make):
    stored = make.confusion(3)
    stored["confusion"]["mean"][1] = [0, 0, 0]
    found = _found(tmp_path, stored)
    missing = confusion.row_shares(found[0].mean).isna()
    assert missing.all(axis=1).tolist() == [False, True, False]
    assert missing.any(axis=1).tolist() == [False, True, False]
    style.save(_draw(found), tmp_path / "out.png")


@pytest.mark.parametrize(("classes", "texts"), [(2, True), (14, True), (15, False), (100, False)])
def test_any_number_of_classes(tmp_path, house_style, make, classes, texts):
    figure = _draw(_found(tmp_path, make.confusion(classes)))
    style.save(figure, tmp_path / "out.png")
    assert bool(_cells(figure)) == texts
    boxes = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert not any(a.overlaps(b) for a, b in itertools.pairwise(boxes))
    assert min(box.x0 for box in boxes) >= 0


def test_texts_stay_inside_their_cells(tmp_path, house_style, make):
    for classes in (11, 14):
        stored = make.confusion(classes)
        stored["confusion"]["mean"] = (1000 * np.eye(classes) + 0.2).tolist()
        figure = _draw(_found(tmp_path, stored))
        style.save(figure, tmp_path / "out.png")
        cell = figure.axes[0].get_window_extent()
        for text in figure.axes[0].texts:
            assert text.get_window_extent().width <= cell.width / classes
            assert text.get_window_extent().height <= cell.height / classes


def _changed(stored, classes=None, **counts):
    changed = {**stored, "confusion": {**stored["confusion"], **counts}}
    return changed if classes is None else {**changed, "classes": classes}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mean": None}, "there is none"),
        ({"classes": ["a", "b"]}, r"\(3, 3\).*\(2, 2\)"),
        ({"mean": [[1], [2, 3]]}, "misspells a matrix"),
        ({"sd": [[1.0]]}, r"\(1, 1\).*\(3, 3\)"),
        ({"classes": [], "mean": [], "sd": None}, "misspells a matrix"),
    ],
)
def test_bad_parts_are_refused(tmp_path, make, change, said):
    with pytest.raises(StudyError, match=said) as error:
        _found(tmp_path, _changed(make.confusion(3), **change))
    assert "section.json" in str(error.value) and "snakemake" in str(error.value)


def test_missing_parts_are_refused(tmp_path, make):
    for key in ("title", "dataset", "classes", "seeds", "confusion"):
        with pytest.raises(StudyError, match=f"lacks '{key}'"):
            _found(tmp_path, {k: v for k, v in make.confusion(3).items() if k != key})
    with pytest.raises(StudyError, match="lacks 'sd'"):
        _found(tmp_path, {**make.confusion(1), "confusion": {"mean": [[1]]}})
    with pytest.raises(StudyError, match="is missing"):
        tables.confusion(tmp_path / "nothing.json")
