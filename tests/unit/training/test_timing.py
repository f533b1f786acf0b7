"""Steps of several networks, timed in turn."""

import io
import json

from convstudy.training import timing

from tiny import JOB, MODEL


def test_every_network_is_timed_as_often_as_asked(prepared, monkeypatch):
    monkeypatch.setattr(timing, "_TURN", 0.0)
    wide = {**JOB, "model": {**MODEL, "channels": [64, 128]}}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"narrow": JOB, "wide": wide})))
    output = prepared / "timing.json"
    timing.main(
        ["--data", str(prepared), "--repeats", "5", "--device", "cpu", "--output", str(output)]
    )
    found = json.loads(output.read_text())
    assert {name: len(seconds) for name, seconds in found["step_seconds"].items()} == {
        "narrow": 5,
        "wide": 5,
    }
    assert min(found["step_seconds"]["wide"]) > 0
    assert (found["device"], found["threads"]) == ("cpu", 1)
