"""The JSON schema for editors is made of the config's models."""

import json

import jsonschema
import pytest

from convstudy.config import reading

import schema
from checkout import ROOT, put

WRITTEN = ROOT / "workflow/schemas/config.schema.json"
FILES = ["config.yaml", "published.yaml", *map(str, ROOT.glob("overlays/*.yaml"))]


def test_the_file_is_that_of_the_models():
    assert WRITTEN.read_text(encoding="utf-8") == schema.text(), "run `make schema`"


@pytest.mark.parametrize("name", FILES)
def test_an_editor_finds_nothing_in_a_file_of_the_study(name):
    jsonschema.validate(reading.read(ROOT / name), json.loads(WRITTEN.read_text("utf-8")))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("recipes.classic.epoch", 3),
        ("recipes.classic.epochs", 0),
        ("sections.mnist.figures.curve", {}),
        ("claims.cnn_is_smaller.threshold", 1),
    ],
)
def test_an_editor_finds_what_the_models_refuse(config, path, value):
    put(config, path, value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(config, json.loads(WRITTEN.read_text("utf-8")))
