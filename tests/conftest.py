"""What several tests need: the repository's own config, and its workflow in a folder of its own."""

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

# Tests run side by side with other work: threads that wait for each other cost far more than they
# bring. Set before torch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

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


PARTS = ("Snakefile", "config.yaml", "workflow", "profiles", "overlays")


class Checkout:
    """A copy of the workflow; the package is the installed one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            source = ROOT / part
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, folder / part)

    def snakemake(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Snakemake as a user calls it, output and errors in one text."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            [sys.executable, "-m", "snakemake", *arguments],
            cwd=self.folder,
            env={**os.environ, "PATH": path, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def jobs(self, *arguments: str) -> dict[str, int]:
        """Jobs per rule that a dry run would start; {} if there is nothing to be done."""
        done = self.snakemake("-n", "--cores", "2", *arguments)
        assert done.returncode == 0, done.stdout
        if "Nothing to be done" in done.stdout:
            return {}
        table = re.search(r"^job +count\n-+ +-+\n(.*?)^total", done.stdout, re.M | re.S)
        assert table, done.stdout
        return {rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", table[1], re.M)}


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)
