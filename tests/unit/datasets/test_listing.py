"""A plain folder's checksum: contents decide, whatever sizes and times say."""

import os
import shutil
from pathlib import Path

import pytest

from convstudy.datasets import listing
from convstudy.datasets.listing import content_digest
from convstudy.errors import StudyError

OLD = 1_000_000_000


@pytest.fixture
def folder(tmp_path):
    for name, content in (("a/1.png", b"one"), ("b/2.png", b"two")):
        (tmp_path / "set" / name).parent.mkdir(parents=True)
        (tmp_path / "set" / name).write_bytes(content)
        os.utime(tmp_path / "set" / name, (OLD, OLD))
    return tmp_path / "set"


@pytest.mark.parametrize("young", [0, listing._TOO_YOUNG_NS])
def test_equal_size_and_copied_time_hide_nothing(folder, tmp_path, monkeypatch, young):
    monkeypatch.setattr(listing, "_TOO_YOUNG_NS", young)
    cache = tmp_path / "cache.json"
    before = content_digest(folder, cache)
    assert content_digest(folder, cache) == content_digest(folder) == before
    other = tmp_path / "other.png"
    other.write_bytes(b"eno")
    os.utime(other, (OLD, OLD))
    shutil.copy2(other, folder / "a/1.png")  # as cp -p
    assert content_digest(folder, cache) != before
    (folder / "a/1.png").write_bytes(b"one")
    assert content_digest(folder, cache) == before


def test_only_what_may_have_changed_is_read(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "_TOO_YOUNG_NS", 0)
    cache = tmp_path / "cache.json"
    before = content_digest(folder, cache)
    read = []
    monkeypatch.setattr(listing, "digest", lambda path: read.append(path.name) or "x")
    assert content_digest(folder, cache) == before
    assert read == []
    (folder / "b/2.png").write_bytes(b"2")
    content_digest(folder, cache)
    assert read == ["2.png"]


@pytest.mark.parametrize("damaged", [b"", b"\xff", b"[]", b'{"a/1.png": 1, "b/2.png": [2]}'])
def test_a_damaged_cache_is_none(folder, tmp_path, damaged):
    (tmp_path / "cache.json").write_bytes(damaged)
    assert content_digest(folder, tmp_path / "cache.json") == content_digest(folder)


def test_what_file_managers_leave_is_no_change(folder):
    before = content_digest(folder)
    for name in (".DS_Store", "a/Thumbs.db", "b/desktop.ini"):
        (folder / name).write_bytes(b"x")
    assert content_digest(folder) == before


def test_links_are_followed_but_not_in_a_circle(folder):
    before = content_digest(folder)
    (folder / "c").symlink_to(folder / "a")
    (folder / "a/up").symlink_to(folder)
    assert content_digest(folder) != before
    assert "c/1.png" in {str(found.inside) for found in listing.below(folder)}


def test_a_name_that_is_no_utf8_is_named(folder):
    Path(os.fsdecode(os.fsencode(folder) + b"/a/\xe9t\xe9.png")).touch()
    with pytest.raises(StudyError, match=r"set/a: the name '\\udce9t\\udce9.png' is not UTF-8"):
        content_digest(folder)
