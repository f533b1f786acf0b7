"""The report says what its files say, and nothing else."""

import argparse
import csv
import itertools
import json
import re
from collections import Counter

import numpy as np
import pytest
import yaml
from babel.messages.pofile import write_po
from jinja2 import Environment, FileSystemLoader

from convstudy import language
from convstudy.config import slices
from convstudy.config.study import load
from convstudy.errors import StudyError
from convstudy.report import provenance, settings, words
from convstudy.report.context import gather
from convstudy.report.render import FILTERS, render, text_of
from convstudy.statistics import summary
from convstudy.statistics.claim_tests import TESTS

import catalogues
import made_results
from checkout import ROOT, study_config

TEMPLATES = ROOT / "workflow/templates"
VERDICTS = ("Supported", "Contradicted", "Not decided", "No relevant difference")


def report_of(folder, study, words=None):
    """The report in the language of the study, or with the words of another catalogue."""
    job = json.loads(json.dumps(slices.reporting(study)))
    values = gather(
        job, folder / "results" / study.scale, folder / "data/prepared", folder / "report.md"
    )
    with language.speaking(words or ROOT / f"workflow/locale/{study.language}.po"):
        return render(TEMPLATES, values)


@pytest.fixture
def study(config):
    def at(scale, **changes):
        return load({**config, "scale": scale, **changes})

    return at


@pytest.fixture
def report(tmp_path, study):
    def make(scale="full", seed=0, spread=0.01, **changes):
        folder = tmp_path / f"{scale}{seed}"
        made = study(scale, **changes)
        rows = made_results.make(folder, made, np.random.default_rng(seed), spread)
        return report_of(folder, made), rows

    return make


def sections(text):
    return dict(re.findall(r"^## \d+\. (.+?)$(.*?)(?=^## |\Z)", text, re.M | re.S))


def test_the_command_names_the_files_that_were_laid_over_the_config(tmp_path, study):
    made = study("full")
    made_results.make(tmp_path, made, np.random.default_rng(0), 0.01)
    job = json.loads(json.dumps(slices.reporting(made, ["overlays/a.yaml", "my own.yaml"])))
    values = gather(job, tmp_path / "results/full", tmp_path / "data/prepared", tmp_path / "r.md")
    assert values["command"].startswith(
        "snakemake --cores all report.md --configfile overlays/a.yaml 'my own.yaml' --config "
    )


def test_sections_stand_in_the_order_of_the_config(report, config):
    titles = list(sections(report()[0]))
    assert titles == [one["title"] for one in config["sections"].values()] + [
        "All claims together",
        "What differs from the published study",
        "How this was made",
    ]


def test_tables_hold_mean_and_deviation_of_the_runs(report):
    text, rows = report()
    for name, title in (("mnist_fc", "fully connected"), ("mnist_kernel5", "5×5 kernels")):
        values = [100 * row["test_accuracy"] for row in rows if row["experiment"] == name]
        assert f"| {title} | " in text
        assert f"{np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}" in text


def test_no_result_is_typed_by_hand(report, tmp_path):
    """Random studies: the numbers and verdicts that they share come from the config alone."""
    texts = [report(seed=seed)[0] for seed in range(1, 10)]
    files = ("config.yaml", "published.yaml", "workflow/catalogue.yaml")
    config = "".join((ROOT / name).read_text() for name in files)
    decimals = r"(?<![\w.,])\d+\.\d{2,}(?![\w.])"
    shared = set.intersection(*(set(re.findall(decimals, text)) for text in texts))
    known = {float(x) for x in re.findall(r"\d+\.?\d*", config)}
    known |= {round(100 * x, 2) for x in known} | {round(x, 3) for x in known}
    # So do published differences, steps and ratios, in points or times.
    published = yaml.safe_load((ROOT / "published.yaml").read_text())["published"]
    stated = published["experiments"].values()
    values = [one[which] for one in stated for which in ("results", "log") if which in one]
    values += [one for section in published["sections"].values() for one in section.values()]
    for key in ("test_accuracy", "parameters", "seconds", "gap"):
        for one, other in itertools.permutations([v[key] for v in values if key in v], 2):
            known |= {round(100 * (one - other) / step, 2) for step in (1, 2)}
            known |= {round(abs(100 * (one - other)) / step, 2) for step in (1, 2)}
            known.add(round(one / other, 3))
    # What so many seeds and tests can see at all follows from the config too.
    decided = json.loads((tmp_path / "full1/results/full/claims.json").read_text())
    effects = [one["smallest_effect"] for one in decided["families"].values()]
    known |= {round(effect, 2) for effect in effects if effect is not None}
    floor_of_p = 0.0001
    assert not {x for x in shared if float(x) not in known | {floor_of_p}}
    verdicts = {tuple(re.findall(rf"^- \*\*({'|'.join(VERDICTS)}):", text, re.M)) for text in texts}
    assert len(verdicts) > 3
    assert {len(one) for one in verdicts} == {len(study_config()["claims"])}


