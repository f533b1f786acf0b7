import io
import json
import sys
from pathlib import Path

import pytest

# So that tests find `made_runs` beside them in every import mode of pytest.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def stdin(monkeypatch):
    """Put a slice on standard input."""
    return lambda value: monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(value)))
