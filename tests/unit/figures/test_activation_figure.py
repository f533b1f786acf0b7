"""The activation figure shows the maps of the file, beside their images."""

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.figures import activations, draw, maps, style, tables
from convstudy.figures.drawing import parse


def _blocks(tmp_path, make, layers, names=("net",), depth=1):
    shown = {"experiments": list(names), "layers": list(layers)}
    job = make.job({name: k for k, name in enumerate(names)}, figures={"activations": shown})
    for name in names:
        path = tmp_path / "runs" / name / "seed0" / "activations.npz"
        arrays = make.activations(path, layers, depth)
    drawing = parse(job)
    return job, arrays, drawing, tables.read("activations", tmp_path, "some", drawing)


def _draw(tmp_path, stdin, job, name="activations.png"):
    stdin(job)
    draw.main(["--section", "some", "--results", str(tmp_path), "--output", str(tmp_path / name)])


def test_command_makes_the_same_png_twice(tmp_path, stdin, make):
    job, *_ = _blocks(tmp_path, make, {"features.0": (20, 28, True)}, ("k3", "k5", "k7"))
    for folder in ("one", "two"):
        _draw(tmp_path, stdin, job, f"{folder}/activations.png")
    one, two = (tmp_path / folder / "activations.png" for folder in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert make.pixels(one)[0] == style.PAGE_WIDTH * style.DPI


def test_only_the_networks_that_are_asked_for_are_shown(tmp_path, make):
    job, *_ = _blocks(tmp_path, make, {"f": (2, 4, True)}, ("a", "b"))
    job["figures"]["activations"]["experiments"] = ["b"]
    found = tables.read("activations", tmp_path, "some", parse(job))
    assert [block.experiment.name for block in found] == ["b"]


@pytest.mark.parametrize("depth", [1, 3])
def test_each_line_is_an_image_and_its_first_sixteen_maps(tmp_path, house_style, make, depth):
    _, arrays, drawing, found = _blocks(tmp_path, make, {"stages.3": (20, 4, False)}, depth=depth)
    pictures = activations.draw(drawing, found).axes[0].images
    assert len(pictures) == 3 * (1 + 16)
    for row in range(3):
        image, *maps = pictures[17 * row : 17 * row + 17]
        expected = arrays["images"][row].transpose(1, 2, 0).squeeze()
        np.testing.assert_array_equal(image.get_array(), expected)
        for channel, picture in enumerate(maps):
            np.testing.assert_array_equal(picture.get_array(), arrays["stages.3"][row, channel])


def test_one_scale_per_layer_white_at_zero_where_signs_differ(tmp_path, house_style, make):
    _, arrays, drawing, found = _blocks(
        tmp_path, make, {"a": (4, 8, True), "b": (4, 8, False), "zero": (1, 4, False)}
    )
    figure = activations.draw(drawing, found)
    signed, positive = (figure.axes[2 * k].images[1].norm for k in (0, 1))
    assert signed.vmin == -signed.vmax and positive.vmin == 0
    assert signed.vmax == pytest.approx(np.percentile(np.abs(arrays["a"]), 99))
    assert len({(x.norm.vmin, x.norm.vmax) for x in figure.axes[0].images[1:5]}) == 1
    assert activations.scale(np.zeros((1, 1, 2, 2))).norm.vmax == 1


def test_words_name_network_layer_size_class_and_seed(tmp_path, house_style, make):
    layers = {"stages.0": (8, 32, False), "stages.3": (64, 4, False)}
    _, _, drawing, found = _blocks(tmp_path, make, layers)
    figure = activations.draw(drawing, found)
    words = [text.get_text() for text in figure.texts]
    assert "network net · stage 1 · all 8 maps, 32×32 · seed 0" in words
    assert "network net · stage 4 · maps 1-16 of 64, 4×4 · seed 0" in words
    assert any("Trained networks" in text and "scale" in text for text in words)
    names = [text.get_text().replace("\n", " ") for text in figure.axes[0].texts]
    assert names == ["a long name of a class", "кошка", "dog_$1$"]


def test_blocks_of_one_layer_have_maps_of_one_size(tmp_path, house_style, make):
    _, _, drawing, found = _blocks(tmp_path, make, {"f": (16, 8, True)}, ("x", "y"))
    found[1] = found[1]._replace(maps=found[1].maps[:, :5])
    figure = activations.draw(drawing, found)
    sizes = [axis.images[1].get_window_extent().width for axis in (figure.axes[0], figure.axes[2])]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.02)


def test_nothing_leaves_the_page(tmp_path, house_style, make):
    _, _, drawing, found = _blocks(tmp_path, make, {"f": (16, 8, True), "g": (1, 8, True)})
    figure = activations.draw(drawing, found)
    style.save(figure, tmp_path / "out.png")
    texts = [*figure.texts, *(t for axis in figure.axes for t in axis.texts)]
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0


def test_missing_and_broken_files_are_refused(tmp_path, make):
    _, _, drawing, _ = _blocks(tmp_path, make, {"f": (2, 4, True)})
    (one,) = drawing.experiments
    runs = tmp_path / "runs"
    with pytest.raises(StudyError, match=r"lacks an array \(.*stages.9"):
        maps.activations(runs, one, ["stages.9"])
    path = runs / "net" / "seed0" / "activations.npz"
    path.write_bytes(path.read_bytes()[:99])
    with pytest.raises(StudyError, match=r"activations.npz cannot be read.*snakemake"):
        maps.activations(runs, one, ["f"])
    path.unlink()
    with pytest.raises(StudyError, match=r"activations.npz is missing.*snakemake"):
        maps.activations(runs, one, ["f"])


def test_no_layer_is_refused(tmp_path, stdin, make):
    job, *_ = _blocks(tmp_path, make, {"f": (2, 4, True)})
    job["figures"]["activations"]["layers"] = []
    with pytest.raises(StudyError, match="names no layer"):
        _draw(tmp_path, stdin, job)
