"""A fingerprint changes with the code that a job reaches, and with nothing else."""

import shutil
from pathlib import Path

import pytest

from convstudy import fingerprint as module
from convstudy.cli import COMMANDS

TRAIN = "convstudy.training.train"
RESNET = "convstudy.models.resnet"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package that a test may edit; fingerprints are computed from it."""
    copy = tmp_path / "src" / "convstudy"
    shutil.copytree(Path(module.__file__).parent, copy)
    monkeypatch.setattr(
        module, "_path", lambda name: _source(copy, name)
    )  # instead of the installed package
    yield copy
    _forget()


def _source(root, name):
    path = Path(root, *name.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _forget():
    for cached in (module.fingerprint, module._tree, module._imports, module._hash):
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
        ("training/engine.py", "    model.train()\n", "    # a comment\n\n    model.train()\n"),
        ("training/engine.py", "logits = torch.empty(0)", "logits = (  torch.empty( 0 ) )"),
        ("cli.py", "COMMANDS = {", 'COMMANDS = {\n    "new": "convstudy.new",'),
        ("models/simple_cnn.py", "nn.ReLU()", "nn.GELU()"),
        ("figures/comparison.py", "import", "import string\nimport"),
        ("models/known.py", "MODELS = {", 'MODELS = {\n    "vgg": "convstudy.models.vgg",'),
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
        ("training/recipe.py", "fused=True", "fused=False"),
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
    edit(package / "training/streams.py", "(purpose, seed, epoch)", "(purpose, epoch, seed)")
    assert of(TRAIN) != before


def test_an_import_inside_a_function_counts(package):
    (package / "extra.py").write_text("VALUE = 1\n")
    edit(
        package / "training/recipe.py",
        "    return torch",
        "    from convstudy import extra\n    return torch",
    )
    assert "convstudy.extra" in (_forget() or module.closure(TRAIN))
    before = of(TRAIN)
    edit(package / "extra.py", "1", "2")
    assert of(TRAIN) != before


def test_a_relative_import_counts(package):
    (package / "training" / "extra.py").write_text("VALUE = 1\n")
    edit(
        package / "training/recipe.py",
        "from torch import nn",
        "from torch import nn\n\nfrom .extra import VALUE",
    )
    _forget()
    assert "convstudy.training.extra" in module.closure(TRAIN)


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
    spelt = "".join(module._spell(module.ast.parse(plain)))
    assert spelt == (
        "(Module body=[(FunctionDef name='f' args=(arguments args=[(arg arg='x')]"
        " kwonlyargs=[(arg arg='y')] kw_defaults=[(Constant value=1)])"
        " body=[(Return value=(Tuple elts=[(JoinedStr values=[(FormattedValue"
        " value=(Name id='x' ctx=(Load)) conversion=114 format_spec=(JoinedStr"
        " values=[(Constant value='>')(FormattedValue value=(Constant value=10) conversion=-1)]))])"
        "(List elts=[(Starred value=(Name id='y' ctx=(Load)) ctx=(Load))] ctx=(Load))] ctx=(Load)))])])"
    )