def test_templates_hold_no_results():
    """Of numbers with decimals or in percent those alone that no run decides."""
    for path in TEMPLATES.rglob("*.md.j2"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        for known in ("0 and 100 %", "one more run of ours (95 %"):
            text = text.replace(known, "")
        found = re.findall(r"\d+[.,]\d+|\d+ ?%(?![}(])", text)
        assert not found, path.name


def test_every_claim_has_a_sentence_with_the_verdict_that_was_decided(report, tmp_path, study):
    text, _ = report()
    decided = json.loads((tmp_path / "full0/results/full/claims.json").read_text())["claims"]
    spoken = dict(
        zip(("supported", "contradicted", "inconclusive", "equivalent"), VERDICTS, strict=True)
    )
    found = re.findall(rf"^- \*\*({'|'.join(VERDICTS)}):\*\* ", text, re.M)
    assert Counter(found) == Counter(spoken[one["verdict"]] for one in decided.values())
    for claim in study("full").claims.values():
        assert f"| {words.text(claim['says'])} | " in text


def test_every_test_has_its_name():
    environment = Environment(loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"])
    environment.filters.update(FILTERS)
    environment.install_null_translations(newstyle=True)
    module = environment.get_template("words.md.j2").make_module()
    assert module.verdicts.keys() == {"supported", "contradicted", "inconclusive", "equivalent"}
    assert module.tests.keys() == set(TESTS.values())


def test_with_two_seeds_nothing_that_varies_is_decided_or_marked(report, tmp_path):
    text, _ = report("quick", seeds=2)
    decided = json.loads((tmp_path / "quick0/results/quick/claims.json").read_text())["claims"]
    counted = [one for one in decided.values() if one["reason"] == "arithmetic"]
    said = re.findall(r"^- \*\*(?:Supported|Contradicted):\*\* ", text, re.M)
    assert len(said) == len(counted) > 0
    assert "no network can be separated from the best one" in text
    assert "| **" not in text
    assert "| SimpleCNN | SimpleCNN | " in text  # the published name beside ours


def test_the_best_and_what_cannot_be_separated_from_it_are_marked(report):
    text, rows = report(spread=0.0005)
    table = sections(text)["Kernel size"]
    means = {
        title: np.mean([r["test_accuracy"] for r in rows if r["experiment"] == name])
        for name, title in (
            ("mnist_kernel3", "3×3"),
            ("mnist_kernel5", "5×5"),
            ("mnist_kernel7", "7×7"),
        )
    }
    best = max(means, key=means.get)
    assert re.findall(r"^\| (\S+) kernels \| \*\*", table, re.M) == [best]


def test_published_values_stand_only_beside_the_same_experiment(report):
    full, quick = report("full")[0], report("quick")[0]
    for number in ("97.19 %", "98.45 %", "30,154", "98.88 %", "84.64 %"):
        assert number in full
        assert number not in quick
    assert re.search(
        r"^\| 3×3 kernels are .* \| \+0.33 points \(its log: −0.17 points\) \|", full, re.M
    )
    assert "its log" not in quick and "Published: " not in quick
    assert "| stated |" in full and "| stated |" not in quick
    assert "| so here too | [1](#1-" in quick and "so here too" not in full


def test_a_verdict_says_how_its_networks_were_trained_where_not_as_published(
    report, config, tmp_path
):
    quick, full = report("quick")[0], report("full")[0]
    config["scales"]["real"]["experiments"]["cifar10_resnet18"] = {
        **{"seeds": 5, "train_images": 2000, "recipe": {"epochs": 1}},
        "model": {"widths": [8, 16, 32, 64]},
    }
    fewer = load({**config, "scale": "real"})
    made_results.make(tmp_path, fewer, np.random.default_rng(0))
    less = report_of(tmp_path, fewer)
    found = "the gap between training and test accuracy of “ResNet-18” .* 5 points"
    assert re.search(
        rf"^- .*{found} \(2,000 training images, widths 8-16-32-64, 1 epoch\)", less, re.M
    )
    assert re.search(rf"^- .*{found}: ", full, re.M)
    assert not re.search(r"\d training image", quick.partition("## 1.")[2])  # they say enough


def test_sentences_are_set_apart(report):
    text = report()[0]
    assert not re.findall(r"[a-z)]\.[A-Z][a-z]+ ", text)
    assert not re.findall(r"\) Published:", text)


def test_a_changed_recipe_takes_the_published_value_away_and_says_why(config, tmp_path):
    config["experiments"]["mnist_fc"]["recipe"]["learning_rate"] = 0.01
    changed = load({**config, "scale": "full"})
    made_results.make(tmp_path, changed, np.random.default_rng(0))
    text = report_of(tmp_path, changed)
    assert "97.19 %" not in text
    assert "learning rate 0.01 in place of 0.001" in text
    assert "99.20 %" in text  # SimpleCNN is still the published one


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"title": "my digits", "format": "npz", "files": {"a.npz": {}}},
            "my digits in place of MNIST",
        ),
        ({"files": {"a.gz": {"md5": "0" * 32}}}, "MNIST in place of MNIST"),
        ({"normalise": {"mean": [0.0], "std": [1.0]}}, "another normalisation of the pixels"),
    ],
)
def test_other_images_take_the_published_values_away(config, tmp_path, changes, said):
    config["datasets"]["mnist"] |= changes
    changed = load({**config, "scale": "full"})
    made_results.make(tmp_path, changed, np.random.default_rng(0))
    text = report_of(tmp_path, changed)
    assert "97.19 %" not in text and "99.20 %" not in text
    assert said in text


