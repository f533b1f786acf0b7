"""A fingerprint changes with the code that a job reaches, and with nothing else."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from convstudy import fingerprint as module
from convstudy.cli import COMMANDS
from convstudy.errors import StudyError
from convstudy.layers import LAYERS

TRAIN = "convstudy.training.train"
RESNET = "convstudy.models.resnet"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package that a test may edit; fingerprints are computed from it."""
    copy = tmp_path / "src" / "convstudy"
    shutil.copytree(Path(module.__file__).parent, copy)
    monkeypatch.setattr(
        module, "path_of", lambda name: _source(copy, name)
    )  # instead of the installed package
    yield copy
    _forget()


def _source(root, name):
    first, *names = name.split(".")
    path = Path(root, *names) if first == module.PACKAGE else Path(root.parent, first, *names)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _forget():
    for cached in (module.fingerprint, module.source, module.tree, module._imports, module._hash):
        cached.cache_clear()


def of(*modules):
    _forget()
    return module.fingerprint(*modules)


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("training/engine.py", '"""The training loop."""', '"""Another docstring."""'),
        (
            "training/engine.py",
            "    step.model.train()\n",
            "    # a comment\n\n    step.model.train()\n",
        ),
        ("training/engine.py", "logits = torch.empty(0)", "logits = (  torch.empty( 0 ) )"),
        ("cli.py", "COMMANDS = {", 'COMMANDS = {\n    "new": "convstudy.new",'),
        ("models/simple_cnn.py", "nn.ReLU(inplace=True)", "nn.GELU()"),
        ("figures/comparison.py", "import", "import string\nimport"),
        ("errors.py", "n=1", "n=1, cutoff=0.5"),
    ],
)
def test_edits_that_cannot_change_a_residual_network_leave_its_fingerprint(package, file, old, new):
    before = of(TRAIN, RESNET)
    edit(package / file, old, new)
    assert of(TRAIN, RESNET) == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("models/resnet.py", "_STRIDES = (1, 2, 2, 2)", "_STRIDES = (1, 2, 2, 1)"),
        ("training/engine.py", "model.train()", "model.eval()"),
        ("training/optimizers.py", "fused=True", "fused=False"),
        ("datasets/prepared.py", "div_(255)", "div_(256)"),
        ("files.py", "sort_keys=True", "sort_keys=False"),
    ],
)
def test_edits_of_code_that_is_reached_change_it(package, file, old, new):
    before = of(TRAIN, RESNET)
    edit(package / file, old, new)
    assert of(TRAIN, RESNET) != before


def test_swapping_two_values_changes_it(package):
    before = of(TRAIN)
    edit(package / "training/seeding.py", "(purpose, seed, epoch)", "(purpose, epoch, seed)")
    assert of(TRAIN) != before


def test_an_import_inside_a_function_counts(package):
    (package / "extra.py").write_text("VALUE = 1\n")
    edit(
        package / "training/seeding.py",
        "    return int",
        "    from convstudy import extra\n    return int",
    )
    assert "convstudy.extra" in (_forget() or module.closure(TRAIN))
    before = of(TRAIN)
    edit(package / "extra.py", "1", "2")
    assert of(TRAIN) != before


def test_a_relative_import_counts(package):
    (package / "training" / "extra.py").write_text("VALUE = 1\n")
    edit(
        package / "training/recipe.py",
        "from dataclasses import dataclass",
        "from dataclasses import dataclass\n\nfrom .extra import VALUE",
    )
    _forget()
    assert "convstudy.training.extra" in module.closure(TRAIN)


@pytest.mark.parametrize(
    ("importer", "line"),
    [
        ("training/recipe.py", "import convstudy.training.extra"),
        ("training/recipe.py", "from . import extra"),
        ("training/__init__.py", "from . import extra"),
        ("training/__init__.py", "from .extra import VALUE"),
    ],
)
def test_every_way_to_write_an_import_counts(package, importer, line):
    (package / "training" / "extra.py").write_text("VALUE = 1\n")
    path = package / importer
    path.write_text(path.read_text() + line + "\n")
    _forget()
    assert "convstudy.training.extra" in module.closure(TRAIN)


