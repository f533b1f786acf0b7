"""What a study of many runs costs beside its training, on runs that are simulated.

    python benchmarks/large_study.py /tmp/large 20x5 40x25 200x50

For each size (experiments × seeds) in a folder of its own: a dry run before anything is there; the
runs, in the real file formats and of origin "synthetic", which the copy of the package there is
told to accept; then summary to report by Snakemake, and a dry run of the finished study.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).parents[1]
IMAGES, CLASSES, EPOCHS = 1000, 10, 5
PER_SECTION = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="to be made; about 60 KB per run")
    parser.add_argument("sizes", nargs="+", help="experiments x seeds, such as 200x50")
    parser.add_argument("--cores", default="2")
    options = parser.parse_args()
    print(
        "| runs | step | seconds | CPU seconds | largest process, MB |\n|---:|---|---:|---:|---:|"
    )
    for size in options.sizes:
        experiments, seeds = map(int, size.split("x"))
        study = make(options.folder / size, experiments, seeds)
        runs = f"{experiments * seeds:,}"
        timed(runs, "dry run, nothing there", study, "-n", "--quiet", "rules")
        script = [sys.executable, __file__, "simulate"]
        subprocess.run(script, cwd=study, env=environment(study), check=True)
        timed(runs, "summary to report", study, "--cores", options.cores, "--quiet", "all")
        for path in sorted(study.glob("results/quick/benchmarks/*.tsv")):
            _, (seconds, _, rss, *_) = (line.split() for line in path.read_text().splitlines())
            print(
                f"| {runs} | &nbsp;&nbsp;{path.stem} | {float(seconds):.1f} | | {float(rss):.0f} |"
            )
        timed(runs, "dry run, finished", study, "-n", "--quiet", "rules")
        report = (study / "report.md").read_text()
        files = sum(len(names) for _, _, names in os.walk(study))
        print(
            f"| {runs} | {files:,} files; report of {len(report.splitlines()):,} lines | | | |",
            flush=True,
        )


def make(folder: Path, experiments: int, seeds: int) -> Path:
    """A checkout with a generated config."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("Snakefile", "workflow", "profiles", "src"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        folder.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, folder / part)
    records = folder / "src/convstudy/statistics/records.py"
    strict = records.read_text()
    lenient = strict.replace(
        'record.get("origin") != "trained"', 'record.get("origin") != "synthetic"'
    )
    assert lenient != strict
    records.write_text(lenient)
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    (folder / "config.yaml").write_text(yaml.safe_dump(config | generated(experiments, seeds)))
    return folder


def generated(experiments: int, seeds: int) -> dict[str, Any]:
    """Networks that differ in their widths, ten to a section, each held against the next one."""
    names = [f"network{number:03}" for number in range(experiments)]
    sections = [names[at : at + PER_SECTION] for at in range(0, experiments, PER_SECTION)]
    return {
        "experiments": {
            name: {
                "title": f"network {number}",
                "dataset": "mnist",
                "model": {"name": "simple_cnn", "channels": [8 + number], "kernel_size": 3},
                "recipe": {"name": "classic", "epochs": EPOCHS},
            }
            for number, name in enumerate(names)
        },
        "sections": {
            f"part{number}": {
                "title": f"Part {number}",
                "experiments": members,
                "figures": {"comparison": {}, "curves": {}},
            }
            for number, members in enumerate(sections)
        },
        "claims": {
            f"claim_{of}": {
                **{"section": f"part{number}", "kind": "greater", "metric": "test_accuracy"},
                **{"of": of, "than": than, "says": "the wider one of two is more accurate"},
            }
            for number, members in enumerate(sections)
            for of, than in zip(members[1:], members, strict=False)
        },
        "scales": {
            "quick": {"purpose": "simulated runs", "seeds": seeds, "stand_ins": {"mnist": "digits"}}
        },
    }


def environment(study: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(study / "src"), "OMP_NUM_THREADS": "1"}