@pytest.mark.parametrize(
    ("claim", "changes"),
    [
        ("cnn_beats_fc_on_digits", {"of": "mnist_fc", "than": "mnist_simple_cnn"}),
        ("residual_network_overfits", {"threshold": 0.01, "says": "it overfits"}),
        ("colour_needs_convolutions", {"claims": ["fc_fails_on_colour"], "says": "it is needed"}),
    ],
)
def test_another_claim_of_the_same_name_is_not_the_published_one(config, tmp_path, claim, changes):
    def statement(folder):
        made = load({**config, "scale": "full"})
        made_results.make(folder, made, np.random.default_rng(0))
        stated = made.published["statements"]
        (says,) = [one["says"] for one in stated if one.get("claim") == claim]
        (row,) = re.findall(
            rf"^\| {re.escape(words.text(says))} \| .*$", report_of(folder, made), re.M
        )
        return row

    assert re.search(
        r"\| (not )?as published|smaller than|not decided", statement(tmp_path / "as it is")
    )
    config["claims"][claim] |= changes
    assert "| – | – | not asked here | – |" in statement(tmp_path / "changed")


RATES = ("0_0003", "0_001", "0_003")


def cells_of_widths(folder):
    """Test accuracies by channels and rate, as they were computed."""
    path = folder / "full0/results/full/comparisons.json"
    rows = json.loads(path.read_text())["widths"]["experiments"]
    found = {row["experiment"]: row["metrics"]["test_accuracy"] for row in rows}
    return {
        (size, rate): found[f"mnist_widths__channels{size}_learning_rate{rate}"]
        for size in ("8x16", "32x64")
        for rate in RATES
    }


def test_a_grid_has_a_table_of_its_own_and_no_long_one(report, tmp_path):
    table = sections(report()[0])["Width and learning rate"]
    cells = cells_of_widths(tmp_path)
    assert "| channels ↓ learning rate → | 0.0003 | 0.001 | 0.003 |" in table
    for channels, size in (("8-16", "8x16"), ("32-64", "32x64")):
        written = " | ".join(words.mean_sd(cells[size, rate]) for rate in RATES)
        assert f"| {channels} | {written} |" in table
    assert "| network |" not in table


