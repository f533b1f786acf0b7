"""Custom layers: one module per layer, named as in config.yaml, imported only when asked for.

What each layer is checked against stands in `convstudy.evaluation.layer_references`.
"""

import importlib
from typing import TYPE_CHECKING

from convstudy.errors import StudyError, nearest

if TYPE_CHECKING:
    from torch import nn

# Name in config.yaml → module and class.
LAYERS = {
    "swish": "convstudy.layers.swish:Swish",
    "channel_attention": "convstudy.layers.channel_attention:ChannelAttention",
    "gated_conv2d": "convstudy.layers.gated_conv2d:GatedConv2d",
    "l2_pool2d": "convstudy.layers.l2_pool2d:L2Pool2d",
}


def class_of(name: str) -> "type[nn.Module]":
    """The layer's class, of ours or of a module of the study (`networks.HardSwish`).

    Raises `StudyError` with the nearest name, or all, if none is.
    """
    module, _, class_name = name.rpartition(".")
    if not module:
        if name not in LAYERS:
            raise StudyError(f"layer: there is no layer '{name}'{nearest(name, LAYERS)}")
        module, _, class_name = LAYERS[name].partition(":")
    found: type[nn.Module] | None = getattr(importlib.import_module(module), class_name, None)
    if not isinstance(found, type):
        raise StudyError(f"layer: {module} has no class '{class_name}'")
    return found
