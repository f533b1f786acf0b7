"""`make benchmark`: our engine against the plain loop, run after run in turn, on this machine.

Writes docs/benchmarks/<device>.json, .md and .png. Both loops get the same random images: speed
does not depend on what they show.
"""

import argparse
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from convstudy import models
from convstudy.files import write_json, write_text
from convstudy.training.environment import describe

from loops import BATCH, NETWORKS

FOLDER = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=("float32", "tf32", "bf16"), default="float32")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--folder", type=Path, default=FOLDER.parent / "docs/benchmarks")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rows = {name: compare(name, options) for name in options.networks}
    found = {
        "machine": describe(options.device, options.precision),
        "networks": rows,
        "side_by_side": side_by_side(options),
        "start_up_seconds": start_up(),
    }
    write_json(options.folder / f"{options.device}.json", found)
    write_text(options.folder / f"{options.device}.md", table(found))
    draw(rows, options.folder / f"{options.device}.png")


def compare(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Images per second of both loops and the rate of a matrix product, each in turn.

    Each loop lives in a process of its own, as it would in use; the other one waits meanwhile.
    """
    arguments, shape, _ = NETWORKS[name]
    with (
        Worker("reference", name, options.threads, options) as theirs,
        Worker("engine", name, options.threads, options) as ours,
    ):
        seen: dict[str, list[float]] = {"reference": [], "engine": [], "matrix": []}
        for kept in range(-1, options.rounds):  # the first round warms up
            rates = (theirs.rate(), ours.rate(), matrix_rate(options))
            if kept >= 0:
                for values, rate in zip(seen.values(), rates, strict=True):
                    values.append(rate)
        peak = ours.peak_memory()
    middle = {kind: statistics.median(values) for kind, values in seen.items()}
    ratios = [a / b for a, b in zip(seen["engine"], seen["reference"], strict=True)]
    flops = training_flops(arguments, shape)
    row = {
        "reference": middle["reference"],
        "engine": middle["engine"],
        "ratio": statistics.median(ratios),
        "ratios": ratios,
        "flops_per_image": flops,
        "matrix_flops": middle["matrix"],
        "share_of_matrix_rate": middle["engine"] * flops / middle["matrix"],
        "peak_memory_bytes": peak,
    }
    print(
        f"{name:<12} {row['reference']:8.0f} {row['engine']:8.0f} images/s  {row['ratio']:5.2f} ×  "
        f"{100 * row['share_of_matrix_rate']:3.0f} % of the matrix rate",
        flush=True,
    )
    return row


class Worker:
    """A process that trains one network with one of the loops whenever it is asked to."""

    def __init__(self, loop: str, name: str, threads: int, options: argparse.Namespace) -> None:
        where = (str(threads), options.device, options.precision)
        self.process = subprocess.Popen(
            [sys.executable, FOLDER / "loops.py", loop, name, *where],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.communicate()

    def ask(self, question: str) -> None:
        print(question, file=self.process.stdin, flush=True)

    def answer(self) -> float:
        return float(self.process.stdout.readline())

    def rate(self) -> float:
        """Images per second of one timed run."""
        self.ask("rate")
        return self.answer()

    def peak_memory(self) -> float:
        """Bytes: resident, or of the GPU's allocator."""
        self.ask("memory")
        return self.answer()


def matrix_rate(options: argparse.Namespace) -> float:
    """FLOP/s of a product of two square matrices in the precision of the steps, best of three."""
    size, device = (8192 if options.device == "cuda" else 2048), options.device
    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    one, other = (torch.ones(size, size, dtype=dtype, device=device) for _ in range(2))
    seconds = []
    torch.backends.cuda.matmul.allow_tf32 = options.precision == "tf32"
    for _ in range(3):
        started = time.perf_counter()
        (one @ other)[0, 0].item()  # waits for the device
        seconds.append(time.perf_counter() - started)
    return 2 * size**3 / min(seconds)


def training_flops(arguments: dict, shape: tuple[int, int, int]) -> float:
    """FLOPs of convolutions and linear layers, forward and backward, per image."""
    with torch.device("meta"):
        model = models.build(**arguments, shape=shape, classes=10)
        images = torch.empty(BATCH, *shape)
    with FlopCounterMode(display=False) as counter:
        model(images).sum().backward()
    return counter.get_total_flops() / BATCH


def side_by_side(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Images per second of all processes together: jobs × threads on the same cores or GPU."""
    shares = ((1, 1), (2, 1), (4, 1)) if options.device == "cuda" else ((4, 1), (2, 1), (1, 2))
    rows = []
    for name in [one for one in ("FC_MNIST", "SimpleCNN") if one in options.networks]:
        for jobs, threads in shares:
            totals = []
            with ExitStack() as stack:
                workers = [
                    stack.enter_context(Worker("engine", name, threads, options))
                    for _ in range(jobs)
                ]
                for _ in range(4):  # the first one warms up
                    for one in workers:
                        one.ask("rate")
                    totals.append(sum(one.answer() for one in workers))
            rate = statistics.median(totals[1:])
            rows.append(
                {"network": name, "jobs": jobs, "threads": threads, "images_per_second": rate}
            )
    return rows


def start_up() -> dict[str, float]:
    """Seconds to import torch, and to import all of `convstudy train`, in turn."""
    seen: dict[str, list[float]] = {"torch": [], "convstudy.training.train": []}
    for _ in range(5):
        for module, seconds in seen.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
            seconds.append(time.perf_counter() - started)
    return {module: statistics.median(seconds) for module, seconds in seen.items()}


def table(found: dict[str, Any]) -> str:
    """The figures as Markdown, for docs/."""
    about, start = found["machine"], found["start_up_seconds"]
    lines = [
        f"{about['device']}, {about['precision']}, {about['processor']}, {about['threads']} threads"
        f", PyTorch {about['torch']}, Python {about['python']}; images per second, medians of runs"
        " in turn.",
        "",
        "| network | plain loop | convstudy | ratio | of the matrix-product rate | peak memory |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, row in found["networks"].items():
        lines.append(
            f"| {name} | {row['reference']:,.0f} | {row['engine']:,.0f} | {row['ratio']:.2f} × |"
            f" {100 * row['share_of_matrix_rate']:.0f} % |"
            f" {row['peak_memory_bytes'] / 1e6:,.0f} MB |"
        )
    lines += [
        "",
        "| network | jobs × threads | images per second, together |",
        "|---|---|---:|",
    ]
    for row in found["side_by_side"]:
        lines.append(
            f"| {row['network']} | {row['jobs']} × {row['threads']} |"
            f" {row['images_per_second']:,.0f} |"
        )
    ours, bare = start["convstudy.training.train"], start["torch"]
    lines += [
        "",
        f"Start-up: {ours:.2f} s, against {bare:.2f} s of a bare `import torch`"
        f" ({ours / bare:.2f} ×).",
        "",
    ]
    return "\n".join(lines)


def draw(rows: dict[str, Any], path: Path) -> None:
    """Ratios with every run as a dot."""
    from convstudy.figures import style  # last, where what figures need is not there

    with style.styled():
        figure = style.page(0.42 * len(rows) + 1)
        axes = figure.subplots()
        for place, row in enumerate(rows.values()):
            axes.barh(place, row["ratio"], color=style.PALETTE[0], height=0.6)
            axes.plot(row["ratios"], [place] * len(row["ratios"]), ".", color="black", markersize=4)
        axes.axvline(1, color="black", linewidth=0.8)
        axes.set_yticks(range(len(rows)), list(rows))
        axes.invert_yaxis()
        axes.set_xlabel("training speed over the plain loop (dots: single runs)")
        style.save(figure, path)


if __name__ == "__main__":
    main()
