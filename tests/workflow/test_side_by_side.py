"""How many trainings run at once: trainings that only note down who is there."""

from pathlib import Path

import pytest

from checkout import Checkout

# Waits until as many are there as are expected, or have been; a minute at most. Writes its outputs.
TRAIN = """
import os
import time
from pathlib import Path

from convstudy.config import read_slice


def main(argv):
    read_slice()
    folder = Path(argv[argv.index("--folder") + 1])
    here = Path("here")
    here.mkdir(exist_ok=True)
    (here / str(os.getpid())).touch()
    end = time.monotonic() + 60
    expected, seen = int(os.environ["EXPECTED"]), Path("seen")
    while (there := len(list(here.iterdir()))) < expected and time.monotonic() < end:
        if seen.exists():
            break
        os.sched_yield()
    with seen.open("a") as file:
        file.write(f"{there}\\n")
    (here / str(os.getpid())).unlink()
    for name in ("checkpoint.pt", "metrics.json", "history.csv", "predictions.npz"):
        (folder / name).write_text(str(folder))
"""


@pytest.fixture
def most(tmp_path, monkeypatch):
    """Run four trainings; how many were there together at most."""
    checkout = Checkout(tmp_path, "src")
    checkout.pretend_to_be_finished("data/prepared/digits.json")
    (tmp_path / "src/convstudy/training/train.py").write_text(TRAIN)
    runs = [
        f"results/quick/runs/{name}/seed{seed}/metrics.json"
        for name in ("mnist_fc", "mnist_kernel3")
        for seed in (0, 1)
    ]

    def run(expected, *arguments):
        monkeypatch.setenv("EXPECTED", str(expected))
        done = checkout.snakemake(*runs, *arguments)
        assert done.returncode == 0, done.stdout
        return max(map(int, (tmp_path / "seen").read_text().split()))

    return run


@pytest.mark.skipif(bool(list(Path("/dev").glob("nvidia[0-9]*"))), reason="this machine has a GPU")
def test_without_a_gpu_trainings_share_the_cores(most):
    assert most(3, "--cores", "3") == 3


def test_trainings_never_exceed_the_gpus(most):
    assert most(2, "--cores", "4", "--resources", "gpu=2") == 2
