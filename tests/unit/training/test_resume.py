"""A training that was cut off goes on, and ends with the bits of an unbroken one."""

import io
import json
import multiprocessing
import os
import random
import shutil
import signal

import pytest
import torch
import torch.nn.functional as F

from convstudy.datasets.images import checksum
from convstudy.errors import StudyError
from convstudy.files import digest
from convstudy.training import state, train
from convstudy.training.interruption import Stop

import tiny
from tiny import EVERY_PART, JOB, RECIPE, go, prepare

TIMES = {"train_seconds", "evaluate_seconds", "images_per_second", "peak_memory_bytes", "sessions"}


def results(folder):
    """All of a run that must not depend on interruptions."""
    metrics = json.loads((folder / "metrics.json").read_text())
    del metrics["files"]["history.csv"], metrics["seal"]  # of what has seconds in it
    history = [line.rsplit(",", 1)[0] for line in (folder / "history.csv").read_text().splitlines()]
    weights = digest(folder / "checkpoint.pt")
    return {k: v for k, v in metrics.items() if k not in TIMES}, history, weights


def state_in(prepared):
    (found,) = prepared.rglob("seed0.*.pt")
    return found


class After(Stop):
    """Asks to stop after so many questions whether anybody has asked."""

    def __init__(self, steps):
        self.steps = steps
        super().__init__()

    @property
    def asked(self):
        self.steps -= 1
        return "SIGTERM" if self.steps < 0 else None

    @asked.setter
    def asked(self, value):
        pass


@pytest.mark.parametrize(
    ("steps", "job"),
    [*((steps, JOB) for steps in (1, 2, 4, 5, 6, 7, 9, 13, 14)), (3, EVERY_PART), (9, EVERY_PART)],
)
def test_a_stop_at_any_step_changes_no_bit(prepared, steps, job):
    whole = go(prepared, "whole", job=job)
    kept = prepared / "state/seed0.pt"
    with pytest.raises(StudyError, match="stopped by SIGTERM"):
        go(prepared, "broken", job=job, state=kept, stop=After(steps))
    assert state_in(prepared).parent == kept.parent
    assert not (prepared / "broken/metrics.json").exists()
    broken = go(prepared, "broken", job=job, state=kept)
    assert results(broken) == results(whole)
    assert json.loads((broken / "metrics.json").read_text())["sessions"] == 2


def test_a_finished_training_that_is_asked_again_does_not_train(prepared, caplog):
    kept = prepared / "seed0.pt"
    first = results(go(prepared, "run", state=kept))
    caplog.set_level("INFO")
    caplog.clear()
    assert results(go(prepared, "run", state=kept)) == first
    assert "Going on from" in caplog.text
    assert caplog.text.count("epoch 3/3") == 1
    assert "epoch 2/3" not in caplog.text


@pytest.mark.parametrize(
    "change", ["learning_rate", "code", "data", "threads", "torch", "processor"]
)
def test_a_state_that_does_not_fit_is_ignored_and_the_log_says_so(
    prepared, caplog, monkeypatch, change
):
    kept, job = prepared / "seed0.pt", JOB
    with pytest.raises(StudyError):
        go(prepared, "run", state=kept, stop=After(7))
    if change == "learning_rate":
        job = {**JOB, "recipe": {**RECIPE, "learning_rate": 0.02}}
    elif change == "data":
        tensors = torch.load(prepared / "tiny.pt")
        tensors["train_labels"] = tensors["train_labels"].flip(0)
        torch.save(tensors, prepared / "tiny.pt")
        about = json.loads((prepared / "tiny.json").read_text())
        (prepared / "tiny.json").write_text(json.dumps({**about, "sha256": checksum(tensors)}))
    elif change == "code":
        monkeypatch.setattr(tiny, "CODE", "abd")
    else:
        before = train.describe
        new = {"threads": 8, "torch": "0.1", "processor": "a CPU, 2 cores, AVX2 kernels"}
        monkeypatch.setattr(train, "describe", lambda *d: {**before(*d), change: new[change]})
    caplog.set_level("INFO")
    anew = go(prepared, "run", job=job, state=kept)
    assert "is of another config, code, data, version or device: ignored." in caplog.text
    assert len(list(prepared.glob("seed*.pt"))) == 2  # what the other setting left is still there
    assert json.loads((anew / "metrics.json").read_text())["sessions"] == 1
    assert results(anew) == results(go(prepared, "other", job=job))


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "text"])
def test_a_torn_state_is_ignored_and_the_log_says_so(prepared, caplog, damage):
    kept = prepared / "seed0.pt"
    with pytest.raises(StudyError):
        go(prepared, "run", state=kept, stop=After(7))
    content = bytearray(state_in(prepared).read_bytes())
    content[len(content) // 2] ^= 1
    state_in(prepared).write_bytes(
        {"cut": content[:-9], "empty": b"", "flipped": content, "text": b"state"}[damage]
    )
    caplog.set_level("INFO")
    anew = go(prepared, "run", state=kept)
    assert "is damaged, or was not written in this folder: it is ignored" in caplog.text
    assert results(anew) == results(go(prepared, "other"))


def test_a_state_of_another_folder_is_ignored(prepared, caplog):
    """Whole, and with the right key: but from weights that this study knows nothing of."""
    for where in ("here", "elsewhere"):
        with pytest.raises(StudyError):
            go(prepared, "run", state=prepared / where / "seed0.pt", stop=After(7))
    (planted,) = (prepared / "elsewhere").glob("seed0.*.pt")
    shutil.copy(planted, prepared / "here" / planted.name)
    caplog.set_level("INFO")
    anew = go(prepared, "run", state=prepared / "here/seed0.pt")
    assert "was not written in this folder: it is ignored" in caplog.text
    assert json.loads((anew / "metrics.json").read_text())["sessions"] == 1


def test_a_state_runs_no_code_when_it_is_read(prepared):
    """A pickle that would execute something, with the right checksum, is not executed."""
    import pickle

    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(prepared / "hacked"),)

    content = pickle.dumps(Evil())
    kept = prepared / "seed0.pt"
    with pytest.raises(StudyError):
        go(prepared, "run", state=kept, stop=After(7))
    state_in(prepared).write_bytes(state.sign(prepared, content) + content)
    go(prepared, "run", state=kept)
    assert not (prepared / "hacked").exists()


