"""What several tests need: the repository's own config, and its workflow in a folder of its own."""

import copy
import os
from typing import Any

import pytest
from hypothesis import settings

from checkout import Checkout, study_config

# Tests run side by side with other work: threads that wait for each other cost far more than they
# bring. Set before torch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("untimed", deadline=None)  # whoever shares the machine is no fault
settings.load_profile("untimed")

_CONFIG = study_config()


@pytest.fixture
def config() -> dict[str, Any]:
    """The config of the repository as Snakemake reads it; tests may change it."""
    return copy.deepcopy(_CONFIG)


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)
