"""A command runs the code that its fingerprint was taken of, or does not run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import convstudy
from convstudy.fingerprint import fingerprint

from checkout import ROOT

GENERATE, DIGITS = "convstudy.datasets.generate", "convstudy.datasets.generators.digits"
CODE = fingerprint(GENERATE, DIGITS)
SLICE = {"name": "digits", "seed": 0, "train_images": 10, "test_images": 10}


@pytest.fixture
def package(tmp_path):
    """A copy of the package that a test may edit."""
    return shutil.copytree(Path(convstudy.__file__).parent, tmp_path / "src/convstudy")


def python(package, program, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=package.parent.parent,
        env={**os.environ, "PYTHONPATH": str(package.parent), **environment},
        input=json.dumps(SLICE),
        capture_output=True,
        text=True,
    )


def generate(package, *arguments):
    main = "from convstudy.cli import main; main()"
    return python(package, main, *arguments, "generate", "--output-folder", "raw")


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_code_that_was_asked_for_runs(package):
    done = generate(package, "--code", CODE, "--uses", DIGITS)
    assert done.returncode == 0, done.stderr
    assert len(list((package.parent.parent / "raw").iterdir())) == 8


@pytest.mark.parametrize("file", ["datasets/generate.py", "datasets/generators/digits.py"])
def test_other_code_is_refused_before_it_computes(package, file):
    """Whether the entry module was edited or one that it imports by name."""
    with (package / file).open("a") as module:
        module.write("\nADDED = 1\n")
    done = generate(package, "--code", CODE, "--uses", DIGITS)
    assert done.returncode == 1
    assert f"and {CODE} was asked for: it was edited after Snakemake had started" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (package.parent.parent / "raw").exists()


def test_a_module_that_the_fingerprint_does_not_hold_cannot_be_imported(package):
    """The caller names another module than the one that is imported by its name."""
    shapes = "convstudy.datasets.generators.shapes"
    asked = fingerprint(GENERATE, shapes)
    done = generate(package, "--code", asked, "--uses", shapes)
    assert done.returncode == 1
    assert f"{DIGITS} was to be imported, and is not part of the fingerprint" in done.stderr
    assert "Traceback" not in done.stderr


EDITED_AFTER_THE_HASH = """
import sys
from pathlib import Path
from convstudy import loaded
from convstudy.fingerprint import fingerprint
loaded.watch()
loaded.check(fingerprint("convstudy.locks"), "convstudy.locks")
path = Path(loaded.__file__).with_name("locks.py")
path.write_text("log = 'edited'")
import convstudy.locks
print(convstudy.locks.log)
"""


def test_an_edit_between_hash_and_import_is_not_loaded(package):
    done = python(package, EDITED_AFTER_THE_HASH)
    assert "Logger convstudy.locks" in done.stdout, done.stderr


def test_compiled_code_of_an_older_file_is_not_loaded(package):
    """Same size, same second: Python takes the old `.pyc` for it."""
    path = package / "gettext_noop.py"
    path.write_text("VALUE = 1\n")
    os.utime(path, (1, 1))
    look = "import convstudy.gettext_noop; print(convstudy.gettext_noop.VALUE)"
    assert python(package, look, PYTHONDONTWRITEBYTECODE="").stdout == "1\n"
    path.write_text("VALUE = 2\n")
    os.utime(path, (1, 1))
    assert python(package, look).stdout == "1\n", "or this test tests nothing"
    watched = f"from convstudy import loaded; loaded.watch(); {look}"
    assert python(package, watched).stdout == "2\n"


def test_every_rule_says_which_code_it_believes_to_run():
    """All but the downloads, which are compared with checksums."""
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    calls = re.findall(r"convstudy --log \{log\} (.*?)[\s\"]*$", rules, re.M)
    without = [one for one in calls if not one.startswith("--code {params.code} ")]
    assert len(calls) > 20
    assert [one.split()[0] for one in without] == ["fetch", "fetch-torchvision"]
    by_name = {one.split()[-1] for one in calls if "--uses {params.uses} " in one}
    assert by_name == {
        *("generate", "prepare", "train", "activations", "frequency", "timing", "check-layer"),
        "draw",
    }
