"""A sealed record that was edited is not read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convstudy.errors import StudyError
from convstudy.files import canonical_json
from convstudy.sealed import fault_of_seal, read_sealed, write_sealed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
RECORDS = st.dictionaries(st.text().filter(lambda name: name != "seal"), VALUES, max_size=5)


@given(RECORDS)
def test_what_was_written_is_read(tmp_path_factory, record):
    path = tmp_path_factory.mktemp("sealed") / "record.json"
    write_sealed(path, record)
    found = read_sealed(path)
    assert fault_of_seal(found) is None
    path.write_text(json.dumps(found))  # another layout says the same
    assert read_sealed(path).items() >= record.items()


@given(RECORDS, RECORDS)
def test_a_record_with_the_seal_of_another_is_refused(tmp_path_factory, record, other):
    path = tmp_path_factory.mktemp("sealed") / "record.json"
    write_sealed(path, record)
    seal = json.loads(path.read_text())["seal"]
    path.write_text(json.dumps({**other, "seal": seal}))
    if canonical_json(record) == canonical_json(other):
        assert read_sealed(path)
    else:
        with pytest.raises(StudyError, match=r"record\.json was edited after its job wrote it"):
            read_sealed(path)


def test_a_record_without_a_seal_is_read_and_said_to_have_none(tmp_path):
    path = tmp_path / "record.json"
    path.write_text('{"accuracy": 0.5}')
    assert "has no seal" in (fault_of_seal(read_sealed(path)) or "")
