"""Catalogues are whole, and numbers, plurals and lists are written as the language does."""

import re
from typing import get_args

import pytest
import yaml

from convstudy import language
from convstudy.config.schema.recipe import Recipe
from convstudy.config.schema.whole import Config
from convstudy.errors import StudyError
from convstudy.report import settings, words

import catalogues
from checkout import ROOT, study_config

ALL = catalogues.paths()
NAMES = {"CIFAR-10 (JPEG)", "SimpleCNN", "ResNet-18", "Swish", "channels_last"}
NAMES |= {one["title"] for one in study_config()["datasets"].values()}


@pytest.fixture(scope="module")
def extracted():
    return catalogues.extracted()


@pytest.fixture(params=ALL, ids=[path.stem for path in ALL])
def catalogue(request):
    return catalogues.read(request.param)


def texts(value):
    return value if isinstance(value, tuple | list) else (value,)


def test_every_language_of_the_config_has_a_catalogue_and_the_other_way_round():
    there = {path.stem for path in catalogues.LOCALE.glob("*.po")}
    assert {*get_args(Config.model_fields["language"].annotation)} == there


def test_a_catalogue_has_every_sentence_and_none_that_is_gone(catalogue, extracted):
    wanted, found = ({one.id for one in each if one.id} for each in (extracted, catalogue))
    assert found == wanted, "run `make words`"
    assert not catalogue.obsolete


def test_every_sentence_is_translated_and_no_translation_is_a_guess(catalogue):
    forms = catalogue.num_plurals
    for one in catalogue:
        if one.id:
            assert not one.fuzzy, one.id
            assert all(texts(one.string)), one.id
            assert len(texts(one.string)) == (forms if one.pluralizable else 1), one.id
            spelt = re.search("[a-z]", re.sub(r"%\(\w+\)s", "", str(one.id)))
            assert one.string != one.id or one.id in NAMES or not spelt, one.id


def test_a_translation_names_the_same_values_and_keeps_the_markup(catalogue):
    for one in catalogue:
        values = [sorted(re.findall(r"%\(\w+\)s", text)) for text in texts(one.id)]
        for text in texts(one.string) if one.id else ():
            assert sorted(re.findall(r"%\(\w+\)s", text)) in values, one.id
            assert re.findall(r"\*\*|`[^`]+`", text) == re.findall(
                r"\*\*|`[^`]+`", texts(one.id)[0]
            ), one.id


def test_every_text_of_the_config_is_translated(catalogue):
    names = ("config.yaml", "published.yaml", "workflow/catalogue.yaml")
    files = [*(ROOT / name for name in names), *ROOT.glob("overlays/*.yaml")]
    for file in files:
        for text in said(yaml.safe_load(file.read_text())):
            assert catalogue.get(text).string, text


def said(node):
    for key, value in node.items() if isinstance(node, dict) else ():
        if key in ("title", "says", "purpose", "about"):
            yield value
        for one in value if isinstance(value, list) else [value]:
            yield from said(one)


@pytest.fixture
def russian():
    with language.speaking(catalogues.LOCALE / "ru.po"):
        yield


@pytest.mark.parametrize(
    ("function", "value", "written"),
    [
        (words.percent, 0.98539, "98,54\N{NO-BREAK SPACE}%"),
        (words.count, 567434, "567\N{NO-BREAK SPACE}434"),
        (words.points, -0.0459, "\N{MINUS SIGN}4,59"),
        (words.level, 0.005, "0,5\N{NO-BREAK SPACE}%"),
        (words.millions, 455800832, "455,8\N{NO-BREAK SPACE}млн"),
        (words.seconds, 4.2, "4,2\N{NO-BREAK SPACE}с"),
        (words.seconds, 725.4, "12\N{NO-BREAK SPACE}мин 5\N{NO-BREAK SPACE}с"),
        (words.listing, ["a", "b", "c"], "a, b и c"),
        (settings.recipe, {"learning_rate": 0.001}, "скорость обучения 0,001"),
        (settings.axis_value, "0.001", "0,001"),
        (settings.axis_value, "8-16", "8-16"),
    ],
)
def test_russian_numbers(russian, function, value, written):
    assert function(value) == written


def test_every_setting_of_a_recipe_has_its_word(russian):
    for key in Recipe.model_fields:
        assert not re.search("[A-Za-z]", settings.setting(key)), key


@pytest.mark.parametrize(
    ("count", "written"),
    [(1, "1 запуск"), (2, "2 запуска"), (5, "5 запусков"), (11, "11 запусков"), (21, "21 запуск")],
)
def test_russian_plurals(russian, count, written):
    assert language.ngettext("%(n)s run", "%(n)s runs", count) % {"n": count} == written


def test_a_title_that_no_catalogue_has_is_shown_as_it_is(russian):
    assert words.text("my own network") == "my own network"


def test_outside_the_block_english_is_spoken_again():
    with language.speaking(catalogues.LOCALE / "ru.po"):
        pass
    assert language.number(1234.5, ",.1f") == "1,234.5"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is missing"),
        ('msgid "a\n', "is no catalogue"),
        ('msgid "a"\nmsgstr "b"\n', "names no Language"),
    ],
)
def test_a_bad_catalogue_is_named(tmp_path, text, said):
    path = tmp_path / "xx.po"
    if text is not None:
        path.write_text(text)
    with pytest.raises(StudyError, match=rf"xx\.po.*{said}"), language.speaking(path):
        pass
