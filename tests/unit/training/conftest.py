import pytest

from tiny import prepare


@pytest.fixture
def prepared(tmp_path):
    return prepare(tmp_path)
