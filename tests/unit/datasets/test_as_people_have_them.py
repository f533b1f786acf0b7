"""Image files and arrays as people have them: read as a person sees them, or refused by name."""

import io
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from convstudy.datasets.formats import loader
from convstudy.datasets.formats.layout import natural
from convstudy.datasets.formats.picture import SUFFIXES, NotReadableError, decode
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

from made_archives import picture, write_folder, write_zip

PILLOW = {".jpg": "JPEG", ".jpeg": "JPEG", ".tif": "TIFF", ".pgm": "PPM"}


def name_of(suffix: str) -> str:
    return PILLOW.get(suffix.lower(), suffix[1:].upper())


def members(
    splits: tuple[str, ...] = ("train/", "test/"),
    classes: tuple[str, ...] = ("a", "b"),
    suffix: str = ".png",
    count: int = 4,
) -> dict[str, bytes]:
    return {
        f"{split}{name}/{i}{suffix}": picture(1000 * s + 20 * c + i, kind=name_of(suffix))
        for s, split in enumerate(splits)
        for c, name in enumerate(classes)
        for i in range(count)
    }


def load(folder: Path, files: dict[str, bytes], **options: object) -> Raw:
    write_folder(folder / "set", files)
    return loader("image_folder")({}, {"folder": str(folder / "set"), **options})


def refusal(folder: Path, files: dict[str, bytes], **options: object) -> str:
    with pytest.raises(StudyError) as caught:
        load(folder, files, **options)
    return str(caught.value)


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def corner_colours(content: bytes, **options: object) -> list[list[int]]:
    """Top left, top right, bottom left."""
    pixels = decode(content, options)[0].astype(int)
    return [pixels[:, y, x].tolist() for y, x in ((1, 1), (1, -2), (-2, 1))]


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".WEBP", ".Tif"])
def test_every_format_that_torchvision_lists(tmp_path, suffix):
    found = load(tmp_path, members(suffix=suffix))
    assert (len(found.train_images), len(found.test_images)) == (8, 8)
    assert found.said == {}


def test_half_of_the_images_in_another_format(tmp_path):
    found = load(tmp_path, members(suffix=".png") | members(suffix=".webp", classes=("b", "a")))
    assert len(found.train_images) == 16


def test_files_that_would_be_lost_are_refused_with_their_number(tmp_path):
    files = members() | {f"train/a/{i}.heic": b"x" for i in range(5)} | {"train/9.png": picture(9)}
    said = refusal(tmp_path, files)
    assert "6 of 22 files would be left out" in said
    assert "train/a/0.heic, train/a/1.heic, train/a/2.heic, …" in said
    assert "train/9.png" in said
    assert "ignore: ['*.heic']" in said
    found = load(tmp_path, files, ignore=["*.heic", "9.png"])
    assert found.said == {"left_out": {"ignored": 6}}


def test_a_link_that_leads_nowhere_is_a_lost_file(tmp_path):
    write_folder(tmp_path / "set", members())
    (tmp_path / "set/train/a/9.png").symlink_to("/gone/1.png")
    assert "1 are links that lead nowhere (train/a/9.png)" in refusal(tmp_path, {})


def test_a_class_that_is_a_link_to_nowhere_is_no_lost_class(tmp_path):
    write_folder(tmp_path / "set", members(count=200))
    (tmp_path / "set/train/c").symlink_to("/gone")
    assert "train/c is a link that leads nowhere" in refusal(tmp_path, {})
    assert load(tmp_path, {}, ignore=["c"]).said == {"left_out": {"ignored": 1}}


def test_a_class_may_be_a_link(tmp_path):
    write_folder(tmp_path, {f"else/{i}.png": picture(50 + i) for i in range(3)})
    write_folder(tmp_path / "set", members())
    (tmp_path / "set/train/c").symlink_to(tmp_path / "else")
    write_folder(tmp_path / "set", {"test/c/0.png": picture(60)})
    assert load(tmp_path, {}).classes == ["a", "b", "c"]


def test_files_at_any_depth_below_their_class(tmp_path):
    nested = {name.replace("/a/", "/a/day1/"): data for name, data in members().items()}
    assert load(tmp_path, nested).train_labels.tolist() == [0, 1] * 4


@pytest.mark.parametrize("splits", [("Train/", "TEST/"), ("x/y/training/", "x/y/Testing/")])
def test_other_names_of_the_splits(tmp_path, splits):
    assert load(tmp_path, members(splits)).said == {}


@pytest.mark.parametrize("name", ["val", "valid", "Validation"])
def test_a_validation_set_in_place_of_a_test_set_is_said(tmp_path, name):
    assert load(tmp_path, members(("train/", f"{name}/"))).said == {"test_folder": name}


def test_a_validation_set_beside_a_test_set_is_not_used_and_said(tmp_path):
    found = load(tmp_path, members(("train/", "test/", "val/")))
    assert len(found.train_images) == len(found.test_images) == 8
    assert found.said == {"left_out": {"validation": 8}}


