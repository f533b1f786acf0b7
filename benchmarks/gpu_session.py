"""One session on a GPU for a limited time: checks, speed, scale `full`, and what comes back of it.

    python benchmarks/gpu_session.py --data FOLDER --minutes 9 --output FOLDER [--wheels FOLDER]

For a machine without internet that has Python and PyTorch: `--wheels` holds what it lacks, `--data`
the raw files as <dataset>/<file>. Each part has a limit of its own and keeps its output beside the
packed results, and none stops the next. Results are packed as they stand when the time is over, the
weights left out, in files of at most 15 MB: join them with `cat results.tar.gz.* | tar -xz`.

Needs nothing but the standard library until the wheels are there.
"""

import argparse
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
OVERLAY = "overlays/cifar10_jpeg.yaml"
PACKING = 25  # seconds that are kept for it
PIECE = 15_000_000  # bytes
# In the order of what only a GPU can tell. In a group: long trainings and short ones, whose starts
# fill the pauses.
GROUPS = (
    ("cifar10_resnet18", "cifar10_fc", "mnist_simple_cnn"),
    ("cifar10_modern_cnn", "cifar10_modern_cnn_dropout"),
    ("cifar10_resnet18_dropout", "mnist_fc", "mnist_kernel3"),
    ("cifar10_bottleneck", "mnist_kernel5", "mnist_kernel7"),
    ("mnist_resnet18",),
    ("cifar10_vgg_shallow", "cifar10_vgg_medium", "cifar10_vgg_deep"),
    ("cifar10_base", "cifar10_gated", "cifar10_base_wide"),
    ("cifar10_swish", "cifar10_attention", "cifar10_l2_pool", "cifar10_all_layers"),
)
NETWORKS = ("FC_MNIST", "SimpleCNN", "ResNet-18", "bottleneck")


def main() -> None:
    started = time.monotonic()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--minutes", required=True, type=float, help="for everything, packing too")
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--wheels", type=Path)
    parser.add_argument("--parts", nargs="+", default=["check", "speed", "study"])
    parser.add_argument("--precisions", nargs="+", default=["tf32", "bf16"], help="of the speed")
    parser.add_argument("--groups", nargs="+", help="experiments, with commas: one group each")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--scale", default="full")
    parser.add_argument("--side-by-side", type=int, default=3, help="jobs on the GPU at once")
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    end = started + 60 * options.minutes - PACKING
    if options.wheels:
        install(options.wheels)
    preparing = start("prepare", snakemake(options, *prepared()), options.output)
    for name, limit, command in parts(options):
        if not name.startswith(("check", "speed")):
            preparing.wait()  # beside the checks, which need no data
        left = end - time.monotonic()
        if left > 5:
            run(name, command, min(limit, left), options.output)
    pack(options)
    print(f"{time.monotonic() - started:.0f} s in all")


def install(wheels: Path) -> None:
    """Put the wheels where this process's children find them."""
    site = Path("/tmp/convstudy-site")
    how = ("--no-index", "--no-deps", "--no-compile", "--no-cache-dir", "--upgrade", "--quiet")
    files = map(str, sorted(wheels.glob("*.whl")))
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *how, "--target", str(site), *files], check=True
    )
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(site)])
    os.environ["PATH"] = os.pathsep.join([str(site / "bin"), os.environ["PATH"]])


def parts(options: argparse.Namespace) -> Iterator[tuple[str, float, list[str]]]:
    """(name, most seconds, command) of each part that is asked for, in order."""
    python = sys.executable
    if "check" in options.parts:
        tests = "tests/unit/training/test_on_the_device.py"
        yield "check", 150, [python, "-m", "pytest", "-p", "no:cacheprovider", "-n0", "-v", tests]
    if "speed" in options.parts:
        for precision in options.precisions:
            folder = options.output / f"speed-{precision}"
            folder.mkdir(exist_ok=True)
            given = ["--device", "cuda", "--precision", precision, "--rounds", "2"]
            script = [python, "benchmarks/speed.py", *given, "--folder", str(folder)]
            yield f"speed-{precision}", 60, [*script, "--networks", *NETWORKS]
    if "choose" in options.parts:
        script = [python, "benchmarks/choose_recipe.py", "--device", "cuda", "--precision", "tf32"]
        data = ["--data", "data/prepared/cifar10_jpeg.pt", "--minutes", "1"]
        found = ["--output", str(options.output / "recipes.json")]
        yield "choose", 80, [*script, *data, "--set", "search", "--seeds", "2", *found]
    if "study" in options.parts:
        yield from study(options)


def prepared() -> list[str]:
    return [f"data/prepared/{name}.json" for name in ("mnist", "cifar10_jpeg")]


def study(options: argparse.Namespace) -> Iterator[tuple[str, float, list[str]]]:
    results = Path("results", options.scale)
    groups = [one.split(",") for one in options.groups] if options.groups else GROUPS
    for number, group in enumerate(groups, 1):
        targets = [
            str(results / "runs" / experiment / f"seed{seed}" / "metrics.json")
            for seed in range(options.seeds)
            for experiment in group
        ]
        yield f"study-{number}", 1e9, snakemake(options, *targets)
    yield "timing", 60, snakemake(options, str(results / "timing.json"))


def snakemake(options: argparse.Namespace, *targets: str) -> list[str]:
    """A call of Snakemake for these files."""
    given = ["--cores", str(options.cores), "--resources", f"gpu={options.side_by_side}"]
    config = [f"scale={options.scale}", f"data_mirror={options.data.resolve()}"]
    command = [sys.executable, "-m", "snakemake", *targets, *given, "--configfile", OVERLAY]
    return [*command, "--config", *config]


def run(name: str, command: list[str], limit: float, output: Path) -> None:
    """One part with its output in a file; what is not done in time is told to stop, then killed."""
    started = time.monotonic()
    process = start(name, command, output)
    try:
        code = str(process.wait(limit))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        code = f"stopped after {limit:.0f} s"
    print(f"{name}: {code}, {time.monotonic() - started:.0f} s", flush=True)


def start(name: str, command: list[str], output: Path) -> "subprocess.Popen[bytes]":
    with (output / f"{name}.log").open("w") as log:
        print("$", *command, file=log, flush=True)
        return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)


def pack(options: argparse.Namespace) -> None:
    """Everything of the results but weights and states, and the logs, in pieces."""
    whole = options.output / "results.tar.gz"
    kept = [
        path
        for folder in (Path("results", options.scale), Path("logs"), Path("data/prepared"))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pt" and not path.name.endswith(".part")
    ]
    with tarfile.open(whole, "w:gz", compresslevel=5) as archive:
        for path in kept:
            archive.add(path)
    content = whole.read_bytes()
    whole.unlink()
    for number, at in enumerate(range(0, len(content), PIECE)):
        (options.output / f"{whole.name}.{number}").write_bytes(content[at : at + PIECE])
    print(f"{len(kept)} files, {len(content) / 1e6:.1f} MB packed")


if __name__ == "__main__":
    main()
