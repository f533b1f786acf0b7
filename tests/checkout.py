"""Running Snakemake on the repository's own workflow, in a folder of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from convstudy.config import catalogue, reading

ROOT = Path(__file__).parents[1]
TOUR = "overlays/tour.yaml"  # every section, in small
PARTS = ("Snakefile", "config.yaml", "published.yaml", "workflow", "profiles", "overlays")


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def records_of_sample(scale: str) -> dict[str, Any]:
    """metrics.json of each run that is packed in a committed sample, by the run's folder."""
    with tarfile.open(ROOT / "docs/sample" / scale / "runs.tar.xz") as archive:
        return {
            str(Path(name).parent): json.load(archive.extractfile(name))
            for name in archive.getnames()
            if name.endswith("/metrics.json")
        }


def study_config(*overlays: str) -> dict[str, Any]:
    """The config of the repository as the workflow reads it: what it reproduces, the catalogue."""
    config: dict[str, Any] = {**_read(ROOT / "config.yaml"), **_read(ROOT / "published.yaml")}
    for path in overlays:
        reading.lay_over(config, _read(ROOT / path))
    catalogue.complete(config, _read(ROOT / "workflow/catalogue.yaml"))
    return config


def put(config: dict[str, Any], path: str, value: object) -> None:
    """Set what stands in a config at `scales.quick.seeds`."""
    *parents, last = path.split(".")
    for key in parents:
        config = config[key]
    config[last] = value


class Checkout:
    """A copy of the workflow, and of the package if `src` is asked for (else the installed one)."""

    interpreter = sys.executable  # what runs Snakemake

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for part in (*PARTS, *more):
            source = ROOT / part
            copy = shutil.copytree if source.is_dir() else shutil.copy
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            copy(source, folder / part)

    @classmethod
    def of(cls, folder: Path) -> "Checkout":
        """One that is there already."""
        found = cls.__new__(cls)
        found.folder = folder
        return found

    def moved_to(self, folder: Path) -> "Checkout":
        """A copy of this one with everything that it has made."""
        shutil.copytree(self.folder, folder)
        return self.of(folder)

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Snakemake as a user calls it, output and errors in one text."""
        return self.python("-m", "snakemake", *arguments)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Python in this folder and environment."""
        process = self.start(*arguments)
        output, _ = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, output)

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """The same without waiting for its end; `options` are those of Popen."""
        programs = [str(Path(one).parent) for one in (self.interpreter, sys.executable)]
        path = os.pathsep.join([*programs, os.environ["PATH"]])
        return subprocess.Popen(
            [self.interpreter, *arguments],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "PYTHONPATH": str(self.folder / "src")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    def edit_config(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change config.yaml as somebody with an editor would, the catalogue beside him."""
        path = self.folder / "config.yaml"
        config = _read(path)
        catalogue.complete(config, _read(self.folder / "workflow/catalogue.yaml"))
        change(config)
        path.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True))

    def take_the_tour(self) -> None:
        """Let its config.yaml be that of every section in small."""
        self.edit_config(lambda config: reading.lay_over(config, _read(ROOT / TOUR)))

    def planned(self, *arguments: str) -> set[str]:
        """Messages of the jobs that a dry run would start."""
        done = self.snakemake("-n", "--cores", "2", *arguments)
        assert done.returncode == 0, done.stdout
        return set(re.findall(r"^Job \d+: (.*)\nReason:", done.stdout, re.M))

    def pretend_to_be_finished(self, *targets: str) -> None:
        """Stand-ins for all files of the targets, on record as made by today's config and code."""
        listed = self.snakemake("--cores", "2", "--detailed-summary", *targets)
        rows = [line.split("\t") for line in listed.stdout.splitlines() if line.count("\t") > 5]
        for name, *_ in rows[1:]:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name}\n")
        done = self.snakemake("--cores", "2", "--touch", "--forceall", *targets)
        assert done.returncode == 0, done.stdout

    def jobs(self, *arguments: str) -> dict[str, int]:
        """Jobs per rule that a dry run would start; {} if there is nothing to be done."""
        done = self.snakemake("-n", "--cores", "2", *arguments)
        assert done.returncode == 0, done.stdout
        if "Nothing to be done" in done.stdout:
            return {}
        table = re.search(r"^job +count\n-+ +-+\n(.*?)^total", done.stdout, re.M | re.S)
        assert table, done.stdout
        return {rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", table[1], re.M)}
