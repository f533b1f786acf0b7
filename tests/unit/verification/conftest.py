import pytest

import small_study


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A finished study. Not to be changed: see `study`."""
    return small_study.make(tmp_path_factory.mktemp("finished"))
