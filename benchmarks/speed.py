"""`make benchmark`: our engine against the plain loop, run after run in turn, on this machine.

Writes docs/benchmarks/cpu.json, .md and .png. Both loops get the same random images: speed does not
depend on what they show.
"""

import argparse
import platform
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
from convstudy.figures import style
from convstudy.files import write_json, write_text
from convstudy.training.environment import describe

from loops import BATCH, NETWORKS

FOLDER = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--folder", type=Path, default=FOLDER.parent / "docs/benchmarks")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rows = {name: compare(name, options) for name in options.networks}
    found = {
        "machine": describe("cpu"),
        "threads": options.threads,
        "networks": rows,
        "side_by_side": side_by_side(options.networks),
        "start_up_seconds": start_up(),
    }
    write_json(options.folder / "cpu.json", found)
    write_text(options.folder / "cpu.md", table(found))
    draw(rows, options.folder / "cpu.png")


def compare(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Images per second of both loops and the rate of a matrix product, each in turn.

    Each loop lives in a process of its own, as it would in use; the other one waits meanwhile.
    """
    arguments, shape, _ = NETWORKS[name]
    with (
        Worker("reference", name, options.threads) as theirs,
        Worker("engine", name, options.threads) as ours,
    ):
        seen: dict[str, list[float]] = {"reference": [], "engine": [], "matrix": []}
        for kept in range(-1, options.rounds):  # the first round warms up
            rates = (theirs.rate(), ours.rate(), matrix_rate())
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

    def __init__(self, loop: str, name: str, threads: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, FOLDER / "loops.py", loop, name, str(threads)],
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
        """Bytes, resident."""
        self.ask("memory")
        return self.answer()


def matrix_rate(size: int = 2048) -> float:
    """FLOP/s of a float32 product of two square matrices, the best of three."""
    one, other = torch.ones(size, size), torch.ones(size, size)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        one @ other
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


def side_by_side(networks: list[str]) -> list[dict[str, Any]]:
    """Images per second of all processes together: jobs × threads on the same cores."""
    rows = []
    for name in [one for one in ("FC_MNIST", "SimpleCNN") if one in networks]:
        for jobs, threads in ((4, 1), (2, 1), (1, 2)):
            totals = []
            with ExitStack() as stack:
                workers = [
                    stack.enter_context(Worker("engine", name, threads)) for _ in range(jobs)
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
        f"{about['processor']}, {found['threads']} threads, PyTorch {about['torch']}, Python"
        f" {platform.python_version()}; images per second, medians of runs in turn.",
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
        f"Start-up: {ours:.2f} s, of which a bare `import torch` takes {bare:.2f} s"
        f" ({ours / bare:.2f} ×).",
        "",
    ]
    return "\n".join(lines)


def draw(rows: dict[str, Any], path: Path) -> None:
    """Ratios with every run as a dot."""
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