@pytest.mark.parametrize("splits", [("",), ("train/",), ("top/",), ("a/b/Train/",)])
def test_a_test_set_is_taken_once_by_class(tmp_path, splits):
    files = members(splits, count=10)
    found = load(tmp_path, files, test_share=0.2)
    assert found.classes == ["a", "b"]
    assert found.test_labels.bincount().tolist() == [2, 2]
    assert found.train_labels.bincount().tolist() == [8, 8]
    assert found.said == {"test_share": 0.2}
    names = {name: name.replace("/0.png", "/zero.png") for name in files}
    (tmp_path / "other").mkdir()
    renamed = {names[name]: data for name, data in files.items()}
    again = load(tmp_path / "other", renamed, test_share=0.2)
    pixels = [{image.numpy().tobytes() for image in one.test_images} for one in (found, again)]
    assert pixels[0] == pixels[1]
    assert "has no test set" in refusal(tmp_path, {})


@settings(max_examples=25)
@given(st.lists(st.integers(0, 6), min_size=6, max_size=30), st.floats(0.05, 0.95))
def test_equal_images_never_lie_on_both_sides(tmp_path_factory, kinds, share):
    images = np.zeros((len(kinds) + 4, 4, 4), np.uint8)
    images[:, 0, 0] = [*kinds, 10, 11, 12, 13]
    labels = np.array([*(kind % 2 for kind in kinds), 0, 0, 1, 1])
    path = tmp_path_factory.mktemp("x") / "x.npz"
    np.savez(path, x_train=images, y_train=labels)
    found = loader("npz")({path.name: path}, {"test_share": share})
    train, test = (
        set(each[:, 0, 0, 0].tolist()) for each in (found.train_images, found.test_images)
    )
    assert not train & test
    assert len(found.train_images) + len(found.test_images) == len(images)
    assert set(found.train_labels.tolist()) == set(found.test_labels.tolist()) == {0, 1}


def test_a_test_set_of_its_own_leaves_no_use_for_a_share(tmp_path):
    assert "has a test set of its own" in refusal(tmp_path, members(), test_share=0.2)


def test_test_images_that_are_training_images_too(tmp_path):
    files = members()
    files["test/a/0.png"] = files["train/a/0.png"]
    assert "1 of 8 test images are training images too" in refusal(tmp_path, files)
    assert len(load(tmp_path, files, allow_duplicates=True).test_images) == 8


def test_as_a_viewer_turns_it():
    """Stored 24 × 12 with the left half blue; orientation 6 shows the upper half blue."""
    stored = Image.new("RGB", (24, 12), "red")
    stored.paste("blue", (0, 0, 12, 12))
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind in ("PNG", "WEBP", "TIFF"):
        content = saved(stored, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
        assert corner_colours(content) == [[0, 0, 255], [0, 0, 255], [255, 0, 0]]


def transparent(mode: str) -> bytes:
    """Green with a hole of hidden red in the upper left."""
    image = Image.new("RGBA", (8, 8), (0, 255, 0, 255))
    image.paste((255, 0, 0, 0), (0, 0, 4, 4))
    if mode == "P":
        flat = Image.new("P", (8, 8), 1)
        flat.putpalette([255, 0, 0, 0, 255, 0])
        flat.paste(0, (0, 0, 4, 4))
        return saved(flat, transparency=0)
    return saved(image.convert(mode))


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_transparent_images_lie_on_a_background(mode):
    content = transparent(mode)
    green = [0, 255, 0]
    assert corner_colours(content) == [[255] * 3, green, green]
    assert corner_colours(content, background="#102030") == [[16, 32, 48], green, green]
    assert decode(content, {})[1] == ["transparent"]
    grey = corner_colours(transparent("LA"))
    assert grey[0] == [255] * 3 != grey[1]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled(kind):
    deep = np.repeat(np.array([[0, 257 * 100, 65535]], np.uint16), 4, axis=0)
    pixels, done = decode(saved(Image.fromarray(deep), kind), {"colour": False})
    assert (pixels[0, 0].tolist(), done) == ([0, 100, 255], ["deep"])


def test_thirty_two_bits_are_refused_with_the_command_that_converts():
    content = saved(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF")
    with pytest.raises(NotReadableError, match=r"convert it: magick FILE -depth 8"):
        decode(content, {})


def test_printers_colours():
    content = saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100)
    assert corner_colours(content)[0] == pytest.approx([255, 0, 0], abs=3)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_an_animation_is_taken_and_said(tmp_path, kind):
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "blue")]
    lossless = {"lossless": True} if kind == "WEBP" else {}
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:], **lossless)
    assert corner_colours(content)[0] == [255, 0, 0]
    files = members(("train/", "test/")) | {f"train/a/9.{kind.lower()}": content}
    write_zip(tmp_path / "set.zip", files)
    found = loader("image_folder")({"set.zip": tmp_path / "set.zip"}, {"image_size": [8, 6]})
    assert found.said == {"converted": {"animated": 1, "resized": 1}}