def test_a_module_of_that_name_in_another_package_does_not_count(package):
    (package / "extra.py").write_text("VALUE = 1\n")
    path = package / "training" / "recipe.py"
    path.write_text(path.read_text() + "import elsewhere.extra\n")
    _forget()
    assert not [name for name in module.closure(TRAIN) if name.endswith("extra")]


def test_a_module_that_is_nowhere_is_refused(package):
    """It was looked for as `convstudy.training.train`, whose edits are other ones."""
    with pytest.raises(StudyError, match=r"the module elsewhere\.training\.train, is missing"):
        of("elsewhere.training.train")


def test_a_folder_without_init_is_refused_in_words(package):
    (package / "extra").mkdir()
    (package / "extra/net.py").write_text("VALUE = 1\n")
    with pytest.raises(StudyError, match=r"extra/__init__\.py, the module .* is missing. Put an"):
        of("convstudy.extra.net")


def test_what_is_outside_holds_words():
    """They decide no result, so that an edit of them need not rerun anything."""
    imported = {name for one in module.OUTSIDE for name in module._imports(one)}
    assert imported == set()
    defined = ast.parse(module.source("convstudy.errors")).body
    assert {one.name for one in defined if hasattr(one, "name")} == {"StudyError", "nearest"}


def test_modules_that_import_each_other_are_reached_once(package):
    (package / "one.py").write_text("def f():\n    from convstudy import two\n")
    (package / "two.py").write_text("from convstudy import one\n")
    _forget()
    reached = {"convstudy.one", "convstudy.two"}
    assert reached <= module.closure("convstudy.one") == module.closure("convstudy.two")


def test_the_order_of_modules_is_the_same_in_every_process():
    names = list(module.parts(TRAIN, RESNET))
    assert names == sorted(names) and len(names) > 5


def test_it_is_sixteen_hexadecimal_digits():
    assert re.fullmatch("[0-9a-f]{16}", module.fingerprint(TRAIN))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ('@a\ndef f():\n    """Doc."""', '@b\ndef f():\n    """Doc."""', False),
        ('class A(B):\n    """Doc."""', 'class A(C):\n    """Doc."""', False),
        ('def f():\n    """Doc."""\n    g()', "def f():\n    g()", True),
        ('x = u"text"', 'x = "text"', True),
    ],
)
def test_only_docstrings_and_ways_to_write_a_literal_are_passed_over(one, other, alike):
    spelt = [module._spelt(ast.parse(text)) for text in (one, other)]
    assert (spelt[0] == spelt[1]) == alike


def test_the_dispatcher_is_outside_every_fingerprint():
    for entry in COMMANDS.values():
        assert "convstudy.cli" not in module.closure(entry)


def test_training_reaches_neither_data_preparation_nor_figures():
    reached = module.closure(TRAIN)
    heavy = (
        "convstudy.figures",
        "convstudy.statistics",
        "convstudy.report",
        "convstudy.datasets.prepare",
    )
    assert not [
        name for name in reached if name.startswith(heavy) and name != "convstudy.datasets.prepared"
    ]
    assert {
        "convstudy.training.engine",
        "convstudy.datasets.prepared",
        "convstudy.files",
    } <= reached


def test_it_is_the_same_in_every_python_version():
    """Pinned: syntax trees gain fields from version to version, which must not be seen."""
    plain = 'def f(x, *, y=1):\n    """Doc."""\n    return f"{x!r:>{10}}", [*y]\n'
    spelt = module._spelt(module.ast.parse(plain))
    assert spelt == (
        "(Module body=[(FunctionDef name='f' args=(arguments args=[(arg arg='x')]"
        " kwonlyargs=[(arg arg='y')] kw_defaults=[(Constant value=1)])"
        " body=[(Return value=(Tuple elts=[(JoinedStr values=[(FormattedValue"
        " value=(Name id='x' ctx=(Load)) conversion=114 format_spec=(JoinedStr"
        " values=[(Constant value='>')(FormattedValue value=(Constant value=10) conversion=-1)]))])"
        "(List elts=[(Starred value=(Name id='y' ctx=(Load)) ctx=(Load))] ctx=(Load))] ctx=(Load)))])])"
    )


