"""A key that stands twice in a config file is said, with both lines."""

import pytest

from convstudy.config.twice import repeated_keys

from checkout import ROOT


def test_each_repeated_key_is_said_with_both_lines(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("a: {x: 1}\nb:\n  - c: 1\n    d: 2\n    c: 3\na:\n  x: 1\n  x: 2\n")
    assert list(repeated_keys(path)) == [
        f"{path}, line 5: 'c' stands in line 3 already; rename or delete one of them",
        f"{path}, line 6: 'a' stands in line 1 already; rename or delete one of them",
        f"{path}, line 8: 'x' stands in line 7 already; rename or delete one of them",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)),
        "a: &a\n  b: *a\n",
    ],
)
def test_aliases_that_explode_are_said_and_not_written_out(tmp_path, text):
    path = tmp_path / "bomb.yaml"
    path.write_text(text)
    (said,) = repeated_keys(path)
    assert said.endswith("its aliases (*name) make more than 100000 values of it; write them out")


@pytest.mark.parametrize("name", ["config.yaml", "published.yaml"])
def test_ours_have_none(name):
    assert list(repeated_keys(ROOT / name)) == []


@pytest.mark.parametrize("text", ["", "a: [", "\t", "- 1"])
def test_what_is_no_mapping_has_none(tmp_path, text):
    (tmp_path / "x.yaml").write_text(text)
    assert list(repeated_keys(tmp_path / "x.yaml")) == []
