"""The kernels figure shows the weights of the file, each above its map of the first image."""

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.figures import kernels, tables
from convstudy.figures.drawing import parse

LAYER = "features.0"


def found(tmp_path, make, depth=1, count=20, stored=True):
    shown = {"experiments": ["net"], "layers": [LAYER]}
    job = make.job({"net": 0, "other": 1}, figures={"kernels": shown})
    path = tmp_path / "runs/net/seed0/activations.npz"
    arrays = make.activations(path, {LAYER: (count, 8, True)})
    weights = np.random.default_rng(1).normal(size=(count, depth, 5, 5)).astype(np.float32)
    if stored:
        np.savez_compressed(path, **arrays, **{f"kernels/{LAYER}": weights})
    drawing = parse(job)
    return drawing, arrays, weights, tables.read("kernels", tmp_path, "some", drawing)


@pytest.mark.parametrize("depth", [1, 3])
def test_a_kernel_stands_above_its_map(tmp_path, make, house_style, depth):
    drawing, arrays, weights, read = found(tmp_path, make, depth)
    figure = kernels.draw(drawing, read)
    image, *squares = figure.axes[0].images
    np.testing.assert_array_equal(image.get_array(), arrays["images"][0].squeeze())
    assert len(squares) == 2 * 16
    for number, (kernel, answer) in enumerate(zip(squares[::2], squares[1::2], strict=True)):
        np.testing.assert_allclose(kernel.get_array(), weights[number].mean(axis=0))
        np.testing.assert_array_equal(answer.get_array(), arrays[LAYER][0, number])
        assert kernel.norm.vmin == -kernel.norm.vmax  # white is zero
        assert kernel.get_extent()[:2] == answer.get_extent()[:2]
    said = " ".join(text.get_text() for text in figure.texts)
    assert "network net · first convolution · kernels 1-16 of 20, 5×5" in said
    assert ("means over 3 input channels" in said) == (depth == 3)


def test_few_kernels_are_all_shown(tmp_path, make, house_style):
    drawing, *_, read = found(tmp_path, make, count=4)
    figure = kernels.draw(drawing, read)
    assert len(figure.axes[0].images) == 1 + 2 * 4
    assert any("all 4 kernels, 5×5" in text.get_text() for text in figure.texts)


def test_a_layer_that_is_no_convolution_is_named(tmp_path, make):
    with pytest.raises(StudyError, match=r"holds no kernels of features\.0: no convolution"):
        found(tmp_path, make, stored=False)
