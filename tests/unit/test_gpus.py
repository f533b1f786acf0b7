"""GPUs that are only files, and jobs that are processes."""

import os
import signal
import subprocess
import sys
from contextlib import nullcontext

import pytest

from convstudy import cli, gpus
from convstudy.errors import StudyError

GPUS = 2
JOB = """
import os, sys
from pathlib import Path
from convstudy import gpus
with gpus.take(*map(Path, sys.argv[1:])):
    print(os.environ.get("CUDA_VISIBLE_DEVICES"), flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Start jobs, which end with the test."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    for number in range(GPUS):
        (tmp_path / f"nvidia{number}").touch()
    (tmp_path / "nvidiactl").touch()
    jobs = []

    def begin(**environment):
        job = subprocess.Popen(
            [sys.executable, "-c", JOB, tmp_path, tmp_path / "places"],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        jobs.append(job)
        return job

    yield begin
    for job in jobs:
        job.kill()
        job.wait()


def gpu_of(job):
    return job.stdout.readline().strip()


def test_jobs_get_a_gpu_each_and_share_them_evenly(start):
    first = [start() for _ in range(GPUS)]
    assert sorted(map(gpu_of, first)) == ["0", "1"]
    second = [start() for _ in range(GPUS)]
    assert sorted(map(gpu_of, second)) == ["0", "1"]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None])
def test_a_job_that_ends_or_is_killed_frees_its_place(start, end):
    jobs = [start() for _ in range(GPUS)]
    freed = gpu_of(jobs[0])
    gpu_of(jobs[1])
    if end:
        jobs[0].send_signal(end)
    jobs[0].communicate()
    assert gpu_of(start()) == freed


def test_who_has_been_given_a_gpu_keeps_it(start):
    assert gpu_of(start(CUDA_VISIBLE_DEVICES="7")) == "7"
    assert gpu_of(start()) == "0"


def test_places_of_somebody_else_are_a_sentence(tmp_path, monkeypatch):
    """Whoever made the folder first in a shared temporary folder decides what lies there."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    (tmp_path / "nvidia0").touch()
    places = tmp_path / "places"
    places.mkdir()
    (places / "0.lock").symlink_to(places / "0.lock")
    with pytest.raises(StudyError, match=r"places cannot be written"):
        gpus.take(tmp_path, places)
    other = tmp_path / "a file"
    other.touch()
    with pytest.raises(StudyError, match=r"a file cannot be written"):
        gpus.take(tmp_path, other)


def test_a_machine_without_a_gpu_needs_no_place(tmp_path, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    with gpus.take(tmp_path, tmp_path / "places"):
        assert "CUDA_VISIBLE_DEVICES" not in os.environ
    assert not (tmp_path / "places").exists()


@pytest.mark.parametrize(
    ("arguments", "taken"),
    [
        (["train", "--device", "auto"], True),
        (["train", "--device", "cuda"], True),
        (["train", "--device", "cpu"], False),
        (["summarise"], False),
    ],
)
def test_commands_that_may_compute_on_a_gpu_take_one(monkeypatch, arguments, taken):
    asked = []
    monkeypatch.setattr(gpus, "take", lambda: nullcontext(asked.append(1)))
    with pytest.raises(SystemExit):
        cli.main([*arguments, "--no-such-argument"])
    assert bool(asked) == taken
