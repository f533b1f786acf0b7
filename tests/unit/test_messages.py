"""What messages tell a user to look at or to type is there: keys, options, commands, files."""

import ast
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from snakemake.cli import get_argument_parser

from convstudy.cli import COMMANDS

from checkout import ROOT
from texts import paths

SUFFIXES = [
    "csv",
    "css",
    "docx",
    "html",
    "j2",
    "json",
    "jsonl",
    "md",
    "npz",
    "pdf",
    "po",
    "pt",
    "py",
    "smk",
    "toml",
    "txt",
    "typ",
    "yaml",
    "yml",
]
FILE = re.compile(rf"(?<![\w.…/-])[\w./-]*\w\.(?:{'|'.join(SUFFIXES)})\b")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# `datasets.*.folder`, model.name; … stands for what is put in.
DOTTED = re.compile(r"(?<![\w./…-])[a-z_]+(?:\.(?:[a-z_]+|\*|…|<[a-z]+>))+(?![\w(/-])")
# ignore: [...], test_share: 0.2
SETTING = re.compile(r"(?<![\w.{\"-])([a-z_]+): (?=[\[\d{]|true\b|false\b|PATH\b)")
RUN = re.compile(r"`(make|convstudy) ([a-z-]+)")
RECORDED = {"environment"}  # parts of records, which have no schema
TRACKED = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
).stdout.split()


def said_in(source: str) -> Iterator[str]:
    """Sentences of a module: strings of several words, but no docstrings; … for what is put in."""
    tree = ast.parse(source)
    aside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            aside.add(node.body[0].value)
    for node in ast.walk(tree):
        text = None
        if isinstance(node, ast.JoinedStr):
            aside |= {*node.values}
            text = "".join(
                str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in aside:
            text = node.value
        if text and " " in text:
            yield text


@cache
def messages() -> list[tuple[str, str]]:
    """(file, sentence) of the package, the tools and the rules."""
    found = []
    for name in TRACKED:
        path = ROOT / name
        if name.startswith(("src/", "workflow/")) and path.suffix == ".py":
            found += [(name, said) for said in said_in(path.read_text(encoding="utf-8"))]
        if path.suffix in (".smk", ".j2"):
            found.append((name, re.sub(r"\{+[^}]*\}+", "…", path.read_text(encoding="utf-8"))))
    return found


def named(pattern: re.Pattern[str], *, sentences: bool = True) -> dict[str, str]:
    """What messages name, and where: in sentences of Python, or in rules and templates too."""
    return {
        " ".join(one.groups()) or one[0]: name
        for name, said in messages()
        if not sentences or name.endswith(".py")
        for one in pattern.finditer(said)
    }


def our_options() -> set[str]:
    calls = [
        node
        for name in TRACKED
        if name.startswith(("src/", "workflow/tools/")) and name.endswith(".py")
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument"
    ]
    return {one.value for call in calls for one in call.args if isinstance(one, ast.Constant)}


def test_options():
    snakemakes = {
        option for action in get_argument_parser()._actions for option in action.option_strings
    }
    known = our_options() | snakemakes | {"--help"}
    assert len(known & {"--cores", "--configfile", "--thorough"}) == 3
    assert {one: where for one, where in named(OPTION).items() if one not in known} == {}


def test_commands():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    known = {f"make {one}" for one in targets} | {f"convstudy {one}" for one in COMMANDS}
    found = named(RUN, sentences=False)
    assert "make report" in found
    assert {one: where for one, where in found.items() if one not in known} == {}


def test_files():
    """They are in the repository, or rules make them, or the architecture says what they hold."""
    told = [ROOT / "docs/architecture.md", *(ROOT / "workflow/rules").glob("*.smk")]
    known = {Path(one).name for path in told for one in FILE.findall(path.read_text())}
    known |= {Path(one).name for one in TRACKED}
    found = named(FILE, sentences=False)
    assert {"config.yaml", "metrics.json"} <= {Path(one).name for one in found}
    assert {one: where for one, where in found.items() if Path(one).name not in known} == {}


def is_key(dotted: str) -> bool:
    """Whether the config has that key; a part of its path, as model.name, will do."""
    parts, anything = dotted.split("."), ("*", "…")
    if parts[0] == "model" and len(parts) == 2 and parts[1] in model_parameters():
        return True
    return any(
        all(
            wanted in anything or wanted.startswith("<") or there in (wanted, "*")
            for wanted, there in zip(parts, path[start:], strict=False)
        )
        for path in paths()
        for start in range(len(path) - len(parts) + 1)
        if path[start] == parts[0]
    )


@cache
def model_parameters() -> set[str]:
    modules = (ROOT / "src/convstudy/models").glob("*.py")
    functions = [
        node
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    return {"…", "<key>"} | {
        one.arg for node in functions for one in (*node.args.args, *node.args.kwonlyargs)
    }


def is_module(dotted: str) -> bool:
    first = dotted.split(".")[0]
    return any(importlib.util.find_spec(one) for one in (first, f"convstudy.{first}"))


def test_keys_of_the_config():
    found = {
        one: where for one, where in named(DOTTED).items() if one.split(".")[-1] not in SUFFIXES
    }
    assert "datasets.*.format" in found
    first = {path[0] for path in paths()}
    unknown = {
        one: where
        for one, where in found.items()
        if not is_key(one)
        and (one.split(".")[0] in first or not is_module(one))
        and one.split(".")[0] not in RECORDED
    }
    assert unknown == {}


def test_settings_of_the_config():
    keys = {part for path in paths() for part in path}
    aside = ("pdf.py", "schema/recipe.py")  # of Typst, and of meanings
    found = {one: where for one, where in named(SETTING).items() if not where.endswith(aside)}
    assert {"test_share", "image_size"} <= {*found}
    assert {one: where for one, where in found.items() if one not in keys} == {}


@pytest.mark.parametrize(
    ("dotted", "there"),
    [
        ("options.folder", False),
        ("datasets.*.folder", True),
        ("datasets.….options.image_size", False),
        ("datasets.….image_size", True),
        ("recipe.crop_padding", True),
        ("model.kernel_size", True),
        ("model.kernels", False),
        ("sections.*.layers", True),
        ("claims.….kind", True),
        ("claims.….metrics", False),
    ],
)
def test_the_keys_that_there_are(dotted, there):
    assert is_key(dotted) is there
