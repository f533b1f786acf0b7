"""What each custom layer has to compute, written out again without PyTorch's layers.

References are float64 and read like their formulas; speed does not matter.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from convstudy.errors import StudyError
from convstudy.gettext_noop import N_

Array = NDArray[np.float64]
# (weights of the layer by name, maps (N, C, H, W)) → what the layer should give, all in float64
Reference = Callable[[dict[str, Array], Array], Array]


@dataclass(frozen=True)
class Case:
    """One layer and what is expected of it, for `channels` input channels.

    A layer of a study's own has one in `CASES` of its module, by the name of its class; without
    one, or without some of its parts, fewer checks are made.
    """

    title: str
    formula: str = ""
    source: str = ""
    # channels → arguments of the layer
    arguments: Callable[[int], dict[str, Any]] = lambda channels: {}
    # name of the check → reference
    references: dict[str, Reference] = field(default_factory=dict)
    # (C, H, W) of input → of output
    output: Callable[[int, int, int], tuple[int, int, int]] | None = None
    # (C, H, W) → parameters, MACs of one image
    cost: Callable[[int, int, int], tuple[int, int]] | None = None


def sigmoid(x: Array) -> Array:
    with np.errstate(over="ignore"):  # exp(1000) = ∞ is meant: its reciprocal is 0
        return 1 / (1 + np.exp(-x))


def silu(weights: dict[str, Array], maps: Array) -> Array:
    with np.errstate(over="ignore"):
        answer: Array = maps / (1 + np.exp(-maps))
    return answer


def torch_silu(weights: dict[str, Array], maps: Array) -> Array:
    """PyTorch's own SiLU, which is Swish."""
    return torch.nn.functional.silu(torch.from_numpy(maps)).numpy()


def squeeze_excitation(weights: dict[str, Array], maps: Array) -> Array:
    answer = np.empty_like(maps)
    for n, image in enumerate(maps):
        means = np.array([channel.sum() / channel.size for channel in image])
        hidden = np.maximum(weights["squeeze.weight"] @ means, 0)
        factors = sigmoid(weights["excite.weight"] @ hidden)
        for c, factor in enumerate(factors):
            answer[n, c] = factor * image[c]
    return answer


def gated_convolution(weights: dict[str, Array], maps: Array) -> Array:
    """Window by window; the padding keeps height and width."""
    kernels, biases = weights["convolution.weight"], weights["convolution.bias"]
    size = kernels.shape[-1]
    edge = size // 2
    padded = np.pad(maps, ((0, 0), (0, 0), (edge, edge), (edge, edge)))
    both = np.empty((len(maps), len(kernels), *maps.shape[2:]))
    for n, c, y, x in np.ndindex(both.shape):
        window = padded[n, :, y : y + size, x : x + size]
        both[n, c, y, x] = (window * kernels[c]).sum() + biases[c]
    half = len(kernels) // 2
    return both[:, :half] * sigmoid(both[:, half:])


def l2_pooling(weights: dict[str, Array], maps: Array) -> Array:
    images, channels, height, width = maps.shape
    answer = np.empty((images, channels, height // 2, width // 2))
    for n, c, y, x in np.ndindex(answer.shape):
        window = maps[n, c, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2]
        answer[n, c, y, x] = np.sqrt((window**2).sum() / 4 + 1e-6)
    return answer


CASES = {
    "swish": Case(
        title=N_("Swish"),
        formula="x · sigmoid(x)",
        source="Ramachandran, Zoph, Le 2017, arXiv:1710.05941",
        arguments=lambda channels: {},
        references={N_("reference"): silu, N_("SiLU of PyTorch"): torch_silu},
        output=lambda c, h, w: (c, h, w),
        cost=lambda c, h, w: (0, 0),
    ),
    "channel_attention": Case(
        title=N_("Channel attention"),
        formula="x · sigmoid(W₂ · relu(W₁ · mean(x)))",
        source="Hu, Shen, Sun 2018, arXiv:1709.01507",
        arguments=lambda channels: {"channels": channels, "reduction": 4},
        references={N_("reference"): squeeze_excitation},
        output=lambda c, h, w: (c, h, w),
        cost=lambda c, h, w: (c * c // 2, c * c // 2),
    ),
    "gated_conv2d": Case(
        title=N_("Gated convolution"),
        formula="a · sigmoid(b), (a, b) = conv(x)",
        source="Dauphin et al. 2017, arXiv:1612.08083",
        arguments=lambda channels: {
            "in_channels": channels,
            "out_channels": channels // 2,
            "kernel_size": 3,
            "padding": 1,
        },
        references={N_("reference"): gated_convolution},
        output=lambda c, h, w: (c // 2, h, w),
        cost=lambda c, h, w: (9 * c * c + c, 9 * c * c * h * w),
    ),
    "l2_pool2d": Case(
        title=N_("L2 pooling"),
        formula=N_("sqrt(mean(x²) + 10⁻⁶) over 2×2"),
        source="Sermanet, Chintala, LeCun 2012, arXiv:1204.3968",
        arguments=lambda channels: {"kernel_size": 2},
        references={N_("reference"): l2_pooling},
        output=lambda c, h, w: (c, h // 2, w // 2),
        cost=lambda c, h, w: (0, 0),
    ),
}


def case_of(name: str) -> Case:
    """What is expected of the layer `name`; of one without expectations no more than its name."""
    module, _, made = name.rpartition(".")
    if not module:
        return CASES[name]
    own = getattr(sys.modules[module], "CASES", {}).get(made, Case(title=made))
    if not isinstance(own, Case):
        raise StudyError(f"{module}.CASES['{made}'] is no convstudy Case; see docs/extending.md")
    return own


def output_of(
    made: type[torch.nn.Module], case: Case, image: tuple[int, int, int]
) -> tuple[int, ...]:
    """(C, H, W) that the layer is to give of `image`; else that it gives, () if none."""
    if case.output is not None:
        return case.output(*image)
    with suppress(Exception), torch.device("meta"):  # recorded by the checks
        return tuple(made(**case.arguments(image[0]))(torch.zeros(1, *image)).shape[1:])
    return ()
