"""A whole study all of whose free texts are of the characters that some layer treats specially."""

import glob
import hashlib
import os
import re
import zipfile
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote

import numpy as np
import pytest
import yaml
from markdown_it import MarkdownIt
from PIL import Image

from convstudy.figures import kinds

import texts
from checkout import Checkout

pytestmark = pytest.mark.study

SEED = int(os.environ.get("TEXTS", "0"))  # another number, other texts
FOLDS = {"<details>", "</details>", "<summary>", "</summary>"}
STATED = {"test_accuracy": 0.5, "seconds": 1.0}
NORMALISE = {"mean": [0.4, 0.4, 0.4], "std": [0.2, 0.2, 0.2]}
MODEL = {"name": "simple_cnn", "channels": [2, 2], "kernel_size": 3}
RECIPE = {"optimizer": "adam", "learning_rate": 0.01, "batch_size": 10, "epochs": 2}


def file_name(text):
    """As the name of a file, which is neither hidden nor a way to another folder."""
    return "z" + text.replace("/", "∕")


def pixels(draw, label, count):
    found = draw.integers(0, 100, (count, 8, 8, 3))
    found[..., label] += 120
    return found.astype(np.uint8)


def arrays(folder):
    """own.npz with three classes, and its MD5."""
    draw, parts = np.random.default_rng(0), {}
    for split, count in (("train", 20), ("test", 8)):
        parts[f"{split}_images"] = np.concatenate([pixels(draw, one, count) for one in range(3)])
        parts[f"{split}_labels"] = np.repeat(np.arange(3), count)
    folder.mkdir()
    np.savez(folder / "own.npz", **parts)
    return hashlib.md5((folder / "own.npz").read_bytes()).hexdigest()


def pictures(folder, classes, unwanted):
    draw = np.random.default_rng(1)
    for split, count in (("train", 12), ("test", 6)):
        for label, name in enumerate(classes):
            place = folder / split / name
            place.mkdir(parents=True)
            for number, one in enumerate(pixels(draw, label, count)):
                Image.fromarray(one).save(place / f"{number}.png")
    (folder / "train" / classes[0] / unwanted).write_text("unwanted")


def data(folder, text):
    """The section `datasets`, and the MD5 of the arrays; writes the files that it names."""
    mirror, plain, unwanted = (
        file_name(text(f"datasets.*.{one}")) for one in ("mirrors.*", "folder", "ignore.*")
    )
    of_folders = [file_name(text("classes of folders")) for _ in range(3)]
    text.given["classes of folders",] = of_folders
    md5 = arrays(folder / mirror)
    pictures(folder / plain, of_folders, unwanted)
    of_arrays = {
        "title": text("datasets.*.title"),
        "about": text("datasets.*.about"),
        "format": "npz",
        "classes": [text("datasets.*.classes.*") for _ in range(3)],
        "mirrors": [mirror],
        "files": {"own.npz": {"md5": md5}},
        "normalise": NORMALISE,
    }
    of_pictures = {
        "title": text("datasets.*.title"),
        "format": "image_folder",
        "folder": plain,
        "image_size": [8, 8],
        "ignore": [glob.escape(unwanted)],
    }
    return {"arrays": of_arrays, "pictures": of_pictures}, md5


def experiments(text):
    found = {
        name: {"dataset": dataset, "model": {**MODEL, "channels": channels}}
        for name, dataset, channels in (
            *(("a", "arrays", [2, 2]), ("b", "arrays", [3, 3])),
            *(("p", "pictures", [2, 2]), ("q", "pictures", [3, 3])),
        )
    }
    axes = {"model.channels": [[1, 1], [2, 1]]}
    found["grid"] = {"dataset": "arrays", "model": MODEL, "axes": axes}
    for one in found.values():
        one |= {"title": text("experiments.*.title"), "recipe": {"name": "own"}}
    return found


def sections(text):
    shown = {
        kind: {"experiments": ["a", "b"], "layers": ["features.0"]}
        if kind in kinds.OF_LAYERS
        else {"confusion": {"of": "all"}}.get(kind, {})
        for kind in kinds.KINDS
        if kind != "grid"
    }
    other = {kind: {} for kind in shown if kind not in kinds.OF_LAYERS}
    found = {
        "first": {"experiments": ["a", "b"], "figures": shown},
        "second": {"experiments": ["p", "q"], "figures": other},
        "third": {"experiments": ["grid"], "figures": {"grid": {"of": "grid"}}},
    }
    for one in found.values():
        one["title"] = text("sections.*.title")
    found["first"]["about"] = text("sections.*.about", "\n\n", "\t")
    return found


def claims(text, classes):
    first, second, third = classes
    above = {"kind": "above", "of": "a"}
    found = {
        "one": {"kind": "greater", "metric": "test_accuracy", "of": "a", "than": "b"},
        "two": {**above, "metric": "recall", "class": first, "threshold": 0.5},
        "three": {**above, "metric": "confusion", "class": second, "with": third, "threshold": 2},
        "four": {"kind": "all_of", "claims": ["one", "two"]},
    }
    text.given["claims", "*", "class"] = [first, second]
    text.given["claims", "*", "with"] = [third]
    for one in found.values():
        one |= {"section": "first", "says": text("claims.*.says")}
    return found


