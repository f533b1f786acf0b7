"""Studies on a SLURM of one node, and what SLURM says of their jobs."""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import psutil

from checkout import Checkout

GPUS = 2
PROFILE = ["--workflow-profile", "profiles/slurm", "--slurm-status-command", "squeue"]
EXPERIMENTS = ("mnist_kernel3", "mnist_kernel5", "mnist_kernel7")
SLOW = "results/quick/runs/mnist_kernel3/seed0/metrics.json"


class OnCluster(Checkout):
    """Snakemake of the environment that has the plugin."""

    interpreter = os.environ.get("CLUSTER_PYTHON", "")

    def begin(self, *arguments):
        return self.start("-m", "snakemake", *PROFILE, *arguments)


class Job(NamedTuple):
    """What SLURM says of a job of Snakemake's."""

    number: str
    rule: str
    run: str  # its wildcards
    state: str
    folder: Path
    gpus: int
    restarts: int
    times: tuple[str, str]


def jobs():
    """In the order in which they were submitted."""
    shown = subprocess.run(["scontrol", "-o", "show", "jobs"], stdout=subprocess.PIPE, text=True)
    found = [_job(line) for line in shown.stdout.splitlines() if "Comment=rule_" in line]
    return sorted(found, key=lambda job: int(job.number))


def _job(line):
    said = dict(re.findall(r"(\w+)=(\S*)", line))
    rule, _, run = said["Comment"].removeprefix("rule_").partition("_wildcards_")
    return Job(
        said["JobId"],
        rule,
        run,
        said["JobState"],
        Path(said["WorkDir"]),
        int(re.search(r"gres[:/]gpu[:=](\d+)", line)[1]) if "gres" in line else 0,
        int(said["Restarts"]),
        (said["StartTime"], said["EndTime"]),
    )


def wait_for(process, happened):
    """Its value once it is true, while the process runs."""
    while not (found := happened()):
        assert process.poll() is None, process.communicate()[0]
        psutil.wait_procs([psutil.Process(process.pid)], timeout=0.2)
    return found


def small(folder, epochs):
    """The kernel networks, one seed."""

    def change(config):
        kept = {name: config["experiments"][name] for name in EXPERIMENTS}
        scale = {
            **config["scales"]["quick"],
            **{"seeds": 1, "stand_ins": {"mnist": "digits"}, "experiments": {}},
            **{"recipes": {"classic": {"epochs": epochs}}, "without_sections": []},
            "without_claims": [],
        }
        claims = {n: one for n, one in config["claims"].items() if one["section"] == "kernels"}
        config |= {"experiments": kept, "claims": claims, "scales": {"quick": scale}}
        config["sections"] = {"kernels": config["sections"]["kernels"]}

    checkout = OnCluster(folder, "src")
    checkout.edit_config(change)
    return checkout
