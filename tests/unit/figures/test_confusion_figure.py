"""The confusion figure says what the file says."""

import itertools
import json

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.figures import confusion, style


def _found(tmp_path, stored):
    path = tmp_path / "section.json"
    path.write_text(json.dumps(stored), "utf-8")
    return confusion.read(path)


def _cells(figure):
    return {tuple(map(int, t.get_position()))[::-1]: t.get_text() for t in figure.axes[0].texts}


def test_command_makes_the_same_png_twice(tmp_path, make):
    (tmp_path / "in.json").write_text(json.dumps(make.confusion(10)), "utf-8")
    for name in ("one.png", "two.png"):
        confusion.main(["--confusion", str(tmp_path / "in.json"), "--output", str(tmp_path / name)])
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert make.pixels(tmp_path / "one.png")[0] == style.PAGE_WIDTH * style.DPI


def test_cells_give_mean_spread_and_share(tmp_path, house_style):
    stored = {
        **{"experiment": "net", "title": "Net", "dataset": "D", "classes": ["a", "b", "c"]},
        **{"seeds": [0, 1], "mean": [[90, 9.5, 0.5], [0, 197.5, 2.5], [0, 0, 4000]]},
        "sd": [[1.41, 2, 0.7], [0, 3.5, 3.5], [0, 0, 0]],
    }
    figure = confusion.draw(_found(tmp_path, stored))
    assert _cells(figure) == {
        (0, 0): "90\n± 1.4\n90 %",
        (0, 1): "9.5\n± 2\n9.5 %",
        (0, 2): "0.5\n± 0.7\n0.5 %",
        (1, 1): "198\n± 3.5\n99 %",
        (1, 2): "2.5\n± 3.5\n1.3 %",
        (2, 2): "4000\n± 0\n100 %",
    }
    shares = figure.axes[0].images[0].get_array()
    np.testing.assert_allclose(shares, [[0.9, 0.095, 0.005], [0, 0.9875, 0.0125], [0, 0, 1]])
    assert figure.get_suptitle() == "Net · D · test images, mean ± sd of 2 seeds"


def test_one_seed_has_no_spread(tmp_path, house_style, make):
    figure = confusion.draw(_found(tmp_path, make.confusion(3, seeds=1)))
    assert not any("±" in text for text in _cells(figure).values())
    assert figure.get_suptitle().endswith("one seed")


def test_rows_are_true_classes_by_name(tmp_path, house_style, make):
    stored = make.confusion(3)
    axis = confusion.draw(_found(tmp_path, stored)).axes[0]
    assert [text.get_text() for text in axis.get_yticklabels()] == stored["classes"]
    assert [text.get_text() for text in axis.get_xticklabels()] == stored["classes"]
    assert axis.get_ylabel() == "true class" and "predicted" in axis.get_xlabel()
    assert axis.get_ylim()[0] > axis.get_ylim()[1]  # the first class at the top


def test_a_class_without_images_has_no_share(tmp_path, house_style, make):
    stored = make.confusion(3)
    stored["mean"][1] = [0, 0, 0]
    shares = confusion.row_shares(np.array(stored["mean"]))
    assert np.isnan(shares[1]).all() and not np.isnan(shares[[0, 2]]).any()
    style.save(confusion.draw(_found(tmp_path, stored)), tmp_path / "out.png")


@pytest.mark.parametrize(("classes", "texts"), [(2, True), (14, True), (15, False), (100, False)])
def test_any_number_of_classes(tmp_path, house_style, make, classes, texts):
    figure = confusion.draw(_found(tmp_path, make.confusion(classes)))
    style.save(figure, tmp_path / "out.png")
    assert bool(_cells(figure)) == texts
    boxes = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert not any(a.overlaps(b) for a, b in itertools.pairwise(boxes))
    assert min(box.x0 for box in boxes) >= 0


def test_texts_stay_inside_their_cells(tmp_path, house_style, make):
    for classes in (11, 14):
        stored = make.confusion(classes)
        stored["mean"] = (1000 * np.eye(classes) + 0.2).tolist()
        figure = confusion.draw(_found(tmp_path, stored))
        style.save(figure, tmp_path / "out.png")
        cell = figure.axes[0].get_window_extent()
        for text in figure.axes[0].texts:
            assert text.get_window_extent().width <= cell.width / classes
            assert text.get_window_extent().height <= cell.height / classes


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mean": None}, "wrong kind|is ()"),
        ({"classes": ["a", "b"]}, "names 2 classes, but mean is"),
        ({"mean": [[1], [2, 3]]}, "wrong kind"),
        ({"sd": [[1.0]]}, "but sd is"),
        ({"classes": [], "mean": [], "sd": None}, "names 0 classes"),
    ],
)
def test_bad_parts_are_refused(tmp_path, make, change, said):
    with pytest.raises(StudyError, match=said) as error:
        _found(tmp_path, {**make.confusion(3), **change})
    assert "section.json" in str(error.value) and "snakemake" in str(error.value)


def test_missing_parts_are_refused(tmp_path, make):
    for key in ("title", "dataset", "classes", "seeds", "mean", "sd"):
        with pytest.raises(StudyError, match=f"lacks '{key}'"):
            _found(tmp_path, {k: v for k, v in make.confusion(3).items() if k != key})
    with pytest.raises(StudyError, match="is missing"):
        confusion.read(tmp_path / "nothing.json")