def test_calibration_is_that_of_its_file(report, tmp_path):
    text = report()[0]
    errors = json.loads((tmp_path / "full0/results/full/errors/modern.json").read_text())
    error = errors["calibration"]["error"]
    assert (
        f"Expected calibration error: {words.mean_sd(error)} points ({words.interval(error)})."
    ) in sections(text)["Does dropout help under a modern recipe?"]


def alternatives(text):
    """What stands in place of each figure, by its kind."""
    found = re.findall(r"^!\[(.*?)\]\(\S*?(\w+)\.png\)", text, re.M | re.S)
    return {kind: " ".join(said.split()) for said, kind in found}


def test_what_figures_of_errors_show_is_said_with_its_numbers(report, tmp_path):
    shown = alternatives(sections(report()[0])["Does dropout help under a modern recipe?"])
    errors = json.loads((tmp_path / "full0/results/full/errors/modern.json").read_text())
    worst, best = sorted(errors["recalls"], key=lambda one: one["mean"])
    assert shown["calibration"].endswith(
        f": {words.points_only(errors['calibration']['error']['mean'])} points."
    )
    assert shown["recalls"].endswith(
        f"recognised best: {words.recall(best)}; recognised worst: {words.recall(worst)}."
    )
    assert shown["mistakes"].endswith(f"first of all {words.mistake(errors['mistakes'][0])}.")
    assert "whitened CNN 1.5 and " in shown["schedule"]


def test_a_network_without_mistakes_is_said_to_make_none(tmp_path, study):
    made = study("full")
    made_results.make(tmp_path, made, np.random.default_rng(0))
    path = tmp_path / "results/full/errors/modern.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "mistakes": []}))
    shown = alternatives(
        sections(report_of(tmp_path, made))["Does dropout help under a modern recipe?"]
    )
    assert shown["mistakes"].endswith("gets every test image right (100).")


def test_the_best_and_the_worst_cell_of_a_grid_are_said(report, tmp_path):
    shown = alternatives(sections(report()[0])["Width and learning rate"])["grid"]
    cells = cells_of_widths(tmp_path)
    worst, *_, best = sorted(cells, key=lambda one: cells[one]["mean"])
    for which, one in (("highest", best), ("lowest", worst)):
        channels, rate = one[0].replace("x", "-"), one[1].replace("_", ".")
        mean = words.percent(cells[one]["mean"])
        said = f"{which}: channels {channels}, learning rate {rate} ({mean})"
        assert said in shown


def test_a_section_says_what_it_is_about(report, config):
    text = " ".join(report()[0].split())
    assert " ".join(config["sections"]["layers_at_work"]["about"].split()) in text


def edited(folder, experiment, **changes):
    """Alter the runs of an experiment in the summary."""
    (path,) = folder.rglob("summary.csv")
    rows = list(csv.DictReader(path.open()))
    for row in rows:
        if row["experiment"] == experiment:
            row |= changes
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(summary.COLUMNS))
        writer.writeheader()
        writer.writerows(rows)


def test_every_run_is_listed_with_what_it_was_made_on(tmp_path, study):
    made = study("full", seeds=[0, 1, 2, 7])
    made_results.make(tmp_path, made, np.random.default_rng(0))
    edited(tmp_path, "mnist_kernel5", commit="a" * 40, dirty="True")
    text = sections(report_of(tmp_path, made))["How this was made"]
    rows = re.findall(
        r"^\| (.+?) \| MNIST \| 0–2, 7 \| .+? \| (\d) \| `da7ada7ada7a` \|", text, re.M
    )
    assert dict(rows)["5×5 kernels"] == "2"
    assert dict(rows)["3×3 kernels"] == "1"
    assert len(rows) == sum(one.dataset == "mnist" for one in made.experiments.values())
    assert "| environment 2 | 4 runs: cpu, " in text
    assert "commit aaaaaaaaaaaa of convstudy, with uncommitted changes" in text
    assert "interruptions" not in text


def test_runs_that_went_on_from_a_state_are_counted(tmp_path, study):
    made = study("full", seeds=[0, 1, 2, 7])
    made_results.make(tmp_path, made, np.random.default_rng(0))
    edited(tmp_path, "mnist_kernel5", sessions="3")
    text = sections(report_of(tmp_path, made))["How this was made"]
    assert "| interruptions | 4 runs were cut off and went on from their saved states |" in text


