"""`convstudy frequency`: how fine the maps are that layers of a trained network answer with."""

import argparse
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from convstudy.config import read_slice
from convstudy.device import DEVICES, faults_of_device
from convstudy.errors import StudyError
from convstudy.evaluation.activations import activations, trained
from convstudy.sealed import write_sealed

_BATCH = 250


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy frequency", description=__doc__)
    parser.add_argument("--checkpoint", required=True, type=Path)
    parser.add_argument("--tensors", required=True, type=Path, help="data/prepared/<dataset>.pt")
    parser.add_argument("--description", required=True, type=Path, help="….json beside it")
    parser.add_argument("--layers", required=True, nargs="+", help="names of the network's modules")
    parser.add_argument("--images", default=1000, type=int, help="of the test set, from its start")
    parser.add_argument("--device", default="auto", choices=DEVICES)
    parser.add_argument("--output", required=True, type=Path, help="JSON file to write")
    options = parser.parse_args(argv)
    with faults_of_device():
        run(options, read_slice())


def run(options: argparse.Namespace, job: dict[str, Any]) -> None:
    """Write {"images": how many, "frequencies": {layer: cycles per pixel}}."""
    model, data = trained(options, job)
    images = min(options.images, len(data.test))
    sums = {layer: torch.zeros(2, dtype=torch.float64) for layer in options.layers}
    for rows in torch.arange(images, device=data.test.labels.device).split(_BATCH):
        for layer, maps in activations(model, options.layers, data.test, rows).items():
            sums[layer] += weighted_frequency(maps).cpu()
    flat = [layer for layer, (_, energy) in sums.items() if not energy > 0]
    if flat:
        raise StudyError(
            f"{options.checkpoint}: the maps of {', '.join(flat)} are the same in every pixel, so "
            "they have no spatial frequency. Leave the claims about them out."
        )
    found = {layer: float(weighted / energy) for layer, (weighted, energy) in sums.items()}
    write_sealed(options.output, {"images": images, "frequencies": found})


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
