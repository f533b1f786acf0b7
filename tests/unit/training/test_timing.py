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


def test_a_turn_lasts_as_said_though_the_first_steps_are_slow(monkeypatch):
    clock, steps = [0.0], []

    def step():
        steps.append(1)
        clock[0] += 0.3 if len(steps) == 4 else 0.001  # the fourth captures a CUDA graph

    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock[0])
    assert abs(timing._steps_per_turn(step, "cpu") - 500) <= 1
