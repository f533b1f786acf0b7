"""What several tests need: the repository's own config, and its workflow in a folder of its own."""

import copy
import os
from typing import Any

import pytest
import yaml

from checkout import ROOT, Checkout

# Tests run side by side with other work: threads that wait for each other cost far more than they
# bring. Set before torch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")


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


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)