def timed(runs: str, step: str, study: Path, *arguments: str) -> None:
    """Run Snakemake there and print what it took."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "snakemake", "report.md", *arguments]
    with subprocess.Popen(
        command, cwd=study, env=environment(study), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        said = process.communicate()[0]
        assert process.returncode == 0, said.decode()
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"| {runs} | {step} | {seconds:.1f} | {cpu:.1f} | {after.ru_maxrss / 1024:.0f} |",
        flush=True,
    )


def simulate() -> None:
    """In the study's folder: all runs, and the data set that they claim to be of."""
    from convstudy.config import catalogue, cost
    from convstudy.config.study import load
    from convstudy.fingerprint import fingerprint
    from convstudy.sealed import write_sealed

    def read(name: str) -> Any:
        return yaml.safe_load(Path(name).read_text())

    config = read("config.yaml")
    catalogue.complete(config, read("workflow/catalogue.yaml"))
    study = load(config)
    code = fingerprint("convstudy.training.train", "convstudy.models.simple_cnn")
    names = [f"{number}" for number in range(CLASSES)]
    counts = {"train_images": 3000, "test_images": IMAGES}
    description = {"dataset": "digits", "title": "generated digits", "format": "idx"} | counts
    description |= {"generated": True, "classes": names, "shape": [1, 28, 28]}
    description |= {"mean": [0.1], "std": [0.3], "sha256": "d" * 64, "sources": {}}
    Path("data/prepared").mkdir(parents=True)
    Path("data/prepared/digits.pt").write_bytes(b"simulated")
    write_sealed(Path("data/prepared/digits.json"), description)
    labels = np.arange(IMAGES) % CLASSES
    for number, one in enumerate(study.experiments.values()):
        counted = cost.of_experiment(one.slice, {**description, "classes": CLASSES})
        same = {"code": code, "slice": one.slice, "parameters": counted.parameters}
        same |= {"macs": counted.macs, "classes": names, "dataset": "generated digits", **counts}
        for seed in one.seeds:
            random = np.random.default_rng([number, seed])
            write_run(
                Path("results/quick/runs", one.name, f"seed{seed}"), seed, same, labels, random
            )


def write_run(
    folder: Path, seed: int, same: dict[str, Any], labels: np.ndarray, random: np.random.Generator
) -> None:
    """A run as `convstudy train` leaves it, of predictions that are drawn."""
    from convstudy.files import digest
    from convstudy.sealed import write_sealed

    folder.mkdir(parents=True)
    logits = random.normal(0, 1, (IMAGES, CLASSES)).astype(np.float32)
    logits[np.arange(IMAGES), labels] += random.uniform(1, 3)
    predicted = logits.argmax(1)
    accuracy = float((predicted == labels).mean())
    loss = float((np.log(np.exp(logits).sum(1)) - logits[np.arange(IMAGES), labels]).mean())
    with (folder / "predictions.npz").open("wb") as file:
        np.savez(file, logits=logits.astype(np.float16), predicted=predicted, labels=labels)
    (folder / "checkpoint.pt").write_bytes(random.bytes(1000))
    rows = [
        f"{epoch},{split},{loss},{accuracy},0.001,1.0\n"
        for epoch in range(1, EPOCHS + 1)
        for split in ("train", "test")
    ]
    header = "epoch,split,loss,accuracy,learning_rate,seconds\n"
    (folder / "history.csv").write_text(header + "".join(rows))
    files = ("checkpoint.pt", "history.csv", "predictions.npz")
    record = {
        **same,
        **{"experiment": folder.parent.name, "seed": seed, "origin": "synthetic"},
        **{"data_sha256": "d" * 64, "generated": True, "epochs": EPOCHS},
        **{"test_accuracy": accuracy, "test_loss": loss, "train_accuracy": accuracy},
        **{"train_loss": loss, "train_accuracy_running": accuracy, "train_seconds": 5.0},
        **{"evaluate_seconds": 0.5, "images_per_second": 3000.0, "peak_memory_bytes": 10**9},
        "sessions": 1,
        "environment": {
            **{"python": "3.11", "torch": "2.10", "convstudy": "0.1.0", "platform": "simulated"},
            **{"processor": "none", "device": "cpu", "threads": 1, "precision": "float32"},
            **{"commit": None, "dirty": None},
        },
        "files": {name: digest(folder / name) for name in files},
    }
    write_sealed(folder / "metrics.json", record)


if __name__ == "__main__":
    simulate() if sys.argv[1:] == ["simulate"] else main()
