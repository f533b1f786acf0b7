"""`convstudy activations`: what chosen layers of a trained network answer to a few test images."""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from convstudy import models
from convstudy.config import read_slice
from convstudy.datasets.prepared import Prepared, Split, load
from convstudy.device import DEVICES, choose_device, faults_of_device
from convstudy.errors import StudyError
from convstudy.files import replacing
from convstudy.recorded import as_recorded
from convstudy.tensors import load_tensors


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy activations", description=__doc__)
    parser.add_argument("--checkpoint", required=True, type=Path)
    parser.add_argument("--tensors", required=True, type=Path, help="data/prepared/<dataset>.pt")
    parser.add_argument("--description", required=True, type=Path, help="….json beside it")
    parser.add_argument("--layers", required=True, nargs="+", help="names of the network's modules")
    parser.add_argument("--images", default=3, type=int, help="how many test images")
    parser.add_argument("--device", default="auto", choices=DEVICES)
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(argv)

    with faults_of_device():
        run(options, read_slice())


def run(options: argparse.Namespace, job: dict[str, Any]) -> None:
    """Load the trained network and write what it answers."""
    data = load(options.tensors, options.description, job, choose_device(options.device))
    model = trained(options.checkpoint, data, job)
    rows = one_per_class(data.test.labels, options.images)
    answers = activations(model, options.layers, data.test, rows)
    _save(options.output, data, rows, answers | kernels(model, options.layers))


def trained(checkpoint: Path, data: Prepared, job: dict[str, Any]) -> nn.Module:
    """The network with its trained weights, on the device of its data."""
    model = models.build(**job["model"], shape=data.shape, classes=len(data.classes))
    try:
        model.load_state_dict(load_tensors(as_recorded(checkpoint)))
    except RuntimeError:
        raise StudyError(
            f"{checkpoint} has the weights of another network. Delete its folder and run "
            "snakemake again."
        ) from None
    return model.to(data.test.labels.device)


def one_per_class(labels: Tensor, count: int) -> Tensor:
    """Row of the first image of each of the first `count` classes that occur, int64 (count,)."""
    rows = [(labels == label).nonzero()[0, 0] for label in labels.unique()[:count]]
    return torch.stack(rows)


@torch.inference_mode()
def activations(
    model: nn.Module, layers: list[str], split: Split, rows: Tensor
) -> dict[str, Tensor]:
    """Output of each layer, float32 (I, C, h, w), in evaluation mode.

    Raises `StudyError` for a layer that the network does not have or that gives no maps.
    """
    known = [name for name, _ in model.named_modules() if name]
    missing = [layer for layer in layers if layer not in known]
    if missing:
        raise StudyError(
            f"layers: the network has no layer {', '.join(missing)}. It has: {', '.join(known)}."
        )
    answers: dict[str, Tensor] = {}

    def keep(layer: str, _module: nn.Module, _inputs: Any, output: Any) -> None:
        if isinstance(output, Tensor):  # others answer with several, or are never asked
            answers[layer] = output.float().clone()

    hooks = [
        model.get_submodule(layer).register_forward_hook(partial(keep, layer)) for layer in layers
    ]
    model.eval()
    model(split.batch(rows)[0])
    for hook in hooks:
        hook.remove()
    flat = [layer for layer in layers if layer not in answers or answers[layer].dim() != 4]
    if flat:
        raise StudyError(
            f"layers: {', '.join(flat)} gives no maps (N, C, h, w). Name a convolution or a stage."
        )
    return answers


def kernels(model: nn.Module, layers: list[str]) -> dict[str, Tensor]:
    """Weights of those of the layers that are convolutions, float32 (C, inputs, k, k)."""
    modules = {layer: model.get_submodule(layer) for layer in layers}
    return {
        f"kernels/{layer}": module.weight.detach().float()
        for layer, module in modules.items()
        if isinstance(module, nn.Conv2d)
    }


def _save(path: Path, data: Prepared, rows: Tensor, answers: dict[str, Tensor]) -> None:
    images = data.test.images[rows].permute(0, 3, 1, 2)
    maps: dict[str, Any] = {layer: answer.cpu().numpy() for layer, answer in answers.items()}
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            images=images.cpu().numpy(),
            labels=data.test.labels[rows].cpu().numpy(),
            indices=rows.cpu().numpy(),
            classes=np.array(data.classes),
            **maps,
        )
