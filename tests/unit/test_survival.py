"""Disks that are full or read-only, devices that fail: a sentence, no litter, and it goes on."""

import json
import logging
import os
import pickle
import subprocess
import sys

import pytest
import torch

from convstudy import cli, device
from convstudy.errors import StudyError
from convstudy.files import replacing, write_json
from convstudy.tensors import load_tensors

import tiny


@pytest.fixture
def disk(tmp_path):
    """A file system of a few hundred kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)])
    if mounted.returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(disk, option):
    subprocess.run(["mount", "-o", f"remount,{option}", str(disk)], check=True)


@pytest.fixture
def train(prepared_here):
    """`convstudy train` as its rule calls it, in a process of its own."""

    def call(where, log=None):
        words = (
            f"--log {log or where / 'log.txt'} train --experiment tiny --seed 0 --tensors tiny.pt"
            f" --description tiny.json --state {where}/state/seed0.pt --folder {where}/run"
        ).split()
        return subprocess.run(
            [sys.executable, "-c", "from convstudy.cli import main; main()", *words],
            cwd=prepared_here,
            input=json.dumps(
                {**tiny.JOB, "model": {"name": "fully_connected", "hidden": [600, 200]}}
            ),
            capture_output=True,
            text=True,
        )

    return call


@pytest.fixture
def prepared_here(tmp_path):
    return tiny.prepare(tmp_path)


def weights(folder):
    return (folder / "run/checkpoint.pt").read_bytes()


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(disk, train, tmp_path):
    done = train(disk)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"convstudy train: {disk}/run/checkpoint.pt cannot be written (No space left on device). "
        "Make room, or the folder writable, and run snakemake again; nothing half-written was left.",
        f"  log: {disk}/log.txt",
    ]
    assert {path.name for path in disk.rglob("*") if path.is_file()} <= {
        "log.txt",
        "seed0.pt.lock",
        "study.secret",
        "study.secret.lock",
    }
    remount(disk, "size=50m")
    assert train(disk).returncode == 0
    (tmp_path / "other").mkdir()
    train(tmp_path / "other")
    assert weights(disk) == weights(tmp_path / "other")


def test_a_read_only_folder_is_a_sentence(disk, train, tmp_path):
    remount(disk, "ro")
    done = train(disk)
    assert done.returncode == 1
    assert f"{disk}/log.txt cannot be written (Read-only file system). Make" in done.stderr
    assert "Traceback" not in done.stderr
    done = train(disk, tmp_path / "log.txt")
    assert done.returncode == 1
    assert "seed0.pt.lock cannot be written (Read-only file system). Make" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_file_that_grows_too_large_leaves_the_old_one(tmp_path):
    """Where nothing can be mounted: a limit on the size of files."""
    import resource

    path = tmp_path / "a.json"
    write_json(path, [1])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(StudyError, match=r"a\.json cannot be written \(File too large\)"):
            write_json(path, list(range(10_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert json.loads(path.read_text()) == [1]
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_that_is_not_about_writing_stays_what_it_is(tmp_path):
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "a"):
        (tmp_path / "not there").read_text()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "out of memory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you"), "memory"),
        (RuntimeError("could not create a primitive"), "out of memory"),
        (RuntimeError("std::bad_alloc"), "out of memory"),
        (MemoryError(), "out of memory (host)"),
        (RuntimeError("CUDA error: device is lost\nCompile with"), "the GPU failed (CUDA error"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"), "the GPU failed (cuDNN"),
    ],
)
def test_what_a_device_does_is_put_into_words(error, said):
    with pytest.raises(StudyError) as caught, device.faults_of_device():
        raise error
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_errors_of_the_work_stay_what_they_are():
    with pytest.raises(RuntimeError, match="shapes"), device.faults_of_device():
        raise RuntimeError("shapes do not fit")


@pytest.fixture
def quiet_logging():
    yield
    logging.raiseExceptions = True


def test_memory_that_runs_out_is_a_sentence(train, tmp_path, monkeypatch):
    """A limit on address space: PyTorch's allocator fails for real."""
    code = (
        "import resource, torch; resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30));"
        "from convstudy.device import faults_of_device\n"
        "with faults_of_device(): torch.ones(1 << 33)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "StudyError: out of memory" in done.stderr.splitlines()[-1]


def test_an_unexpected_error_is_one_line_and_its_traceback_is_in_the_log(
    tmp_path, monkeypatch, capsys, quiet_logging
):
    def fail(argv):
        raise RuntimeError("first line\nsecond line")

    monkeypatch.setattr("convstudy.datasets.generate.main", fail)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    log = tmp_path / "log.txt"
    with pytest.raises(SystemExit, match="1"):
        cli.main(["--log", str(log), "generate"])
    assert capsys.readouterr().err == (
        f"convstudy generate: RuntimeError: first line\n  log: {log}\n"
    )
    assert "Traceback" in log.read_text() and "second line" in log.read_text()


def test_a_file_that_cannot_be_read_is_one_line(tmp_path, capsys, monkeypatch):
    """Here a folder where a file should be; a user may lack permission as well."""

    def read(argv):
        tmp_path.read_text()

    monkeypatch.setattr("convstudy.report.html.main", read)
    with pytest.raises(SystemExit, match="1"):
        cli.main(["html"])
    assert capsys.readouterr().err == f"convstudy html: {tmp_path}: Is a directory\n"


def test_ctrl_c_before_the_work_begins_is_one_line(monkeypatch, capsys, quiet_logging):
    def interrupted(argv):
        raise KeyboardInterrupt

    monkeypatch.setattr("convstudy.datasets.generate.main", interrupted)
    with pytest.raises(SystemExit, match="130"):
        cli.main(["generate"])
    assert capsys.readouterr().err == "convstudy generate: stopped by SIGINT.\n"


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 cut", pickle.dumps({"a": 1})])
def test_tensors_that_are_damaged_or_not_ours_are_a_sentence(tmp_path, content):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=r"checkpoint\.pt is damaged, or is not what this study"):
        load_tensors(path)


def test_a_checkpoint_that_would_run_code_does_not(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "hacked"),)

    torch.save({"a": Evil()}, tmp_path / "checkpoint.pt")
    with pytest.raises(StudyError, match="not what this study wrote"):
        load_tensors(tmp_path / "checkpoint.pt")
    assert not (tmp_path / "hacked").exists()
