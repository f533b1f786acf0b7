"""Figures speak the language of their catalogue, titles of the study included."""

import json
import re

import numpy as np
import pytest
from matplotlib.text import Text

from convstudy.figures import draw, style

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


def speak(results, *kinds):
    words = ["--words", str(ROOT / "workflow/locale/ru.po")]
    where = ["--results", str(results), "--output", *(f"{kind}.png" for kind in kinds)]
    draw.main(["--section", "section", *words, *where])


@pytest.mark.parametrize("kind", ["comparison", "curves"])
def test_of_histories(tmp_path, stdin, make, drawn, job, kind):
    make.runs(tmp_path, job)
    spread = {"metrics": {"test_accuracy": {"mean": 0.5, "low": 0.2, "high": 0.6}}}
    rows = [{"experiment": one["experiment"], **spread} for one in job["experiments"]]
    (tmp_path / "comparisons.json").write_text(json.dumps({"s": {"experiments": rows}}))
    stdin(job)
    speak(tmp_path, kind)
    text = drawn[0]
    assert {"эпоха", "полносвязная", "запускам"} <= set(text.split())
    assert set(re.findall("[A-Za-z]{3,}", text)) <= {"ResNet", "dropout"}
    assert re.search(r"\d,\d", text) and not re.search(r"\d\.\d", text)


def test_of_schedules(tmp_path, stdin, make, drawn, job):
    make.runs(tmp_path, job)
    stdin(job)
    speak(tmp_path, "schedule")
    assert {"эпоха", "скорость", "обучения"} <= set(drawn[0].split())
    assert set(re.findall("[A-Za-z]{3,}", drawn[0])) <= {"ResNet", "dropout"}
    assert re.search(r"\d,\d", drawn[0]) and not re.search(r"\d\.\d", drawn[0])


def stored(results, folder, found):
    (results / folder).mkdir()
    (results / folder / "section.json").write_text(json.dumps(found))


def test_of_confusion(tmp_path, stdin, make, drawn, job):
    stored(tmp_path, "errors", {**make.confusion(), "title": "3×3 kernels"})
    stdin(job)
    speak(tmp_path, "confusion")
    text = drawn[0]
    assert "ядра 3×3" in text
    assert set(re.findall("[A-Za-z]{3,}", text)) <= {"CIFAR", "JPEG", "class", "seed"}


def test_of_activations(tmp_path, stdin, make, drawn, job):
    job["figures"] = {"activations": {"experiments": ["a", "b"], "layers": ["features.0", "x.1"]}}
    for one in job["experiments"]:
        path = tmp_path / "runs" / one["experiment"] / "seed0/activations.npz"
        make.activations(path, {"features.0": (4, 6, True), "x.1": (4, 6, True)})
    stdin(job)
    speak(tmp_path, "activations")
    text = drawn[0].replace("a long name of a class", "").replace("dog_$1$", "")
    assert "первая свёртка" in text and "слой x.1" in text
    assert set(re.findall("[A-Za-z]{3,}", text)) <= {
        "ResNet",
        "dropout",
        "seed",
        "name",
        "class",
        "long",
    }


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("calibration", "калибровки, п.\N{NO-BREAK SPACE}п.: 25,00 (от 40,00 до 110,00)"),
        ("recalls", "точность по классам · 3 запуска"),
        ("mistakes", "→ кошка 98,7\N{NO-BREAK SPACE}%"),
    ],
)
def test_of_errors(tmp_path, stdin, drawn, job, kind, said):
    bins = {"images": [[0, 5]] * 3, "confidence": [[None, 0.75]] * 3, "accuracy": [[None, 0.5]] * 3}
    spread = {"mean": 0.25, "low": 0.4, "high": 1.1}
    found = {
        **{"title": "3×3 kernels", "dataset": "CIFAR-10 (JPEG)", "seeds": [0, 1, 2], "images": 9},
        "calibration": {**bins, "error": spread},
        "recalls": [{"class": "кошка", **spread}],
        "mistakes": [{"true": "собака", "predicted": "кошка", "confidence": 0.987}],
    }
    stored(tmp_path, "errors", found)
    np.savez(tmp_path / "errors/section.npz", images=np.zeros((1, 8, 8, 1), np.uint8))
    stdin(job)
    speak(tmp_path, kind)
    text = drawn[0].replace("\n", " ")
    assert "ядра 3×3" in text and said in text
    assert set(re.findall("[A-Za-z]{3,}", text)) <= {"CIFAR", "JPEG", "seed"}


@pytest.mark.parametrize("axes", [1, 2])
def test_of_a_grid(tmp_path, stdin, drawn, job, axes):
    names, values = ["learning rate", "kernel size"][:axes], ["0.001", "3"][:axes]
    axes = [{"name": n, "values": [v]} for n, v in zip(names, values, strict=True)]
    cells = [{"experiment": "a", "values": values}]
    asked = {"title": "3×3 kernels", "dataset": "MNIST", "axes": axes, "cells": cells}
    accuracy = {"mean": 0.5, "low": 0.4, "high": 0.6}
    row = {"experiment": "a", "n": 2, "metrics": {"test_accuracy": accuracy}}
    (tmp_path / "comparisons.json").write_text(json.dumps({"s": {"experiments": [row]}}))
    stdin({**job, "figures": {"grid": asked}})
    speak(tmp_path, "grid")
    text = drawn[0]
    assert all(said in text for said in ("ядра 3×3", "скорость обучения", "0,001"))
    assert set(re.findall("[A-Za-z]{3,}", text)) <= {"MNIST"}


@pytest.mark.parametrize("kind", ["comparison", "curves", "schedule", "tradeoff"])
def test_titles_stand_in_the_legend_whatever_they_begin_with(
    tmp_path, stdin, make, drawn, job, kind
):
    """matplotlib leaves out what begins with an underscore."""
    titles = ["_a $x^2$ {b} %s", "__init__"]
    for one, title in zip(job["experiments"], titles, strict=True):
        one["title"] = title
    make.runs(tmp_path, job)
    spread = {"mean": 0.5, "low": 0.2, "high": 0.6}
    found = {"metrics": {"test_accuracy": spread}, "medians": {"train_seconds": 5}, "parameters": 9}
    rows = [{"experiment": one["experiment"], **found, "macs": 9} for one in job["experiments"]]
    (tmp_path / "comparisons.json").write_text(json.dumps({"section": {"experiments": rows}}))
    stdin(job)
    draw.main(["--section", "section", "--results", str(tmp_path), "--output", f"{kind}.png"])
    assert [title for title in titles if title not in drawn[0]] == []
