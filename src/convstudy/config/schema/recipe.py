"""Recipes of the config, and what may be laid over one."""

from typing import Annotated, Any, Literal

from pydantic import create_model

from convstudy.config.fields import Exactly, Settings, absent, default, needed


class Recipe(Settings):
    """How a network is trained.

    Keys that came after the first runs are `absent`, so that slices which do not name them stay as
    they were.
    """

    optimizer: Literal["adam", "adamw", "sgd"]
    learning_rate: float = needed("a schedule's highest", gt=0, le=10)
    batch_size: int = needed("images per step", ge=2, le=65536)
    epochs: int = needed(ge=1, le=10_000)
    momentum: float = default(0.0, "sgd only", ge=0, lt=1)
    nesterov: bool = default(False, "sgd with momentum only")
    weight_decay: float = default(0.0, "adamw and sgd; not of biases and norms", ge=0, le=1)
    # Of the learning rate, step by step.
    schedule: Literal["constant", "one_cycle", "triangular"] = default("constant")
    label_smoothing: float = default(0.0, ge=0, lt=1)
    crop_padding: int = default(0, "pixels; of the padded image a random part", ge=0, le=64)
    flip: Annotated[Literal[False, True, "alternating"], Exactly] = default(
        False, "true: half of the images, drawn anew; alternating: each one every other epoch"
    )
    precision: Literal["float32", "tf32", "bf16"] = default(
        "float32",
        "of training steps; tf32: GPUs' convolutions; bf16: GPUs, and CPUs that have it",
    )
    crop_fill: Literal["black", "reflect"] = absent("what the padding shows; black unless given")
    norm_rate_factor: float = absent("of the rate of normalisations; 1", ge=0.01, le=1000)
    decay_norms: bool = absent("as much per step as weights, whatever their rate; false")
    views: Annotated[Literal[1, 2, 6], Exactly] = absent(
        "of each image, averaged: 2 its mirror image too, 6 both also moved by a pixel; 1"
    )


_CHANGES: Any = {
    key: (Annotated[one.annotation, *one.metadata, None], absent(one.description))
    for key, one in Recipe.model_fields.items()
}
Changes = create_model("Changes", __base__=Settings, name=(str, absent()), **_CHANGES)


class OwnRecipe(Changes):  # type: ignore[misc, valid-type]
    """Name of a recipe, and what differs from it."""

    name: str
