"""`make report` in any folder, and after an installation that was killed; pip and venv are acted."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from checkout import ROOT

# What `python -m venv` leaves: a python whose pip says what it is asked for, and may be killed.
ACTED = """#!/bin/sh
echo "$(basename "$(dirname "$(dirname "$0")")") $*" >> called
case "$*" in
  *"pip --version"*) [ -e "$(dirname "$0")/pip" ] ;;
  *"pip install"*) [ ! -e kill_pip ] || kill -9 $PPID; [ ! -e fail_pip ] ;;
esac
"""
PYTHON = """#!/bin/sh
case "$*" in
  *venv*)
    echo "venv $*" >> called
    rm -rf .venv; mkdir -p .venv/bin
    cp acted .venv/bin/python; chmod +x .venv/bin/python
    [ ! -e kill_venv ] || kill -9 $PPID
    touch .venv/bin/pip ;;
esac
"""


@pytest.fixture
def folder(tmp_path):
    here = tmp_path / "a study, größer: исследование"
    (here / "requirements").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements/run.txt"):
        shutil.copy(ROOT / name, here / name)
    (here / "acted").write_text(ACTED)
    (here / "python").write_text(PYTHON)
    (here / "python").chmod(0o755)
    return here


def make(folder):
    """Its exit status, and what was called by it."""
    (folder / "called").write_text("")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(
        ["make", "report", "PYTHON=./python"], cwd=folder, env=environment, capture_output=True
    )
    return done.returncode, (folder / "called").read_text()


def installed(called):
    return "venv -m venv --clear .venv" in called and "-r requirements/run.txt" in called


def test_a_folder_with_spaces_and_letters_of_other_alphabets(folder):
    status, called = make(folder)
    assert status == 0 and installed(called)
    assert ".venv workflow/tools/report.py --cores all report.md report.html" in called
    status, called = make(folder)
    assert status == 0 and "pip" not in called


@pytest.mark.parametrize("moment", ["kill_venv", "kill_pip"])
def test_a_killed_installation_begins_anew(folder, moment):
    (folder / moment).touch()
    status, called = make(folder)
    assert status != 0 and "report.py" not in called
    (folder / moment).unlink()
    status, called = make(folder)
    assert status == 0 and installed(called) and "report.py" in called


def test_an_installation_that_failed_goes_on_in_the_same_environment(folder):
    (folder / "fail_pip").touch()
    assert make(folder)[0] != 0
    (folder / "fail_pip").unlink()
    status, called = make(folder)
    assert status == 0 and "venv -m venv" not in called and "report.py" in called


def test_an_environment_without_pip_is_made_again(folder):
    """As earlier versions left it when they were killed."""
    make(folder)
    for name in (".run", "bin/pip"):
        (folder / ".venv" / name).unlink()
    status, called = make(folder)
    assert status == 0 and installed(called)


STUCK = """import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("told to wait", flush=True)
time.sleep(600)"""


def test_a_snakemake_that_does_not_end_when_it_is_told_is_killed():
    """As one whose handler of SIGTERM waits for a lock that it holds itself."""
    code = f"import report, sys; report._SNAKEMAKE, report._PATIENCE = {STUCK!r}, 0.1; "
    process = subprocess.Popen(
        [sys.executable, "-c", f"{code} sys.exit(report._snakemake())"],
        cwd=ROOT / "workflow/tools",
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "told to wait\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) not in (0, -signal.SIGTERM)
