"""How settings are written, those of recipes, networks and grids: more filters of the templates."""

from collections.abc import Sequence
from typing import Any

from convstudy.gettext_noop import N_
from convstudy.language import gettext as _
from convstudy.language import localised, ngettext, value_in_words
from convstudy.report.words import count, percent, text

_OFF = (0, False, "constant", "float32")  # values of a recipe that change nothing
_SETTINGS = {
    "optimizer": N_("optimizer"),
    "learning_rate": N_("learning rate"),
    "schedule": N_("schedule"),
    "momentum": N_("momentum"),
    "nesterov": N_("Nesterov momentum"),
    "weight_decay": N_("weight decay"),
    "label_smoothing": N_("label smoothing"),
    "crop_padding": N_("crop padding"),
    "crop_fill": N_("crops filled:"),
    "flip": N_("mirror images"),
    "norm_rate_factor": N_("faster normalisations ×"),
    "decay_norms": N_("decaying normalisations"),
    "views": N_("views per image at the end"),
    "batch_size": N_("batch size"),
    "epochs": N_("epochs"),
    "precision": N_("precision"),
    "channels": N_("channels"),
    "reduction": N_("reduction"),
    "in_channels": N_("input channels"),
    "out_channels": N_("output channels"),
    "kernel_size": N_("kernel size"),
    "padding": N_("padding"),
    "widths": N_("widths"),
    "stages": N_("stages"),
    "hidden": N_("hidden layers"),
    "dropout": N_("dropout"),
    "activation": N_("activation"),
    "attention": N_("channel attention"),
    "gated": N_("gated convolutions"),
    "pool": N_("pooling"),
    "whitening": N_("whitened patches"),
    "device": N_("device"),
    "processor": N_("processor"),
    "threads": N_("threads"),
}


def layer_size(layer: dict[str, Any]) -> str:
    """Arguments and input of a layer's cost: `in channels 64, … on 64×32×32`."""
    arguments = ", ".join(f"{setting(key)} {value}" for key, value in layer["arguments"].items())
    shape = "×".join(map(str, layer["input_shape"]))
    if not arguments:
        return _("on %(shape)s") % {"shape": shape}
    return _("%(arguments)s on %(shape)s") % {"arguments": arguments, "shape": shape}


def recipe(values: dict[str, Any]) -> str:
    """`optimizer adam, learning rate 0.001, …`; of switches the name, and nothing that is off."""
    order = [*_SETTINGS, *values]
    shown = sorted((key for key in values if values[key] not in _OFF), key=order.index)
    return ", ".join(
        setting(key) if values[key] is True else f"{setting(key)} {_spelt(values[key])}"
        for key in shown
    )


def setting(key: str) -> str:
    """A key of a recipe or network in words."""
    return _(_SETTINGS.get(key, key.replace("_", " ")))


def row_rate(row: dict[str, Any]) -> str:
    """The learning rate of a network's recipe, of a schedule the highest: `SimpleCNN 0.001`."""
    return f"{text(row['title'])} {_spelt(row['recipe']['learning_rate'])}"


def axis_value(value: str) -> str:
    """A value along the axis of a grid: `0.001`, `8-16`, `relu`."""
    return text(value_in_words(value))


def cell(one: dict[str, Any], axes: Sequence[dict[str, Any]]) -> str:
    """`channels 8-16, learning rate 0.001 (98.54 %)`."""
    place = ", ".join(
        f"{text(axis['name'])} {axis_value(value)}"
        for axis, value in zip(axes, one["values"], strict=True)
    )
    return f"{place} ({percent(one['mean'])})"


def difference(one: dict[str, Any]) -> str:
    """In what a run is unlike the published or stated one: `epochs 1 in place of 10`."""
    if one["what"] == "dataset":
        here, there = text(one["here"]), text(one["there"])
        return _("%(here)s in place of %(there)s") % {"here": here, "there": there}
    if one["what"] in ("train_images", "test_images"):
        numbers = {"count": count(one["here"]), "all": count(one["there"])}
        if one["what"] == "train_images":
            return _("training images: %(count)s of %(all)s") % numbers
        return _("test images: %(count)s of %(all)s") % numbers
    if one["what"] == "normalise":
        return _("another normalisation of the pixels")
    return _("%(setting)s %(here)s in place of %(there)s") % {
        "setting": setting(one["what"]),
        "here": text(_spelt(one["here"])),
        "there": text(_spelt(one["there"])),
    }


def training(one: dict[str, Any]) -> str:
    """How much of what a run had, where that is not as published or stated: `1 epoch`."""
    number = one["here"]
    if one["what"] == "train_images":
        words = ngettext("%(count)s training image", "%(count)s training images", number)
    elif one["what"] == "test_images":
        words = ngettext("%(count)s test image", "%(count)s test images", number)
    elif one["what"] == "epochs":
        words = ngettext("%(count)s epoch", "%(count)s epochs", number)
    else:
        return f"{setting(one['what'])} {_sizes(number)}"
    return words % {"count": count(number)}


def _sizes(value: object) -> str:
    """`32-64-128` for [32, 64, 128]; of stages the layers: `32, 64-64`."""
    if not isinstance(value, list):
        return text(_spelt(value))
    nested = any(isinstance(one, list) for one in value)
    return (", " if nested else "-").join(map(_sizes, value))


def _spelt(value: object) -> str:
    """A value of the config; numbers with the signs of the language."""
    if value is None:
        return "–"
    return localised(str(value)) if isinstance(value, float) else str(value)


FILTERS = (recipe, setting, layer_size, row_rate, axis_value, cell, difference, training)