@pytest.mark.parametrize("field", ["device", "processor", "threads", "precision", "torch"])
def test_a_comparison_across_what_matters_carries_a_warning(tmp_path, study, field):
    made = study("full")
    made_results.make(tmp_path, made, np.random.default_rng(0))
    edited(tmp_path, "mnist_kernel5", **{field: "9"})
    found = sections(report_of(tmp_path, made))
    warned = rf"\*\*Careful:\*\* these runs differ, .*: {field} \(.*: 3×3 kernels and 7×7 kernels; "
    assert re.search(warned + r"9: 5×5 kernels\)\.", found["Kernel size"])
    timed = "| time per image, × fastest |" in found["Kernel size"]
    assert timed == (field != "device")  # times of different devices are not compared
    assert "Careful" not in found["Basic against bottleneck blocks"]


def test_runs_that_are_missing_are_listed_at_the_top(config, tmp_path):
    config |= {"scale": "full", "allow_missing": True}
    made = load(config, lambda one, seed: one.name != "mnist_fc" and seed != 3)
    made_results.make(tmp_path, made, np.random.default_rng(0))
    head = report_of(tmp_path, made).partition("## 1.")[0]
    assert "> **Runs are missing**, and everything below is computed without them:\n" in head
    assert "fully connected (MNIST), seeds 0, 1, 2, 3 and 4; SimpleCNN (MNIST), seed 3;" in head


def test_titles_cannot_inject_markup(config, tmp_path):
    config["experiments"]["mnist_fc"]["title"] = "<script>|*x*|[a](b)"
    evil = load({**config, "scale": "full"})
    made_results.make(tmp_path, evil, np.random.default_rng(0))
    text = report_of(tmp_path, evil)
    assert "<script>" not in text
    assert r"\<script\>\|\*x\*\|\[a\](b)" in text


@pytest.mark.parametrize(
    ("field", "value"), [("title", "MNIST"), ("generated", False), ("format", "idx.gz")]
)
def test_a_description_that_says_otherwise_than_the_config_is_refused(
    tmp_path, study, field, value
):
    made = study("quick")
    made_results.make(tmp_path, made, np.random.default_rng(0))
    path = tmp_path / "data/prepared/shapes.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    with pytest.raises(StudyError, match=rf"shapes\.json: {field} is {value!r}, the config says"):
        report_of(tmp_path, made)


def test_a_missing_result_is_named(tmp_path, study):
    made = study("full")
    made_results.make(tmp_path, made, np.random.default_rng(0))
    (tmp_path / "results/full/layers/swish.json").unlink()
    with pytest.raises(StudyError, match=r"swish\.json is missing\. Run snakemake again"):
        report_of(tmp_path, made)


def test_a_value_that_nobody_computed_is_a_fault_and_not_a_blank(tmp_path):
    (tmp_path / "report.md.j2").write_text("{{ accuracy_of_nothing }}")
    with pytest.raises(StudyError, match=r"'accuracy_of_nothing' is undefined\. Mend the template"):
        render(tmp_path, {})


def test_a_recipe_is_said_without_what_is_off(study):
    classic, modern, frugal = (
        settings.recipe({**study("full").experiments[name].slice["recipe"], "precision": "float32"})
        for name in ("mnist_fc", "cifar10_modern_resnet18", "cifar10_modern_cnn")
    )
    assert classic == "optimizer adam, learning rate 0.001, batch size 64, epochs 5"
    assert modern == (
        "optimizer sgd, learning rate 0.1, schedule one_cycle, momentum 0.9, Nesterov momentum, "
        "weight decay 0.0005, label smoothing 0.1, crop padding 4, mirror images, "
        "batch size 128, epochs 10"
    )
    assert frugal == (
        "optimizer sgd, learning rate 1.5, schedule triangular, momentum 0.85, Nesterov momentum, "
        "weight decay 0.00133, label smoothing 0.2, crop padding 2, crops filled: reflect, "
        "mirror images alternating, faster normalisations × 64, decaying normalisations, "
        "views per image at the end 6, batch size 1024, epochs 10"
    )


