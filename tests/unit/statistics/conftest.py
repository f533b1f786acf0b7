import io
import json

import pytest


@pytest.fixture
def stdin(monkeypatch):
    """Put a slice on standard input."""
    return lambda value: monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(value)))
