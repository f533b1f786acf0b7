"""A SLURM of one node with two pretended GPUs, and studies that go through it side by side."""

import os
import shutil
import subprocess
from pathlib import Path

import psutil
import pytest

from checkout import Checkout
from one_node import EXPERIMENTS, GPUS, SLOW, jobs, small, wait_for

CONFIG = Path("/etc/slurm/slurm.conf")


def reason_to_skip():
    if not shutil.which("slurmctld") or not shutil.which("munged"):
        return "SLURM is not installed: apt-get install slurm-wlm slurm-client munge"
    if os.getuid():
        return "only root can start SLURM"
    if "CLUSTER_PYTHON" not in os.environ:
        return "CLUSTER_PYTHON does not name a Python with snakemake-executor-plugin-slurm"
    if CONFIG.exists() and "ClusterName=convstudy-tests" not in CONFIG.read_text():
        return f"{CONFIG} belongs to somebody else"
    return None


@pytest.fixture(scope="session")
def slurm(tmp_path_factory):
    """Runs for the session."""
    if reason := reason_to_skip():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("slurm")
    script = Path(__file__).with_name("start_slurm.sh")
    with (folder / "output").open("w+") as output:  # daemons keep a pipe open
        started = subprocess.run([script, folder, str(GPUS), "8"], stdout=output, stderr=output)
        output.seek(0)
        if started.returncode:
            pytest.skip(f"SLURM cannot be started here: {output.read()}")
    yield
    for name in ("slurmd", "slurmctld"):
        process = psutil.Process(int((folder / f"run/{name}.pid").read_text()))
        process.terminate()
        process.wait(60)
    CONFIG.unlink()
    CONFIG.with_name("gres.conf").unlink()


@pytest.fixture(scope="session")
def locally(tmp_path_factory):
    """The same study without SLURM."""
    checkout = small(tmp_path_factory.mktemp("locally"), epochs=12)
    checkout.interpreter = Checkout.interpreter
    done = checkout.snakemake("--cores", "2", "report.md")
    assert done.returncode == 0, done.stdout
    return checkout


@pytest.fixture(scope="session")
def on_cluster(slurm, locally, tmp_path_factory):
    """Three studies: disturbed, with too little memory at first, with too little time at first."""
    base = tmp_path_factory.mktemp("cluster")
    studies = {
        "disturbed": small(base / "disturbed", epochs=12),
        "memory": small(base / "memory", epochs=2),
        "time": small(base / "time", epochs=140),
    }
    for name in ("memory", "time"):
        shutil.copytree(locally.folder / "data", studies[name].folder / "data")
    running = {
        "disturbed": studies["disturbed"].begin("report.md"),
        "memory": studies["memory"].begin(SLOW, "--set-resources", "train:mem_mb=700*attempt"),
        "time": studies["time"].begin(
            *(SLOW, "--retries", "6", "--set-resources", "train:runtime=attempt")
        ),
    }
    disturb(studies["disturbed"], running["disturbed"])
    said = {name: process.communicate()[0] for name, process in running.items()}
    for name, process in running.items():
        assert process.returncode == 0, said[name]
    return studies


def disturb(study, process):
    """Cancel one training and have another displaced, both after a state is there."""

    def trained(*experiments):
        running = [j for j in jobs() if j.folder == study.folder and j.state == "RUNNING"]
        states = study.folder / "results/quick/state"
        return [
            job
            for job in running
            for experiment in experiments
            if job.rule == "train" and experiment in job.run
            if any((states / experiment).glob("*.pt"))
        ]

    (job,) = wait_for(process, lambda: trained("mnist_kernel3"))
    subprocess.run(["scancel", job.number], check=True)
    wait_for(process, lambda: set(trained(*EXPERIMENTS)) - {job})
    urgent = ["--partition=high", f"--gpus={GPUS}", "--output=/dev/null", "--wrap=true"]
    subprocess.run(["sbatch", *urgent], check=True, stdout=subprocess.DEVNULL)
