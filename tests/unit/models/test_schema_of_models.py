"""The schema's view of the networks is that of their `build` functions."""

import inspect
from importlib import import_module

import pytest

from convstudy import models

REQUIRED = inspect.Parameter.empty


def arguments_of(name):
    """{keyword argument: default} of the `build` of a network."""
    parameters = inspect.signature(import_module(models.module_of(name)).build).parameters
    return {one.name: one.default for one in parameters.values() if one.kind is one.KEYWORD_ONLY}


def test_the_schema_names_the_networks_that_there_are(schema):
    assert set(schema["$defs"]["model"]["properties"]["name"]["enum"]) == set(models.MODELS)


@pytest.mark.parametrize("name", models.MODELS)
def test_the_schema_leads_to_the_arguments_of_each_network(schema, name):
    branches = {
        branch["if"]["properties"]["name"]["const"]: branch["then"]["$ref"]
        for branch in schema["$defs"]["model"]["allOf"]
    }
    assert branches[name] == f"#/$defs/{name}"
    entry = schema["$defs"][name]
    assert entry["additionalProperties"] is False
    assert set(entry["properties"]) - {"name"} == set(arguments_of(name))


@pytest.mark.parametrize("name", models.MODELS)
def test_both_require_the_same_arguments_and_have_the_same_defaults(schema, name):
    entry, arguments = schema["$defs"][name], arguments_of(name)
    assert set(entry["required"]) == {key for key, value in arguments.items() if value is REQUIRED}
    for key, default in arguments.items():
        if default is not REQUIRED:
            default = list(default) if isinstance(default, tuple) else default
            assert entry["properties"][key]["default"] == default


def test_every_block_of_the_schema_can_be_built(schema):
    for block in schema["$defs"]["resnet"]["properties"]["block"]["enum"]:
        assert models.build("resnet", (1, 8, 8), 2, block=block, widths=[2, 2, 2, 2])


def test_every_kernel_size_of_the_schema_can_be_built(schema):
    for size in schema["$defs"]["simple_cnn"]["properties"]["kernel_size"]["enum"]:
        assert models.build("simple_cnn", (1, 8, 8), 2, channels=[2], kernel_size=size)