def test_classes_are_in_the_order_of_their_numbers(tmp_path):
    names = tuple(str(i) for i in range(12))
    assert load(tmp_path, members(classes=names, count=1)).classes == list(names)
    assert sorted(["b10", "a", "b9", "B", "07", "7"], key=natural) == [
        *("07", "7", "B", "a", "b9", "b10")
    ]


def test_one_class_in_two_spellings(tmp_path):
    composed, apart = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    files = members(("train/",), (composed, "b")) | members(("test/", "x/"), ("b", apart))
    files = {name: data for name, data in files.items() if name.startswith("t")}
    shuffled = {n: picture(i, mode="L") for i, n in enumerate(files)}
    assert load(tmp_path, shuffled).classes == ["b", composed]
    both = shuffled | {f"train/{apart}/0.png": picture(7)}
    assert "train has 2 folders for the class" in refusal(tmp_path, both)


ARRAYS = {
    "x": np.random.default_rng(0).integers(0, 256, (9, 5, 4, 3), np.uint8),
    "y": np.arange(9) % 3,
}


def read(folder: Path, **arrays: np.ndarray) -> Raw:
    np.savez(folder / "x.npz", **arrays)
    options = arrays.pop("options", {})
    return loader("npz")({"x.npz": folder / "x.npz"}, options | {"test_share": 0.34})


X, Y = ARRAYS["x"], ARRAYS["y"]


@pytest.mark.parametrize(
    ("arrays", "classes"),
    [
        ({"x_train": X, "y_train": Y}, "012"),
        ({"X_train": X.transpose(0, 3, 1, 2), "y_train": Y[:, None]}, "012"),
        ({"train_images": X / 255, "train_labels": np.eye(3)[Y]}, "012"),
        ({"train_images": X.astype(np.int64), "train_labels": Y.astype(float)}, "012"),
        ({"train_images": X.astype(np.float32), "train_labels": Y + 1}, "123"),
        ({"train_x": X, "train_y": np.array(list("cat"))[Y]}, "act"),
        ({"x_train": X, "y_train": Y, "classes": np.array([b"c", b"a", b"t"])}, "cat"),
        ({"x_train": X, "y_train": Y + 1, "classes": np.array(list("cat"))}, "cat"),
    ],
)
def test_arrays_under_the_names_and_in_the_shapes_that_exist(tmp_path, arrays, classes):
    found = read(tmp_path, **arrays)
    assert found.classes == list(classes)
    plain = read(tmp_path, x_train=X, y_train=Y)
    assert np.array_equal(found.train_images, plain.train_images)
    assert np.array_equal(found.test_images, plain.test_images)
    named = [found.classes[label] for label in found.train_labels]
    of = dict(zip((0, 1, 2), "cat" if "c" in classes else classes, strict=True))
    assert named == [of[int(label)] for label in plain.train_labels]


def test_a_validation_part(tmp_path):
    def part(name: str, low: int) -> dict[str, np.ndarray]:
        return {f"{name}_images": X // 2 + np.uint8(low), f"{name}_labels": Y[:, None]}

    path = tmp_path / "x.npz"
    np.savez(path, **part("train", 0), **part("val", 1), **part("test", 2))
    assert loader("npz")({"x.npz": path}, {}).said == {"left_out": {"validation": 9}}
    np.savez(path, **part("train", 0), **part("val", 1))
    assert loader("npz")({"x.npz": path}, {}).said == {"test_folder": "val_images"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"y_train": Y * 0}, "only one class, 0; at least two are needed"),
        ({"y_test": Y % 2}, "class 2 has no image in the test set"),
        ({"y_train": Y % 2}, "class 2 has no image in the training set"),
        ({"y_train": Y * 2, "y_test": Y * 2}, "class 1 is empty: it has no image; class 3 is em"),
        ({"classes": np.array(["a", "a", "b"])}, "two classes have the name 'a'"),
        ({"classes": np.array(["a", "", "b"])}, "a class has an empty name"),
        ({"classes": np.array(["a", "b", "c", "d"])}, "class d is empty: it has no image"),
        ({"classes": np.array([b"a", b"\xe9", b"c"])}, r"the name '\\udce9' is not UTF-8"),
        ({"x_test": X}, "9 of 9 test images are training images too"),
    ],
)
def test_one_gate_for_all_formats(tmp_path, changes, said):
    arrays = {"x_train": X, "y_train": Y, "x_test": X // 2 + 1, "y_test": Y, **changes}
    if "y_train" in changes and "one class" in said:
        arrays["y_test"] = Y * 0
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(StudyError, match=said):
        loader("npz")({"x.npz": tmp_path / "x.npz"}, {})
