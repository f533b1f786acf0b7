"""What `make report` shows while it runs: records as Snakemake's logger hands them over."""

import importlib
import io
import json
import logging
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from checkout import ROOT
from report import first_finding


class Screen(io.StringIO):
    terminal = False

    def isatty(self):
        return self.terminal


@pytest.fixture
def plugin(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "workflow/tools"))
    return importlib.import_module("snakemake_logger_plugin_convstudy")


@pytest.fixture
def clock(monkeypatch, plugin):
    now = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(plugin, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


@pytest.fixture
def screen(monkeypatch, plugin):
    made = Screen()
    monkeypatch.setattr(plugin, "sys", SimpleNamespace(stderr=made))
    return made


@pytest.fixture
def handler(plugin, clock, screen):
    return plugin.LogHandler(SimpleNamespace(), None)


def tell(handler, event=None, text="", level=logging.INFO, **more):
    record = logging.makeLogRecord({"msg": text, "levelno": level, "event": event, **more})
    handler.emit(record)


def start(handler, number, rule, message, output=()):
    told = {"jobid": number, "rule_name": rule, "rule_msg": message}
    tell(handler, LogEvent.JOB_INFO, **told, output=list(output), log=[f"{number}.log"])


def test_each_training_has_a_line_with_what_came_out(handler, screen, clock, tmp_path):
    metrics = tmp_path / "metrics.json"
    metrics.write_text(json.dumps({"test_accuracy": 0.971, "train_seconds": 12.3}))
    tell(handler, LogEvent.RUN_INFO, stats={"train": 2, "report": 1, "total": 3})
    start(handler, 7, "train", "Train mnist_fc, seed 0", [str(metrics)])
    tell(handler, text="Select jobs to execute...")
    tell(handler, LogEvent.JOB_FINISHED, job_id=7)
    assert "All trainings" not in screen.getvalue()
    start(handler, 9, "train", "Train mnist_fc, seed 1")
    tell(handler, LogEvent.JOB_FINISHED, job_id=9)
    start(handler, 8, "report", "Write the report")
    tell(handler, LogEvent.JOB_FINISHED, job_id=8)
    assert screen.getvalue() == (
        "Trainings: 2; other jobs: 1.\n[1/2] mnist_fc, seed 0: test accuracy 97.10% in 12 s\n"
        "[2/2] mnist_fc, seed 1: done\nAll trainings are done; now what follows from them.\n"
    )


def test_a_terminal_has_a_bar_with_the_time_left(handler, screen, clock):
    screen.terminal = True
    tell(handler, LogEvent.RUN_INFO, stats={"train": 9, "draw_a": 1, "total": 10})
    start(handler, 1, "train", "Train a, seed 0")
    start(handler, 2, "train", "Train a, seed 1")
    assert "left" not in screen.getvalue()
    clock.seconds = 60
    tell(handler, LogEvent.JOB_FINISHED, job_id=1)
    # Two at a time: 8 × 60 s and a figure, less the minute that one has run already.
    assert "██░░░░░░░░░░░░░░░░░░░░░░ 1/10, about 4 min left  Train a, seed 1\r" in screen.getvalue()


def test_faults_are_said_once_and_without_commands(handler, screen):
    tell(handler, LogEvent.RUN_INFO, stats={"train": 1, "total": 1})
    start(handler, 3, "train", "Train a, seed 0")
    tell(handler, LogEvent.JOB_ERROR, jobid=3)
    said = "RuleException:\nCalledProcessError in file x.smk: Command 'set -e' returned 1"
    tell(handler, text=said, level=logging.ERROR)
    tell(handler, text="the config has 1 fault(s)", level=logging.ERROR)
    assert screen.getvalue().splitlines()[1:] == [
        "Failed: Train a, seed 0 (log: 3.log)",
        "the config has 1 fault(s)",
    ]


def test_that_there_is_nothing_to_do_is_said(handler, screen):
    tell(handler, text="Building DAG of jobs...")
    tell(handler, text="Nothing to be done (all requested files are present and up to date).")
    assert screen.getvalue().startswith("Nothing to be done")


def test_the_first_finding_is_read_from_the_report():
    finding = first_finding("# A\n\n- no\n\n## What was found\n\n- *SimpleCNN* \\_wins\\_.\n- b\n")
    assert finding == "*SimpleCNN* _wins_."
    assert first_finding("# A\n\n## Found\n\nNothing.\n\n## More\n\n- c\n") is None
