"""The floors of the house: who may import whom, and what may cost start-up time."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import convstudy
from convstudy.cli import COMMANDS

SOURCE = Path(convstudy.__file__).parent
BELOW_ALL = {
    "errors",
    "files",
    "device",
    "engine",
    "fingerprint",
    "histories",
    "language",
    "gpus",
    "loaded",
    "locks",
    "gettext_noop",
    "named",
    "sealed",
    "tensors",
    "recorded",
}
FLOORS = {
    "config": set(),
    "datasets": {"config"},
    "layers": set(),
    "models": {"layers"},
    "evaluation": {"config", "datasets", "models", "layers"},
    "training": {"config", "datasets", "models", "evaluation"},
    "statistics": {"config"},
    "figures": {"config"},
    "report": {"config"},
    # At the top: it does again what all others did.
    "verification": {
        *("config", "datasets", "models", "layers", "evaluation", "training"),
        *("statistics", "figures", "report"),
    },
}
# What a recipe means, in plain numbers: the histories of runs are compared with it. And which kinds
# of figures there are, which imports nothing: config and report ask it.
SHARED = {"convstudy.training.recipe", "convstudy.figures.kinds"}
ONLY_IN = {
    "torchvision": {"models/of_torchvision.py", "datasets/of_torchvision.py"},
    "matplotlib": {"figures"},
    "seaborn": {"figures"},
    "scipy": {"statistics"},
    "statsmodels": {"statistics"},
    "jinja2": {"report"},
    "markdown_it": {"report"},
    "mdit_py_plugins": {"report"},
    "pypandoc": {"report"},
    "typst": {"report"},
    "pandas": {"histories.py", "statistics", "figures", "report"},
    "babel": {"language.py"},
    "pydantic": {"config"},
}
MODULES = sorted(SOURCE.rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            if node.module == "convstudy":
                yield from (f"convstudy.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_run_one_way(path):
    package = path.relative_to(SOURCE).parts[0]
    for name in imported(path):
        top, *rest = name.split(".")
        assert top != "snakemake", "the package knows nothing of Snakemake"
        here = {package, str(path.relative_to(SOURCE))}
        assert ONLY_IN.get(top, here) & here, f"{top} belongs to {ONLY_IN.get(top)}"
        if top == "convstudy" and rest and package in FLOORS:
            allowed = FLOORS[package] | BELOW_ALL | {package}
            assert rest[0] in allowed or name in SHARED, f"{package} → {name}"


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        (
            "convstudy.training.train",
            {"pydantic", "torchvision", "pandas", "seaborn", "matplotlib", "scipy"},
        ),
        (
            "convstudy.evaluation.activations",
            {"pydantic", "torchvision", "pandas", "matplotlib", "scipy"},
        ),
        ("convstudy.config.study", {"torch", "numpy", "pandas", "matplotlib"}),
        ("convstudy.datasets.generate", {"torch", "torchvision", "matplotlib", "scipy"}),
        ("convstudy.datasets.fetch", {"torch", "numpy"}),
        ("convstudy.datasets.fetch_torchvision", {"torch", "torchvision", "numpy"}),
        ("convstudy.datasets.prepare", {"torchvision", "matplotlib", "scipy"}),
        ("convstudy.config.torchvision_sets", {"torch", "torchvision", "numpy"}),
        ("convstudy.statistics.summarise", {"torch", "scipy", "matplotlib", "pandas", "seaborn"}),
        ("convstudy.figures.draw", {"pydantic", "torch", "jinja2"}),
        ("convstudy.report.render", {"pydantic", "torch", "numpy", "matplotlib", "pandas"}),
        ("convstudy.report.html", {"torch", "numpy", "matplotlib"}),
        ("convstudy.cli", {"torch", "numpy", "pydantic"}),
    ],
)
def test_a_command_imports_nothing_that_it_does_not_use(module, unwanted):
    code = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not unwanted & set(done.stdout.split())


def test_every_command_has_an_entry_module_with_main():
    for module in COMMANDS.values():
        path = SOURCE.parent / (module.replace(".", "/") + ".py")
        names = [
            node.name
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.FunctionDef)
        ]
        assert "main" in names, module
