"""What several tests need: the repository's own config, and a small prepared data set."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]


def _read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


_CONFIG = {**_read("config.yaml"), **_read("workflow/published.yaml")}
_SCHEMA = _read("workflow/schemas/config.schema.yaml")


@pytest.fixture
def config() -> dict[str, Any]:
    """The config of the repository as Snakemake reads it; tests may change it."""
    return copy.deepcopy(_CONFIG)


@pytest.fixture
def schema() -> dict[str, Any]:
    return copy.deepcopy(_SCHEMA)
