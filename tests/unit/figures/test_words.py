"""Figures speak the language of their catalogue, titles of the study included."""

import json
import re

import pytest
from matplotlib.text import Text

from convstudy.figures import activations, comparison, confusion, curves, style

from checkout import ROOT


@pytest.fixture
def drawn(monkeypatch):
    """What is written in each figure, as it is saved."""
    texts = []
    monkeypatch.setattr(style, "save", lambda figure, path: texts.append(words_of(figure)))
    return texts


@pytest.fixture
def job(make):
    job = make.job({"a": 0, "b": 1}, title="Kernel size", dataset="generated digits")
    job["experiments"][0]["title"] = "fully connected"
    job["experiments"][1]["title"] = "ResNet-18 with dropout"
    return job


def words_of(figure):
    figure.draw_without_rendering()
    return " ".join(text.get_text() for text in figure.findobj(Text))


def speak(module, *arguments):
    module.main(
        [*map(str, arguments), "--words", str(ROOT / "workflow/locale/ru.po"), "--output", "x"]
    )


@pytest.mark.parametrize("module", [comparison, curves])
def test_of_histories(tmp_path, stdin, make, drawn, job, module):
    make.runs(tmp_path, job)
    spread = {"metrics": {"test_accuracy": {"low": 0.2, "high": 0.6}}}
    rows = [{"experiment": one["experiment"], **spread} for one in job["experiments"]]
    (tmp_path / "comparisons.json").write_text(json.dumps({"s": {"experiments": rows}}))
    stdin(job)
    more = ["--comparisons", tmp_path / "comparisons.json"] if module is comparison else []
    speak(module, "--runs", tmp_path, *more)
    text = drawn[0]
    assert {"эпоха", "полносвязная", "запускам"} <= set(text.split())
    assert set(re.findall("[A-Za-z]{3,}", text)) <= {"ResNet"}
    assert re.search(r"\d,\d", text) and not re.search(r"\d\.\d", text)


def test_of_confusion(tmp_path, make, drawn):
    (tmp_path / "confusion.json").write_text(
        json.dumps({**make.confusion(), "title": "3×3 kernels"})
    )
    speak(confusion, "--confusion", tmp_path / "confusion.json")
    text = drawn[0]
    assert "ядра 3×3" in text
    assert set(re.findall("[A-Za-z]{3,}", text)) <= {"CIFAR", "JPEG", "class"}


def test_of_activations(tmp_path, stdin, make, drawn, job):
    job["layers"] = ["features.0"]
    for one in job["experiments"]:
        make.activations(
            tmp_path / one["experiment"] / "seed0/activations.npz", {"features.0": (4, 6, True)}
        )
    stdin(job)
    speak(activations, "--runs", tmp_path)
    text = drawn[0].replace("a long name of a class", "").replace("dog_$1$", "")
    assert "слой features.0" in text
    assert set(re.findall("[A-Za-z]{3,}", text)) <= {"ResNet", "features", "name", "class", "long"}
