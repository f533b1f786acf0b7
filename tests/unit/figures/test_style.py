"""The palette stays apart for all eyes, names are drawn as they are, files do not vary."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from convstudy.figures import style

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
_SIGHT = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
_TO_LMS = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
_TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def _linear(colour: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _oklab(colour: str, sight: str) -> np.ndarray:
    seen = np.clip(np.array(_SIGHT[sight]) @ _linear(colour), 0, 1)
    return np.array(_TO_LAB) @ np.cbrt(np.array(_TO_LMS) @ seen)


@pytest.mark.parametrize(
    ("sight", "least"), [("normal", 0.19), ("protanopia", 0.14), ("deuteranopia", 0.14)]
)
def test_palette_stays_apart(sight: str, least: float):
    # Okabe and Ito's palette reaches 0.156, 0.096 and 0.076 by this measure.
    seen = [_oklab(style.look(index).colour, sight) for index in range(8)]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > least


def test_palette_is_seen_on_white():
    for colour in style.PALETTE:
        luminance = _linear(colour) @ [0.2126, 0.7152, 0.0722]
        assert 1.05 / (luminance + 0.05) >= 3


def test_sixteen_experiments_differ_in_colour_or_dash_and_in_marker():
    looks = [style.look(index) for index in range(16)]
    assert len({(one.colour, one.dash) for one in looks}) == 16
    assert len(set(map(str, map(style.look, range(72))))) == 72


@pytest.mark.parametrize(
    "text", ["a $5 and $6", r"\frac{1}{2}$", "_under_score", "собака", "猫", "^{"]
)
def test_any_name_can_be_drawn_as_it_is(tmp_path, house_style, text):
    figure = style.page(2)
    style.head(figure, text)
    figure.subplots().set_xticks([0], [text])
    style.save(figure, tmp_path / "out.png")
    assert not figure.axes[0].get_xticklabels()[0].get_parse_math()


def test_long_text_is_wrapped_to_the_width(house_style):
    lines = style.wrapped("many words that go on and on " * 8, 3.0, 9).split("\n")
    assert len(lines) > 2 and all(style.width(line, 9) <= 3.0 for line in lines)


def test_no_matplotlibrc_of_the_user_counts():
    import matplotlib

    with matplotlib.rc_context({"lines.linewidth": 17, "text.usetex": True}):
        with style.styled():
            assert matplotlib.rcParams["lines.linewidth"] != 17
            assert not matplotlib.rcParams["text.usetex"]
        assert matplotlib.rcParams["lines.linewidth"] == 17