def test_another_language_says_the_same_numbers(tmp_path, study):
    """Digits alone: signs between them are the language's."""
    made_results.make(tmp_path, study("full"), np.random.default_rng(0))
    english, russian = (
        Counter(re.findall(r"\d+", report_of(tmp_path, study("full", language=one))))
        for one in ("en", "ru")
    )
    assert english == russian


def test_every_word_of_the_templates_goes_through_the_catalogue(tmp_path, study):
    """In a language of one letter, what is still readable has to come from config or data."""
    made = study("full")
    made_results.make(tmp_path, made, np.random.default_rng(0))
    text = report_of(tmp_path, made, made_up(tmp_path / "made_up.po"))
    text = re.sub(r"`[^`]*`|\]\([^)]*\)", "", text).replace("\\", "")  # no commands, no files
    named = [one[key] for one in made.claims.values() for key in ("class", "with") if key in one]
    given = [one["name"] for one in made.published["experiments"].values()]
    given += [file for one in made.datasets.values() for file in one["files"]]
    given += [one.title for one in made.experiments.values() if one.cell]  # put together, no words
    given += [*made.layers, "features", "stages", "adam", "sgd", "one_cycle", "float"]
    given += ["triangular", "alternating", "reflect", "black"]
    given += ["PyTorch", "Python", "SHA"]
    given += [
        "a network",
        "images",
        "cat",
        "dog",
        "someone",
        "details",
        "summary",
        *named,
        "cpu",
        "processor",
        "f" * 12,
    ]
    assert set(split(text)) - {word for one in given for word in split(one)} == set()


def split(text):
    return re.findall(r"[A-Za-z]{3,}", text)


def made_up(path):
    """A catalogue that turns each letter into ж, names of values and code excepted."""
    kept = re.compile(r"(%\(\w+\)s|`[^`]*`)")
    catalogue = catalogues.extracted()
    catalogue.locale = "ru"
    for message in catalogue:
        if message.id:
            texts = message.id if message.pluralizable else (message.id,)
            turned = [
                "".join(
                    part if kept.fullmatch(part) else re.sub(r"[A-Za-z]", "ж", part)
                    for part in kept.split(one)
                )
                for one in texts
            ]
            message.string = (*turned, turned[-1]) if message.pluralizable else turned[0]
    with path.open("wb") as file:
        write_po(file, catalogue)
    return path


@pytest.mark.parametrize("content", [[], {}, {"layer": 5}, {"checks": "all"}, None])
def test_a_damaged_table_is_a_sentence(tmp_path, study, content):
    made = study("full", seeds=[0, 1, 2])
    made_results.make(tmp_path, made, np.random.default_rng(0))
    results = tmp_path / "results/full"
    next(results.glob("layers/*.json")).write_text(json.dumps(content))
    options = argparse.Namespace(
        results=results,
        data=tmp_path / "data/prepared",
        output=tmp_path / "report.md",
        templates=TEMPLATES,
    )
    job = json.loads(json.dumps(slices.reporting(made)))
    said = pytest.raises(StudyError, match=r"delete .*and run `make report`")
    with language.speaking(ROOT / "workflow/locale/en.po"), said:
        text_of(job, options, None)


def test_how_images_were_read_is_said(tmp_path, study):
    made = study("full")
    made_results.make(tmp_path, made, np.random.default_rng(0), 0.01)
    assert "How these images were read" not in report_of(tmp_path, made)
    path = next((tmp_path / "data/prepared").glob("*.json"))
    about = json.loads(path.read_text()) | {"test_images": 400, "duplicates": 3}
    about["reading"] = {
        "left_out": {"suffix": 2, "ignored": 1, "link": 1, "place": 4, "validation": 77},
        "converted": {"animated": 5, "deep": 6, "transparent": 7, "coloured": 8, "resized": 9},
        "test_share": 0.25,
        "test_folder": "val",
    }
    path.write_text(json.dumps(about))
    text = report_of(tmp_path, made)
    for said in (
        "left out: 2 files (not an image by its suffix)",
        "left out: 1 file (named by `ignore` in the config)",
        "left out: 4 files (in no class's folder)",
        "a validation set too, of 77 images, which is not used",
        "converted: 5 images (the first frame of an animation)",
        "converted: 6 images (16 bits per channel, scaled to 8)",
        "converted: 8 images (grey, as three equal channels)",
        "converted: 9 images (of another size, resized)",
        "25.00 % of each class were taken as one",
        "no test set of its own: its val is used as one",
        "**Warning:** 3 of 400 test images",
    ):
        assert said in text
    assert "**Warning:** " in text.split("\n## ")[0]
    assert "taken from training data are named below" in text
    russian = report_of(tmp_path, study("full", language="ru"))
    assert "**Внимание:** 3 из 400 тестовых изображений" in russian


