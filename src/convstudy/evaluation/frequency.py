"""`convstudy frequency`: how fine the maps are that layers of a trained network answer with."""

import argparse
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from convstudy.config import read_slice
from convstudy.datasets.prepared import Split, load
from convstudy.device import DEVICES, choose_device, faults_of_device, keep_freed_memory
from convstudy.errors import StudyError
from convstudy.evaluation.activations import activations, trained
from convstudy.sealed import write_sealed

_BATCH = 50  # images: spectra of more are blocks that the kernel maps anew each time


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy frequency", description=__doc__)
    parser.add_argument("--runs", required=True, type=Path, help="results/<scale>/runs")
    parser.add_argument("--data", required=True, type=Path, help="data/prepared")
    parser.add_argument("--images", default=1000, type=int, help="of the test set, from its start")
    parser.add_argument("--device", default="auto", choices=DEVICES)
    parser.add_argument("--output", default="frequency.json", help="in the folder of each run")
    options = parser.parse_args(argv)
    keep_freed_memory()
    with faults_of_device():
        run(options, read_slice())


def run(options: argparse.Namespace, jobs: dict[str, Any]) -> None:
    """`jobs`: {experiment: its `slice`, `seeds` and the `layers` that claims are about}.

    For each run write {"images": how many, "frequencies": {layer: cycles per pixel}}.
    """
    device = choose_device(options.device)
    for experiment, job in jobs.items():
        tensors = options.data / f"{job['slice']['dataset']}.pt"
        data = load(tensors, tensors.with_suffix(".json"), job["slice"], device)
        for seed in job["seeds"]:
            folder = options.runs / experiment / f"seed{seed}"
            model = trained(folder / "checkpoint.pt", data, job["slice"])
            images = min(options.images, len(data.test))
            found = frequencies(model, job["layers"], data.test, images, folder)
            write_sealed(folder / options.output, {"images": images, "frequencies": found})


def frequencies(
    model: nn.Module, layers: list[str], split: Split, images: int, folder: Path
) -> dict[str, float]:
    """Of the maps of each layer over the first images of the split, in cycles per pixel.

    Raises `StudyError` for maps without any; `folder` is that of the run.
    """
    sums = {layer: torch.zeros(2, dtype=torch.float64) for layer in layers}
    for rows in torch.arange(images, device=split.labels.device).split(_BATCH):
        for layer, maps in activations(model, layers, split, rows).items():
            sums[layer] += weighted_frequency(maps).cpu()
    flat = [layer for layer, (_, energy) in sums.items() if not energy > 0]
    if flat:
        raise StudyError(
            f"{folder}: the maps of {', '.join(flat)} are the same in every pixel, so "
            "they have no spatial frequency. Leave the claims about them out."
        )
    return {layer: float(weighted / energy) for layer, (weighted, energy) in sums.items()}


def weighted_frequency(maps: Tensor) -> Tensor:
    """Σ frequency · energy and Σ energy of maps (N, C, h, w), float64 (2,).

    Their quotient is the mean radial frequency in cycles per pixel, weighted by energy: the power
    of the two-dimensional Fourier transform of each map less its mean. Fine patterns give more
    than coarse ones: stripes one pixel wide 0.5, a wave of 28 pixels 1/28. It is the spectral
    centroid (Grey and Gordon 1978) in two dimensions.
    """
    maps = maps.double()
    maps = maps - maps.mean(dim=(-2, -1), keepdim=True)
    energy = torch.fft.fft2(maps).abs().square().sum(dim=(0, 1))  # (h, w)
    rows, columns = (torch.fft.fftfreq(size, device=maps.device) for size in maps.shape[-2:])
    radius = torch.hypot(rows.double()[:, None], columns.double()[None, :])
    return torch.stack([(radius * energy).sum(), energy.sum()])
