"""Config files are read by YAML 1.2, and what cannot be read is said with the file's name."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from convstudy.config.reading import read, refuse_unreadable, typed, whole
from convstudy.errors import StudyError

from checkout import ROOT


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine.yaml"


def refusal(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(StudyError) as caught:
        read(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", 10),
        ("0o10", 8),
        ("0x10", 16),
        ("+5", 5),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.inf", float("-inf")),
        ("2024-01-01", "2024-01-01"),
        *((word, word) for word in ("no", "yes", "on", "off", "y", "n", "Yes", "NO", "=")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'010'", "010"),
        ("!!str 010", "010"),
        ("[0, no, 1e-3]", [0, "no", 0.001]),
        ("{no: 1, 2: on, 1e-3: y}", {"no": 1, "2": "on", "1e-3": "y"}),
    ],
)
def test_values_are_those_of_yaml_1_2(path, text, value):
    path.write_text(f"a: {text}\n")
    assert read(path) == {"a": value}


@given(st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none())
def test_every_value_of_json_is_read_as_json_does(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("json") / "x.yaml"
    path.write_text(f"a: {json.dumps(value).replace('Infinity', '.inf')}\n")
    found = read(path)["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "content",
    [
        b"a: 1\r\nb: [2]\r\n",
        b"\xef\xbb\xbfa: 1\nb: [2]\n",
        b'{"a": 1,\n\t"b": [2]}',
        b"{a: 1, b: [2]}",
        b"one: &one {a: 1}\nb: [2]\n<<: *one\n",
    ],
)
def test_what_editors_and_programs_write_is_read(path, content):
    path.write_bytes(content)
    found = read(path)
    assert (found["a"], found["b"]) == (1, [2])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ": is empty."),
        ("# seeds: 3\n", ": is empty."),
        ("- 1", ": holds no settings, 'key: value', at its top level."),
        ("seeds", ": holds no settings"),
        ("a: 1".encode("utf-16"), ": is text in UTF-16. Save it as UTF-8."),
        ("a: 1".encode("utf-16-le"), ": has null bytes, so it is no text in UTF-8."),
        ("a: 1\nb: é".encode("latin-1"), ", line 2: has a character that is not UTF-8 (byte 0xe9;"),
        ("a:\n\tb: 1", ", line 2: is indented by a tab. Use spaces."),
        ("a: b: c", ", line 1, column 5: is no YAML (mapping values are not allowed"),
        ("a: &x [*x]", ": its aliases (*name) make values without end of it;"),
        ("a: &x\n  b: *x", ": its aliases (*name) make values without end of it;"),
        ("a: *x", ", line 1, column 4: is no YAML (found undefined alias)."),
        ("? [1]\n: 2", ", line 1, column 3: is no YAML (a key that is no text)."),
        ("a: !!python/name:os.system x", "could not determine a constructor for the tag"),
        ("a: !!int x", ": is no YAML (invalid literal for int()"),
        ("a: !!bool maybe", ": is no YAML ("),
        ("a: !!timestamp 2024-13-45", ": is no YAML (month must be"),
        (f"a: {'9' * 5000}", ": is no YAML (Exceeds the limit"),
        ("a: 1\n---\nb: 2", ", line 2, column 1: is no YAML (expected a single document"),
        ('{"a": 1, "a": 2}', ": 'a' stands twice; rename or delete one of them"),
        ("a: \x01", ": is no YAML (unacceptable character #x0001"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_name_of_the_file(path, content, said):
    assert refusal(path, content).startswith(str(path))
    assert said in refusal(path, content)


@given(st.binary(max_size=60) | st.text("ab:-[]{}&*!|>'\"%@`#?,\n\t \ufeff\u202e0é", max_size=40))
def test_whatever_a_file_holds_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "x.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        assert isinstance(read(path), dict)
    except StudyError as error:
        assert str(error).startswith(str(path))


def test_each_repeated_key_is_said_with_both_lines(path):
    text = "a: {x: 1}\nb:\n  - c: 1\n    d: 2\n    c: 3\na:\n  x: 1\n  x: 2\n"
    assert refusal(path, text).splitlines() == [
        f"{path}, line 5: 'c' stands in line 3 already; rename or delete one of them",
        f"{path}, line 6: 'a' stands in line 1 already; rename or delete one of them",
        f"{path}, line 8: 'x' stands in line 7 already; rename or delete one of them",
    ]


def test_aliases_that_explode_are_not_written_out(path):
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)]
    said = refusal(path, "a0: &a0 [x]\n" + "".join(lines))
    assert said.endswith("its aliases (*name) make more than 100000 values of it; write them out")


@pytest.mark.parametrize("name", ["config.yaml", "published.yaml"])
def test_ours_say_the_same_by_either_version_of_yaml(name):
    assert read(ROOT / name) == yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_files_and_settings_are_laid_over_each_other(tmp_path):
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text("seeds: 1\nscales: {quick: {seeds: 2, without: [a]}}\n")
    other.write_text("scales: {quick: {seeds: 010}, mine: {}}\n")
    given = {"allow_missing": "true", "scales": {"mine": {"seeds": "3", "recipe": {"flip": "no"}}}}
    assert whole([one, other], given) == {
        "seeds": 1,
        "allow_missing": True,
        "scales": {
            "quick": {"seeds": 10, "without": ["a"]},
            "mine": {"seeds": 3, "recipe": {"flip": "no"}},
        },
    }


@pytest.mark.parametrize(
    ("given", "value"),
    [(["0", "3"], [0, 3]), ("1e-3", 0.001), ("1:30", "1:30"), ("", None), (None, None), (5, 5)],
)
def test_settings_of_the_command_line_are_read_alike(given, value):
    assert typed(given) == value


@pytest.mark.parametrize("option", [["--configfile"], ["--configfiles"]])
def test_a_file_that_snakemake_cannot_read_is_named_before_it_tries(path, option, monkeypatch):
    monkeypatch.chdir(path.parent)
    good = path.with_name("good.yaml")
    good.write_text("seeds: 3")
    path.write_bytes(b"\xff\xfe")
    arguments = ["-n", "report.md", *option, "good.yaml", "mine.yaml", "--config", "scale=full"]
    with pytest.raises(SystemExit, match=r"^mine\.yaml: is text in UTF-16"):
        refuse_unreadable(arguments)
    refuse_unreadable(["--cores", "2", *option, "good.yaml"])
    refuse_unreadable(["--configfile"])  # Snakemake says what is wrong with that
    path.rename(path.with_name("config.yaml"))
    with pytest.raises(SystemExit, match=r"^config\.yaml: is text in UTF-16"):
        refuse_unreadable([])
