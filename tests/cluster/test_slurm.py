"""A study through SLURM, while its jobs are cancelled, displaced, and killed for what they take."""

import re

import pytest

from convstudy.files import read_json

from one_node import GPUS, SLOW, OnCluster, jobs

pytestmark = pytest.mark.cluster


def sessions(study, experiment):
    """How many processes worked on a training."""
    run = study.folder / f"results/quick/runs/{experiment}/seed0"
    return read_json(run / "metrics.json")["sessions"]


def states(study, rule):
    return [job.state for job in jobs() if job.folder == study.folder and job.rule == rule]


def numbers(study):
    """Weights, predictions, and what was concluded from them."""
    results = study.folder / "results/quick"
    weights = [read_json(path)["files"] for path in sorted(results.rglob("metrics.json"))]
    claims = read_json(results / "claims.json")
    del claims["ledger"]  # its checksum: the ledger has the time of each look
    return [(one["checkpoint.pt"], one["predictions.npz"]) for one in weights], claims


def test_the_report_is_the_one_of_a_local_study(on_cluster, locally):
    """The same weights and predictions, of which all else is computed; and the same verdicts."""
    assert numbers(on_cluster["disturbed"]) == numbers(locally)
    assert (on_cluster["disturbed"].folder / "report.md").is_file()


def test_every_job_ran_through_slurm(on_cluster, locally):
    """Nothing is fetched, so there is no rule that runs where Snakemake does."""
    planned = locally.snakemake("-n", "--forceall", "--cores", "2", "report.md").stdout
    rules = set(re.findall(r"^(\w+) +\d+ *$", planned, re.M)) - {"total"}
    assert "train" in rules
    study = on_cluster["disturbed"]
    assert {job.rule for job in jobs() if job.folder == study.folder} == rules


def test_files_are_fetched_on_the_submitting_node(slurm, tmp_path):
    study = OnCluster(tmp_path, "src")
    study.edit_config(lambda config: config["datasets"]["mnist"].update(mirrors=["/not/there"]))
    file = "data/raw/mnist/t10k-labels-idx1-ubyte.gz"
    process = study.begin(file, "--retries=0", "--config", "scale=full")
    assert "convstudy fetch" in process.communicate()[0]
    assert not [job for job in jobs() if job.folder == tmp_path]


def test_gpu_jobs_never_exceed_the_gpus(on_cluster):
    times = [job.times for job in jobs() if job.gpus]
    assert len(times) > 6
    for start, _ in times:  # as many as run at any time run at some job's start
        assert sum(one <= start < other for one, other in times) <= GPUS


def test_a_cancelled_training_goes_on(on_cluster):
    study = on_cluster["disturbed"]
    assert "CANCELLED" in states(study, "train")
    assert sessions(study, "mnist_kernel3") >= 2


def test_a_displaced_training_goes_on_as_the_same_job(on_cluster):
    study = on_cluster["disturbed"]
    displaced = [job for job in jobs() if job.folder == study.folder and job.restarts]
    assert displaced
    assert {job.state for job in displaced} == {"COMPLETED"}


def test_a_training_over_its_memory_is_given_more(on_cluster):
    found = states(on_cluster["memory"], "train")
    assert found[-1] == "COMPLETED"
    assert "COMPLETED" not in found[:-1]
    assert len(found) >= 2


def test_a_training_over_its_time_goes_on_and_is_given_more(on_cluster):
    study = on_cluster["time"]
    found = states(study, "train")
    assert found[0] == "TIMEOUT"
    assert found[-1] == "COMPLETED"
    assert sessions(study, SLOW.split("/")[3]) >= len(found)