def test_a_diverging_training_keeps_its_last_good_state(prepared, monkeypatch):
    kept = prepared / "seed0.pt"
    calls = []
    plain = F.cross_entropy

    def cross_entropy(logits, labels, **options):
        calls.append(1)
        loss = plain(logits, labels, **options)
        return loss * float("nan") if len(calls) == 13 else loss  # 5 + 1 per epoch

    with monkeypatch.context() as patched:
        patched.setattr(F, "cross_entropy", cross_entropy)
        with pytest.raises(StudyError, match=r"not finite in epoch 3 of 3, batch \d, at .* 0\.01"):
            go(prepared, "run", state=kept)
    assert results(go(prepared, "run", state=kept)) == results(go(prepared, "other"))
    assert json.loads((prepared / "run/metrics.json").read_text())["sessions"] == 2


def test_weights_that_are_not_finite_any_more_are_never_kept(prepared):
    """The last step of an epoch may ruin the weights though its own loss was fine."""
    kept = prepared / "seed0.pt"
    wild = {**JOB, "recipe": {**RECIPE, "learning_rate": 1e38, "batch_size": 72}}
    with pytest.raises(StudyError, match=r"not finite in epoch \d of 3, batch 1, at learning rate"):
        go(prepared, "wild", job=wild, state=kept)
    for path in prepared.glob("seed0.*.pt"):
        stored = torch.load(io.BytesIO(path.read_bytes()[32:]), weights_only=True)
        assert all(value.isfinite().all() for value in stored["model"].values())


def test_long_epochs_are_saved_in_between(prepared, monkeypatch):
    monkeypatch.setattr(state, "_SAVE_SECONDS", 0.0)
    saved = []
    before = state.Keeper.save

    def save(self, model, optimizer, progress):
        saved.append((progress.epoch, progress.batches))
        before(self, model, optimizer, progress)

    monkeypatch.setattr(state.Keeper, "save", save)
    whole = results(go(prepared, "run", state=prepared / "seed0.pt"))
    assert (1, 1) in saved and (2, 3) in saved
    monkeypatch.undo()
    assert whole == results(go(prepared, "other"))


@pytest.fixture(scope="module")
def processes():
    """Starts `convstudy train` in processes that have torch imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["convstudy.training.train"])

    def start(prepared, seconds_between_states=300.0):
        worker = context.Process(target=tiny.train_alone, args=(prepared, seconds_between_states))
        worker.start()
        return worker

    return start


def end_of(worker):
    worker.join()
    return worker.exitcode


def test_twenty_kills_at_random_moments_change_no_bit(tmp_path, processes):
    """A state is written after every step; each process is killed some states after its start,
    every other one in the middle of a write."""
    prepared = prepare(tmp_path)
    whole = results(go(prepared, "whole", job=tiny.LONG))
    moment = random.Random(0)
    writing = set()
    for kill in range(20):
        worker = processes(prepared, 0.0)
        for _ in range(moment.randint(1, 6)):
            wait_for_another_state(prepared, worker)
        if kill % 2:
            while worker.is_alive() and not list(prepared.glob("state/.*.part")):
                pass
        else:
            worker.join(moment.uniform(0, 0.02))
        os.kill(worker.pid, signal.SIGKILL)
        assert end_of(worker) == -signal.SIGKILL
        writing |= {path.name for path in prepared.glob("state/.*.part")}
        assert not (prepared / "killed/metrics.json").exists()
    assert end_of(processes(prepared)) == 0
    assert results(prepared / "killed") == whole
    assert json.loads((prepared / "killed/metrics.json").read_text())["sessions"] > 15
    assert len(writing) >= 5  # each names its process
    assert not list(prepared.rglob("*.part"))


def wait_for_another_state(prepared, worker):
    def written():
        return {path.stat().st_mtime_ns for path in prepared.glob("state/*.pt")}

    before = written()
    while worker.is_alive() and written() == before:
        worker.join(0.0005)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_saves_the_current_epoch_first(tmp_path, processes, name):
    prepared = prepare(tmp_path)
    worker = processes(prepared)
    wait_for_another_state(prepared, worker)
    os.kill(worker.pid, getattr(signal, name))
    assert end_of(worker) == 1
    assert not (prepared / "killed/metrics.json").exists()
    assert end_of(processes(prepared)) == 0
    assert results(prepared / "killed") == results(go(prepared, "whole", job=tiny.LONG))


def test_two_at_once_train_once(tmp_path, processes):
    """What a killed scheduler leaves behind: the second waits, and finds the first one's end."""
    prepared = prepare(tmp_path)
    workers = [processes(prepared) for _ in range(2)]
    assert [end_of(worker) for worker in workers] == [0, 0]
    metrics = json.loads((prepared / "killed/metrics.json").read_text())
    assert metrics["sessions"] == 2
    assert results(prepared / "killed") == results(go(prepared, "whole", job=tiny.LONG))
