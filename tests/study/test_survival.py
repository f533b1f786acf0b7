"""Studies that are killed, that fail in part, that are started twice."""

import json
import os
import re
import signal
import socket

import numpy as np
import psutil
import pytest

import edits

pytestmark = pytest.mark.study

ARGUMENTS = ["--cores", "2", "report.md", "--configfile", "tiny.yaml"]
REPORT = ["workflow/tools/report.py", *ARGUMENTS]


def start(study, *arguments):
    """A process group of its own, which a test can kill."""
    return study.start(
        *arguments,
        start_new_session=True,
        # A runner in the background ignores SIGINT, and its children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def records(study):
    return {path: path.stat().st_mtime_ns for path in study.folder.rglob("metrics.json")}


def wait_for_runs(study, process, number):
    while len(records(study)) < number:
        assert process.poll() is None, process.communicate()[0]
        psutil.wait_procs([psutil.Process(process.pid)], timeout=0.1)


def assert_kept(study, before):
    """Two that just ended, on two cores, may not be on record yet: they go on from their states."""
    kept = [path for path, time in records(study).items() if before.get(path) == time]
    assert len(kept) >= len(before) - 2 >= 1


def snakemake_below(process):
    (found,) = psutil.Process(process.pid).children()
    return found


def assert_alike(fresh, finished):
    """Each of its six networks is that of the study that nobody disturbed."""
    found = numbers(fresh)
    assert len(found) == 6
    assert {*found} <= {*numbers(finished)}


def numbers(study):
    """What the report says, without times."""
    found = []
    for path in sorted(study.folder.rglob("metrics.json")):
        metrics = json.loads(path.read_text())
        found.append(
            (path.parent.parent.name, metrics["test_accuracy"], metrics["files"]["checkpoint.pt"])
        )
    return found


def test_a_killed_study_goes_on_where_it_was(fresh, finished):
    """SIGKILL to Snakemake, whose jobs live on; then `make report` again."""
    process = start(fresh, *REPORT)
    wait_for_runs(fresh, process, 5)
    snakemake_below(process).kill()
    process.wait()
    before = records(fresh)

    done = fresh.python(*REPORT)
    assert done.returncode == 0, done.stdout
    assert "was killed: unlocking it and going on" in done.stdout
    assert re.search(
        r"^\[\d+/\d+\] \w+, seed 0: test accuracy [\d.]+% in \d+ s$", done.stdout, re.M
    )
    assert "Reason: " not in done.stdout
    assert_kept(fresh, before)
    assert_alike(fresh, finished)
    assert not (fresh.folder / "results/quick/state").exists()
    assert not list(fresh.folder.rglob("*.part"))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_stopped_study_goes_on_where_it_was(fresh, finished, name):
    process = start(fresh, "-m", "snakemake", *ARGUMENTS)
    wait_for_runs(fresh, process, 5)
    os.killpg(process.pid, getattr(signal, name))  # as a terminal or SLURM does
    said = process.communicate()[0]
    assert process.returncode != 0
    if name == "SIGTERM":  # Ctrl-C may hit a Python that is still starting, before any code of ours
        assert "Traceback" not in said
    before = records(fresh)

    done = fresh.snakemake(*ARGUMENTS)  # no unlocking
    assert done.returncode == 0, done.stdout
    assert_kept(fresh, before)
    assert_alike(fresh, finished)


def test_make_report_that_is_told_to_stop_saves_and_stops_at_once(fresh, finished):
    """SIGTERM to `make report` alone; Snakemake by itself would wait for its trainings to end."""
    process = start(fresh, *REPORT)
    wait_for_runs(fresh, process, 2)
    process.terminate()
    assert process.wait() != 0
    assert len(records(fresh)) < 6
    done = fresh.python(*REPORT)
    assert done.returncode == 0, done.stdout
    assert_alike(fresh, finished)


def test_make_report_makes_again_what_was_deleted(study):
    """Snakemake sees no need, where all that was made from a missing file is there."""
    results = study.folder / "results/quick"
    gone = ["timing.json", "figures/kernels/curves.png", "runs/mnist_fc/seed0/metrics.json"]
    for name in gone:
        (results / name).unlink()
    why = study.python("workflow/tools/why.py", "report.md", "--configfile", "tiny.yaml")
    for name in gone:
        assert f"results/quick/{name} is missing; `make report` makes it again.\n" in why.stdout
    done = study.python(*REPORT)
    assert done.returncode == 0, done.stdout
    assert "Missing, and made again: results/quick/" in done.stdout
    assert done.stdout.endswith("Written: report.md.\n")
    assert all((results / name).is_file() for name in gone)
    again = study.python(*REPORT)
    assert "Nothing to be done" in again.stdout and "Missing" not in again.stdout


def assert_comes_back(study, deleted):
    for path in deleted:
        path.unlink()
    done = study.python(REPORT[0], "report.html", "--cores", "2", "--configfile", "tiny.yaml")
    assert done.returncode == 0, done.stdout
    assert not [path for path in deleted if not path.is_file() and "raw" not in path.parts]
    main = "from convstudy.cli import main; main()"
    verified = study.python("-c", main, "verify", "results/quick")
    assert verified.returncode == 0, verified.stdout
    return done.stdout


def test_prepared_data_come_back_without_training_on_them_again(study):
    said = assert_comes_back(study, list(study.folder.glob("data/prepared/*")))
    assert "Missing, and made again: data/prepared/" in said
    assert "Trainings: 0; other jobs: " in said and not re.search(r"Trainings: [1-9]", said)


def test_any_set_of_files_comes_back(study):
    """Deleted at random, few or most of them; but for the ledger, whose looks nothing else knows."""
    for number in range(int(os.environ.get("ROUNDS", 120)) // 40):
        rng = np.random.default_rng(number)
        share = rng.choice([0.02, 0.2, 0.7])
        files = [path for path in edits.files_of(study.folder) if path.suffix != ".jsonl"]
        assert_comes_back(study, [path for path in files if rng.random() < share])


def test_code_that_is_edited_while_a_study_runs_is_not_run(fresh):
    """The edited code trains nothing, and its runs are trained once it is taken back."""
    path = fresh.folder / "src/convstudy/training/recipe.py"
    text = path.read_text()
    assert "        return recipe.learning_rate\n" in text
    process = start(fresh, "-m", "snakemake", *ARGUMENTS)
    wait_for_runs(fresh, process, 2)
    path.write_text(text.replace("return recipe.learning_rate\n", "return 0.0\n"))
    output, _ = process.communicate()
    assert process.returncode == 1
    assert "was asked for: it was edited after Snakemake had started" in output
    path.write_text(text)
    done = fresh.python(*REPORT)
    assert done.returncode == 0, done.stdout
    for history in fresh.folder.rglob("history.csv"):
        assert ",0.0," not in history.read_text()


def test_a_lock_that_nobody_on_record_has_taken_is_left_alone(study):
    """As of another machine, of --no-hooks, or of a Snakemake that is just starting."""
    locks = study.folder / ".snakemake/locks"
    locks.mkdir(exist_ok=True)
    (locks / "0.input.lock").write_text("report.md\n")
    done = study.python(*REPORT)
    assert done.returncode == 1
    assert "locked by a Snakemake that is not on record here" in done.stdout
    assert (locks / "0.input.lock").exists()


def test_a_second_study_in_the_same_folder_is_refused_and_the_first_one_finishes(fresh):
    process = start(fresh, *REPORT)
    wait_for_runs(fresh, process, 1)
    second = fresh.python(*REPORT)
    assert second.returncode == 1
    assert second.stdout == (
        "make report: another `make report` is running in this folder. Wait for it, or stop it.\n"
    )
    plain = fresh.snakemake(*ARGUMENTS)
    assert plain.returncode == 1
    assert "Directory cannot be locked" in plain.stdout
    assert "Traceback" not in plain.stdout
    assert process.wait() == 0, process.communicate()[0]


def test_make_report_does_not_unlock_a_folder_where_snakemake_works(fresh):
    process = start(fresh, "-m", "snakemake", *ARGUMENTS)
    wait_for_runs(fresh, process, 1)
    second = fresh.python(*REPORT)
    assert second.returncode == 1
    assert second.stdout == (
        f"make report: process {process.pid} on {socket.gethostname()} is working in this folder."
        " Wait for it, or stop it.\n"
    )
    assert process.wait() == 0, process.communicate()[0]


def test_one_failing_experiment_is_named_and_stops_no_other(fresh):
    """More pools than the images have pixels: seen only when the network is built."""

    def change(config):
        config["experiments"]["mnist_simple_cnn"]["model"]["channels"] = [4] * 5

    fresh.edit_config(change)
    done = fresh.snakemake(*ARGUMENTS)
    assert done.returncode != 0
    log = "results/quick/logs/train/mnist_simple_cnn/seed0.log"
    assert re.search(rf"convstudy train: .*5 pools.*\n  log: {log}", done.stdout)
    assert "Traceback" not in done.stdout
    assert len(records(fresh)) == 5
    assert (fresh.folder / "results/quick/runs/mnist_kernel3/seed0/activations.npz").is_file()
    assert not (fresh.folder / "report.md").exists()
    assert not (fresh.folder / "results/quick/runs/mnist_simple_cnn/seed0/checkpoint.pt").exists()

    done = fresh.snakemake(*ARGUMENTS, "--config", "allow_missing=true")
    assert done.returncode == 0, done.stdout
    report = (fresh.folder / "report.md").read_text()
    assert (
        "> **Runs are missing**, and everything below is computed without them:\n"
        "> SimpleCNN (MNIST), seed 0.\n"
    ) in report
    assert not re.search(r"^\| SimpleCNN", report, re.M)
    assert "5 networks" in report and re.search(r"^\| runs \| 5\b", report, re.M)
    assert len(records(fresh)) == 5

    # A run of another config counts as missing too.
    def other(config):
        config["experiments"]["mnist_fc"]["recipe"]["learning_rate"] = 0.002

    fresh.edit_config(other)
    planned = fresh.planned(*ARGUMENTS, "--config", "allow_missing=true")
    assert "Write the report" in planned
    assert not [job for job in planned if job.startswith("Train ")]


def test_a_study_without_any_run_cannot_be_reported(fresh):
    done = fresh.snakemake(*ARGUMENTS, "--config", "allow_missing=true")
    assert done.returncode != 0
    assert "allow_missing: no run of scale 'quick' is trained yet" in done.stdout
    assert "Traceback" not in done.stdout
