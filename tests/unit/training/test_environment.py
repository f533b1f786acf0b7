"""What a run says of where it was made is of the code and the kernels that made it."""

import subprocess

import pytest

from convstudy.training import environment


def git(folder, *arguments):
    identity = ["-c", "user.name=someone", "-c", "user.email=a@b.c"]
    return subprocess.run(
        ["git", "-C", folder, *identity, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A module of a package in a checkout of its own, taken for the one that runs."""
    path = tmp_path / "checkout/src/convstudy/training/environment.py"
    path.parent.mkdir(parents=True)
    path.write_text("A = 1\n")
    (tmp_path / "checkout/.gitignore").write_text(".venv\n")
    git(tmp_path, "init", "--quiet", "checkout")
    git(path.parent, "add", "--all", ":/")
    git(path.parent, "commit", "--quiet", "--message", "all")
    monkeypatch.setattr(environment, "_SOURCE", path)
    return path


def commit_and_dirty():
    found = environment.describe("cpu")
    return found["commit"], found["dirty"]


def test_the_commit_is_of_the_code_and_not_of_the_folder_that_one_is_in(
    source, tmp_path, monkeypatch
):
    other = tmp_path / "other"
    git(tmp_path, "init", "--quiet", "other")
    git(other, "commit", "--quiet", "--allow-empty", "--message", "another")
    monkeypatch.chdir(other)
    head = git(source.parent, "rev-parse", "HEAD")
    assert commit_and_dirty() == (head, False)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert commit_and_dirty() == (head, False)


@pytest.mark.parametrize("name", ["environment.py", "added.py"])
def test_an_edited_module_and_a_new_one_are_uncommitted_changes(source, name):
    source.with_name(name).write_text("A = 2\n")
    assert commit_and_dirty()[1] is True


def test_code_that_is_installed_has_no_commit(source, tmp_path, monkeypatch):
    """Neither outside a checkout nor in an environment that lies in the checkout of another."""
    for folder in (tmp_path / "outside", tmp_path / "checkout/.venv/lib/convstudy/training"):
        folder.mkdir(parents=True)
        path = folder / "environment.py"
        path.write_text("A = 1\n")
        monkeypatch.setattr(environment, "_SOURCE", path)
        assert commit_and_dirty() == (None, None)


@pytest.mark.parametrize(
    "name", ["ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "MKL_CBWR"]
)
def test_a_choice_of_kernels_is_part_of_the_processor(monkeypatch, name):
    before = environment.describe("cpu")["processor"]
    monkeypatch.setenv(name, "default")
    monkeypatch.setenv("MKL_NUM_THREADS", "7")  # as Snakemake does; told as threads
    assert environment.describe("cpu")["processor"] == f"{before}, {name}=default"


def test_the_kernels_that_are_loaded_are_part_of_the_processor(monkeypatch):
    monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda: "OTHER")
    assert ", OTHER kernels" in environment.describe("cpu")["processor"]
