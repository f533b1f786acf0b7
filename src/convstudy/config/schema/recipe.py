"""Recipes of the config, and what may be laid over one."""

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from convstudy.config.fields import Exactly, Settings, absent


class Recipe(Settings):
    """How a network is trained. Keys that came after the first runs have no default, as above."""

    optimizer: Literal["adam", "adamw", "sgd"]
    learning_rate: float = Field(gt=0, le=10, description="a schedule's highest")
    batch_size: int = Field(ge=2, le=65536, description="images per step")
    epochs: int = Field(ge=1, le=10_000)
    momentum: float = Field(0.0, ge=0, lt=1, description="sgd only")
    nesterov: bool = Field(False, description="sgd with momentum only")
    weight_decay: float = Field(
        0.0, ge=0, le=1, description="adamw and sgd; not of biases and norms"
    )
    schedule: Literal["constant", "one_cycle", "triangular"] = Field(
        "constant", description="of the learning rate, step by step"
    )
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    crop_padding: int = Field(
        0, ge=0, le=64, description="pixels; a random part of the padded image is taken"
    )
    flip: Annotated[Literal[False, True, "alternating"], Exactly] = Field(
        False,
        description="true mirrors half of the images, drawn anew each epoch; alternating mirrors "
        "each image every other epoch",
    )
    precision: Literal["float32", "tf32", "bf16"] = Field(
        "float32",
        description="of training steps; tf32 is PyTorch's default for convolutions on GPUs that "
        "have it",
    )
    crop_fill: Literal["black", "reflect"] = absent(
        "what the padding of crops shows; black unless given"
    )
    norm_rate_factor: float = absent(
        ge=0.01,
        le=1000,
        description="normalisations learn at so many times the rate; 1 unless given",
    )
    decay_norms: bool = absent(
        "by as much per step as weights, whatever their rate; false unless given",
    )
    views: Annotated[Literal[1, 2, 6], Exactly] = absent(
        "of each image, whose logits are averaged after the last epoch (2 its mirror "
        "image too, 6 both also moved by a pixel); 1 unless given",
    )


_CHANGES: Any = {
    key: (Annotated[one.annotation, *one.metadata, None], absent(one.description))
    for key, one in Recipe.model_fields.items()
}
Changes = create_model("Changes", __base__=Settings, name=(str, absent()), **_CHANGES)


class OwnRecipe(Changes):  # type: ignore[misc, valid-type]
    """Name of a recipe, and what differs from it."""

    name: str


class WholeRecipe(Recipe):
    """A recipe with its name, as an experiment is trained."""

    name: str
