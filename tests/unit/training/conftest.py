import sys
from pathlib import Path

import pytest

# So that tests find `tiny` beside them in every import mode of pytest.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def prepared(tmp_path):
    from tiny import prepare

    return prepare(tmp_path)