def test_every_network_whose_confusion_was_asked_for_is_named(tmp_path, study):
    made = study("full")
    made_results.make(tmp_path, made, np.random.default_rng(0))
    assert "Below it the other networks" not in report_of(tmp_path, made)
    path = tmp_path / "results/full/errors/cifar10.json"
    best = json.loads(path.read_text())
    path.write_text(json.dumps({**best, "others": [{**best, "title": "another network"}]}))
    text = report_of(tmp_path, made)
    assert re.search(r"!\[Confusion matrices, .* Below it: another network\.\]", text)
    assert "Below it the other networks of this section." in text


def test_classes_are_named_from_the_best_recognised_one_down(tmp_path, study):
    made = study("full")
    made_results.make(tmp_path, made, np.random.default_rng(0))
    path = tmp_path / "results/full/errors/cifar10.json"
    recalls = [
        {"class": name, "mean": mean}
        for name, mean in zip("abcde", (0.2, 0.9, 0.5, 0.6, 0.4), strict=True)
    ]
    path.write_text(json.dumps({**json.loads(path.read_text()), "recalls": recalls}))
    text = report_of(tmp_path, made)
    assert "Recognised best: b (90.00 %) and d (60.00 %);" in text  # none is best and worst
    assert "recognised worst: a (20.00 %) and e (40.00 %)." in text


def test_claims_that_a_scale_does_not_ask_are_named(report):
    text = report("quick")[0]
    assert text.count("Not asked at this scale: ResNet-18 recognises more than 80 %") == 1
    assert "Not asked at this scale" not in report("full")[0]


def test_what_a_claims_title_is_is_said_where_there_are_claims(report):
    text, _ = report()
    said = "Titles of claims, in tables and figures, are the author's: only numbers in them are checked."
    assert text.count(said) == 1


def test_tf32_of_a_cpu_is_float32():
    run = {"device": "cpu", "precision": "tf32"}
    assert provenance.as_computed(run)["precision"] == "float32"
    assert provenance.as_computed({**run, "device": "NVIDIA"})["precision"] == "tf32"


def test_times_are_those_of_a_usual_run_and_shares_of_all_of_them():
    experiments = {name: {"dataset": "d"} for name in "ab"}
    taken = {"a": ("90", "90", "1290"), "b": ("30", "30", "30")}
    runs = [
        {"experiment": name, "train_seconds": seconds, "evaluate_seconds": "1"}
        for name, times in taken.items()
        for seconds in times
    ]
    medians = {"a": (90, 10), "b": (30, 30)}
    rows = {
        name: {"medians": {"train_seconds": seconds, "images_per_second": rate}}
        for name, (seconds, rate) in medians.items()
    }
    found = provenance.times(experiments, runs, rows)
    assert found["total_seconds"] == 1566
    a, b = found["times"]
    assert (a["seconds"], a["ratio"], a["share"]) == (90, 3, 1470 / 1560)
    assert (b["seconds"], b["ratio"]) == (30, 1)


def test_the_device_of_timed_steps_is_named(report):
    assert "timed in turns on cpu (1 thread)" in report()[0]


def test_a_study_may_have_a_title_and_counts_the_networks_of_grids(config, tmp_path):
    for title, head in (
        ("Sizes & *kernels*", r"# Sizes \& \*kernels\*"),
        (None, "# A comparative"),
    ):
        study = load({**config, "scale": "full", "title": title})
        folder = tmp_path / str(title)[:2]
        made_results.make(folder, study, np.random.default_rng(0))
        text = report_of(folder, study)
        assert text.startswith(head)
        assert f"\n{len(study.experiments)} networks, each trained" in text
