"""How a network is trained: a flat record with units, and the learning rate that it means."""

import math
from dataclasses import dataclass

# Shape of the one-cycle schedule, as in torch.optim.lr_scheduler.OneCycleLR.
_RISING = 0.3  # share of the steps
_START, _END = 1 / 25, 1 / 25e4  # of the highest rate
# Of the triangular one, as in airbench94 (arXiv:2404.00498).
_PEAK = 0.23  # share of the steps
_FOOT, _TAIL = 0.2, 0.07  # of the highest rate


@dataclass(frozen=True)
class Recipe:
    """See `recipes` in config.yaml. Weights, loss and evaluation are float32 in all of them."""

    optimizer: str  # adam (Kingma and Ba 2015) | adamw (decoupled decay) | sgd
    learning_rate: float  # per step; of a schedule its highest
    batch_size: int  # images
    epochs: int  # passes over the training set
    momentum: float = 0.0  # sgd only
    nesterov: bool = False  # sgd only
    weight_decay: float = 0.0  # of weights, not of biases and norms; adamw and sgd
    schedule: str = "constant"  # | one_cycle | triangular
    label_smoothing: float = 0.0  # share of the target that all classes get alike
    crop_padding: int = 0  # pixels around an image, from which a random part is taken
    flip: bool | str = False  # mirror half of the images, drawn anew | alternating: in turn
    precision: str = "float32"  # | tf32 (convolutions, on GPUs) | bf16 (autocast)
    # Later ones have no default in the schema: slices of recipes without them stay as they were.
    crop_fill: str = "black"  # what the padding shows | reflect
    norm_rate_factor: float = 1.0  # normalisations learn at so many times the rate
    decay_norms: bool = False  # by as much per step as weights, whatever their rate
    views: int = 1  # of an image, whose logits are averaged after the last epoch; 1 | 2 | 6


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The rate of a step, counted from 0, of a training of `steps`.

    one_cycle (Smith and Topin 2018, arXiv:1708.07120): along half a cosine from 1/25 of the
    highest rate up to it in the first 30 % of the steps, then along another down to almost none.
    triangular: straight from 20 % of it up, in the first 23 % of the steps, then down to 7 %.
    """
    if recipe.schedule == "constant":
        return recipe.learning_rate
    if recipe.schedule == "triangular":
        peak = int(_PEAK * steps)
        if step < peak:
            return recipe.learning_rate * (_FOOT + (1 - _FOOT) * step / peak)
        return recipe.learning_rate * (1 - (1 - _TAIL) * (step - peak) / (steps - peak))
    if recipe.schedule != "one_cycle":
        raise ValueError(f"schedule {recipe.schedule!r} has no rate here")
    top = _RISING * steps - 1
    if step <= top:
        start, end, done = _START, 1.0, step / top
    else:
        start, end, done = 1.0, _END, (step - top) / (steps - 1 - top)
    return recipe.learning_rate * (end + (start - end) / 2 * (1 + math.cos(math.pi * done)))
