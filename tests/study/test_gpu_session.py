"""A rehearsal of benchmarks/gpu_session.py, which has one chance on a machine that is lent."""

import tarfile

import pytest

from checkout import Checkout

pytestmark = pytest.mark.study


def test_what_a_session_has_trained_comes_back_without_weights(tmp_path):
    there = Checkout(tmp_path / "there", "src", "benchmarks")
    output = tmp_path / "output"
    given = ["--data", str(tmp_path), "--output", str(output), "--minutes", "5", "--parts", "study"]
    done = there.python(
        *("benchmarks/gpu_session.py", *given, "--scale", "quick", "--seeds", "1"),
        *("--groups", "mnist_fc", "unknown,mnist_kernel3"),
    )
    assert done.returncode == 0, done.stdout
    assert "study-1: 0, " in done.stdout
    assert "study-2: 1, " in done.stdout and "\ntiming: " in done.stdout  # none stops the next
    with (output / "results.tar.gz").open("wb") as whole:
        for piece in sorted(output.glob("results.tar.gz.*")):
            whole.write(piece.read_bytes())
    with tarfile.open(output / "results.tar.gz") as archive:
        names = archive.getnames()
    run = "results/quick/runs/mnist_fc/seed0"
    assert {f"{run}/metrics.json", f"{run}/history.csv", f"{run}/predictions.npz"} <= {*names}
    assert not [name for name in names if name.endswith(".pt")]
