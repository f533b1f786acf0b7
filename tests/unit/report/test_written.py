"""A report says with which words and which commit it was written."""

import subprocess

import pytest

from convstudy.report.written import changed, git, written_with


@pytest.fixture
def templates(tmp_path):
    """A checkout of one template, committed."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "report.md.j2").write_text("Not decided")
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return folder


def test_committed_words(templates):
    found = written_with(templates, None)
    assert (found["commit"], found["dirty"]) == (git(templates, "rev-parse", "HEAD"), False)


def test_edited_and_new_words_are_uncommitted_changes(templates):
    before = written_with(templates, None)
    (templates / "report.md.j2").write_text("Supported")
    after = written_with(templates, None)
    assert after["dirty"] and after["words"] != before["words"]
    assert (after["commit"], after["code"]) == (before["commit"], before["code"])
    (templates / "report.md.j2").write_text("Not decided")
    (templates / "more.md.j2").write_text("")
    assert written_with(templates, None)["dirty"]


def test_what_git_does_not_know(templates, tmp_path_factory):
    assert changed(templates, None, "f" * 40) is None
    outside = tmp_path_factory.mktemp("outside")
    found = written_with(outside, None)
    assert (found["commit"], found["dirty"]) == (None, None)