# Modules that import others by a name computed at run time, and who names these to `fingerprint`.
BY_NAME = {
    "convstudy.cli": "no job's code",
    "convstudy.models": "module_of in common.smk",
    "convstudy.loaded": "what was hashed",
    "convstudy.layers": "the rule check_layer",
    "convstudy.datasets.formats": "modules_of_data in datasets.smk",
    "convstudy.datasets.generate": "the rules generate_*, modules_of_data",
}


DYNAMIC = {
    *("import_module", "__import__", "exec", "eval", "compile", "run_module", "run_path"),
    *("spec_from_file_location", "resolve_name", "find_loader", "walk_packages"),
}


def dynamic(path):
    """Every mention of a way to import by a computed name, whatever it is called there."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.alias) and node.name.split(".")[0] in {"runpy", "pkgutil", "imp"}:
            yield node.name
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "name", None)))
        method = isinstance(node, ast.Attribute) and name in ("eval", "compile")  # model, re
        if name in DYNAMIC and not method:
            yield name


def test_no_other_module_imports_by_a_computed_name():
    root = Path(module.__file__).parent
    found = {}
    for path in root.rglob("*.py"):
        count = len(list(dynamic(path)))
        if count:
            parts = path.relative_to(root.parent).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = count
    # Its own resolve_name (imported and used) computes names, but imports nothing. `verify` calls the
    # commands of jobs, and is no job itself.
    more = {"convstudy.fingerprint": 2, "convstudy.verification.again": 1}
    more["convstudy.figures.draw"] = 1  # figures by their kinds, which rules name with --uses
    assert found == {**dict.fromkeys(BY_NAME, 1), "convstudy.loaded": 2, **more}


def loaded(code):
    """Modules of the package that a process has loaded after running `code`."""
    code += "; import sys; print(*(n for n in sys.modules if n.split('.')[0] == 'convstudy'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


BUILD = "from convstudy import models; models.build({}, shape=(3, 32, 32), classes=10)"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fully_connected", "'fully_connected', hidden=[4]"),
        ("simple_cnn", "'simple_cnn', channels=[4], kernel_size=3"),
        ("resnet", "'resnet', block='bottleneck', widths=[4, 4, 4, 4]"),
    ],
)
def test_what_a_training_loads_is_in_its_fingerprint(name, arguments):
    ran = loaded(f"import {TRAIN}; " + BUILD.format(arguments))
    assert ran - module.OUTSIDE <= module.closure(TRAIN, f"convstudy.models.{name}")
    assert f"convstudy.models.{name}" in ran


@pytest.mark.parametrize("layer", LAYERS)
def test_what_a_check_of_a_layer_loads_is_in_its_fingerprint(layer, tmp_path):
    entry = COMMANDS["check-layer"]
    ran = loaded(f"import {entry} as m; m.main(['--layer', '{layer}', '--output', '{tmp_path}/a'])")
    assert ran - module.OUTSIDE <= module.closure(entry, f"convstudy.layers.{layer}")


@pytest.mark.parametrize("kind", ["idx", "cifar10", "image_folder"])
def test_what_preparation_loads_is_in_its_fingerprint(kind):
    entry = COMMANDS["prepare"]
    ran = loaded(f"import {entry}; from convstudy.datasets.formats import loader; loader('{kind}')")
    assert ran - module.OUTSIDE <= module.closure(entry, f"convstudy.datasets.formats.{kind}")


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_what_a_generator_loads_is_in_its_fingerprint(name, tmp_path):
    entry = COMMANDS["generate"]
    ran = loaded(
        f"import {entry} as m; from pathlib import Path;"
        f" m.generate(Path('{tmp_path}'), '{name}', 10, 10, 0)"
    )
    assert ran - module.OUTSIDE <= module.closure(entry, f"convstudy.datasets.generators.{name}")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_what_a_command_loads_on_import_is_in_its_fingerprint(command):
    assert loaded(f"import {COMMANDS[command]}") - module.OUTSIDE <= module.closure(
        COMMANDS[command]
    )
