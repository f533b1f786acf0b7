"""`make plan`: what a study will take, from its dry run and from earlier runs."""

import json
import re

import pytest

from checkout import Checkout

PLAN = ["workflow/tools/plan.py", "--cores", "2", "report.md"]


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path, "src")


def plan(checkout, *arguments):
    done = checkout.python(*PLAN, *arguments)
    assert done.returncode == 0, done.stdout
    return done.stdout


def hours(said):
    return float(re.search(r"Training: ([0-9.]+) ", said)[1])


def keep_run(checkout, device="cpu", macs=566_528, seconds=360.0):
    """A record as of an earlier run of mnist_fc, and of how long its job took."""
    folder = checkout.folder / "results/quick/runs/mnist_fc/seed7"
    folder.mkdir(parents=True)
    record = {
        **{"experiment": "mnist_fc", "slice": {"model": {"name": "fully_connected"}, "recipe": {}}},
        **{"macs": macs, "epochs": 3, "train_images": 3000, "test_images": 1000},
        **{"train_seconds": seconds - 60, "evaluate_seconds": 60.0},
        "environment": {"device": device, "precision": "float32"},
    }
    (folder / "metrics.json").write_text(json.dumps(record))
    benchmark = checkout.folder / "results/quick/benchmarks/train/mnist_fc/seed7.tsv"
    benchmark.parent.mkdir(parents=True)
    benchmark.write_text(f"s\tmax_rss\n{seconds}\t100\n")


def only_mnist_fc(config):
    del config["sections"]["layers"]
    config["sections"] = {"mnist": {"title": "one", "experiments": ["mnist_fc"]}}
    config["claims"] = {}
    for scale in config["scales"].values():
        scale.pop("without_sections", None)
        scale.pop("without_claims", None)
    config["scales"]["quick"]["without"] = [n for n in config["experiments"] if n != "mnist_fc"]


def test_of_a_study_that_has_not_begun(checkout):
    said = plan(checkout)
    assert "| train | 50 | 0 |" in said
    assert "a default: nothing was trained here yet" in said
    assert "Downloads" not in said
    changed = "dataset generated digits in place of MNIST; epochs 3 in place of 5"
    assert re.search(rf"^- mnist_fc, mnist_simple_cnn, .*: {changed}; ", said, re.M)
    full = plan(checkout, "--config", "scale=full")
    assert "| fetch | 5 | 0 |" in full
    assert "Downloads: 5 files, at most 239 MB." in full  # the pixels, uncompressed
    assert hours(full) > 1000 * hours(said)


def test_speed_is_that_of_earlier_runs(checkout):
    checkout.edit_config(only_mnist_fc)
    keep_run(checkout)
    said = plan(checkout)
    assert "as in 1 earlier runs below results/" in said
    assert hours(said) == 0.50  # five seeds of 360 seconds
    assert "one core each" in said


def test_bf16_is_taken_to_be_faster(checkout):
    def in_bf16(config):
        only_mnist_fc(config)
        config["experiments"]["mnist_fc"]["recipe"]["precision"] = "bf16"

    checkout.edit_config(in_bf16)
    keep_run(checkout)
    assert hours(plan(checkout)) == pytest.approx(0.50 / 1.5, abs=0.005)


def test_hours_of_a_gpu_are_called_so(checkout):
    checkout.edit_config(only_mnist_fc)
    keep_run(checkout, device="NVIDIA H100")
    assert "GPU hours" in plan(checkout)


def test_what_is_done_is_not_planned_again(checkout):
    checkout.pretend_to_be_finished("data/prepared/digits.json")
    description = checkout.folder / "data/prepared/digits.json"
    done = checkout.python(*PLAN)
    assert done.returncode == 1
    assert f"{description.relative_to(checkout.folder)} is not JSON" in done.stdout
    images = {"train_images": 3000, "test_images": 1000}
    description.write_text(json.dumps({"shape": [1, 28, 28], "classes": ["0", "1"], **images}))
    said = plan(checkout)
    assert "| generate_digits | 0 | 1 |" in said
    assert "| prepare | 1 | 1 |" in said


def test_a_config_with_a_fault_is_refused(checkout):
    done = checkout.python(*PLAN, "--config", "scale=ful")
    assert done.returncode != 0
    assert "did you mean 'full'?" in done.stdout