def published(text, md5):
    title = text("published.datasets.*.title")
    of_data = {"title": title, "format": "npz", "files": {"own.npz": {"md5": md5}}}
    name = text("published.experiments.*.name")
    network = {"name": name, "dataset": "arrays", "model": MODEL, "recipe": RECIPE}
    return {
        "datasets": {"arrays": {**of_data, "normalise": NORMALISE}},
        "experiments": {"a": {**network, "results": STATED}},
        "sections": {},
        "claims": {},
        "statements": [
            {"says": text("published.statements.*.says"), "claim": "one"},
            {"says": text("published.statements.*.says")},
        ],
    }


def study_of(folder, text):
    """The config; writes the files that it names into `folder`."""
    datasets, md5 = data(folder, text)
    return {
        "title": text("title"),
        "scale": "only",
        "scales": {"only": {"purpose": text("scales.*.purpose"), "seeds": 2}},
        "minimum_seeds": 2,
        "data_mirror": text("data_mirror"),
        "datasets": datasets,
        "recipes": {"own": RECIPE},
        "experiments": experiments(text),
        "sections": sections(text),
        "claims": claims(text, datasets["arrays"]["classes"]),
        "published": published(text, md5),
    }


class Words(HTMLParser):
    """Texts of a page, and of its images for those who do not see them."""

    def __init__(self, page):
        super().__init__()
        self.all, self.tags, self.attributes = [], set(), []
        self.feed(page)
        self.text = texts.shown("".join(self.all))

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        self.all.append(f" {dict(attrs).get('alt', '')} ")

    def handle_data(self, data):
        self.all.append(data)

    def of(self, attribute):
        return {value for name, value in self.attributes if name == attribute}


@pytest.fixture(scope="module")
def given():
    return texts.Texts(SEED)


@pytest.fixture(scope="module")
def study(tmp_path_factory, given):
    checkout = Checkout(tmp_path_factory.mktemp("texts") / "study", "src")
    (checkout.folder / "published.yaml").unlink()
    config = study_of(checkout.folder, given)
    (checkout.folder / "config.yaml").write_text(
        yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    done = checkout.snakemake("--cores", "2", "report.html", "tables")
    assert done.returncode == 0, done.stdout[-5000:]
    return checkout


def wanted(given):
    """The texts that a reader is to see."""
    hidden = {*texts.FILES, ("published", "datasets", "*", "title")}
    return {shown for path, all_ in given.given.items() if path not in hidden for shown in all_}


def missing(given, page):
    """At its end a text may lack a soft hyphen, which shows nothing there: pandoc drops it."""
    shown = (texts.shown(one).rstrip("\N{SOFT HYPHEN}") for one in sorted(wanted(given)))
    return [one for one in shown if one not in page]


def test_every_free_text_of_the_schema_is_in_this_study(study, given):
    assert {*texts.free()} == texts.NAMES | {
        one for one in given.given if len(one) > 1 or one in (*texts.FILES, ("title",))
    }


def test_the_page_shows_each_as_it_stands(study, given):
    page = Words((study.folder / "report.html").read_text(encoding="utf-8"))
    assert missing(given, page.text) == []
    assert not page.tags & {"b", "s"}
    links = {unquote(one) for one in page.of("href")}
    assert links <= {"data:,", *(f"#{one}" for one in page.of("id"))}  # the first is its icon


def test_the_markdown_shows_each_as_it_stands(study, given):
    written = (study.folder / "report.md").read_text(encoding="utf-8")
    markdown = MarkdownIt("commonmark").enable("table")
    assert missing(given, Words(markdown.render(written)).text) == []
    raw = [one.content for one in markdown.parse(written) if one.type == "html_block"]
    assert {one for block in raw for one in re.findall("<[^>]*>", block)} <= FOLDS


def test_the_document_shows_each_as_it_stands(study, given):
    pytest.importorskip("pypandoc", reason="the extra `export` is not installed")
    pytest.importorskip("typst", reason="the extra `export` is not installed")
    done = study.snakemake("--cores", "2", "report.pdf", "report.docx")
    assert done.returncode == 0, done.stdout[-5000:]
    with zipfile.ZipFile(study.folder / "report.docx") as file:
        document = file.read("word/document.xml").decode()
    document = document.replace("<w:softHyphen />", "\N{SOFT HYPHEN}").replace("</w:p>", " ")
    assert missing(given, texts.shown(unescape(re.sub("<[^>]*>", "", document)))) == []


def test_snakemakes_own_report_and_plans(study, given):
    done = study.snakemake("--report", "study.zip")
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(study.folder / "study.zip") as file:
        assert len([one for one in file.namelist() if one.endswith(".png")]) > 15
    for tool in ("plan", "why"):
        done = study.python(f"workflow/tools/{tool}.py", "report.html")
        assert done.returncode == 0, done.stdout
    assert "Nothing is stale" in done.stdout
    verify = "from convstudy.cli import main; main(['verify', 'results/only'])"
    done = study.python("-c", verify)
    assert done.returncode == 0, done.stdout
