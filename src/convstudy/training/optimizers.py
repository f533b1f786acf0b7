"""The optimizer that a recipe means, its learning rate, and how products are computed."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn, optim

from convstudy.training.recipe import Recipe


class _Uncompiled:
    """Methods of optimizers without the decorators that import PyTorch's compiler.

    Nothing is compiled here, and the import takes a second of every training job. The decorated
    functions themselves are untouched.
    """

    param_groups: list[dict[str, Any]]  # of the optimizer that this is mixed into

    add_param_group = inspect.unwrap(optim.Optimizer.add_param_group)
    zero_grad = inspect.unwrap(optim.Optimizer.zero_grad)
    state_dict = inspect.unwrap(optim.Optimizer.state_dict)

    def load_state_dict(self, stored: dict[str, Any]) -> None:
        """All but the learning rates, which are set before each step, where they are now."""
        rates = [group["lr"] for group in self.param_groups]
        inspect.unwrap(optim.Optimizer.load_state_dict)(self, stored)
        for group, rate in zip(self.param_groups, rates, strict=True):
            group["lr"] = rate


class Adam(_Uncompiled, optim.Adam):
    step = torch.no_grad()(inspect.unwrap(optim.Adam.step))


class AdamW(_Uncompiled, optim.AdamW):
    step = torch.no_grad()(inspect.unwrap(optim.AdamW.step))


class SGD(_Uncompiled, optim.SGD):
    step = torch.no_grad()(inspect.unwrap(optim.SGD.step))


def make_optimizer(model: nn.Module, recipe: Recipe) -> optim.Optimizer:
    """Fused kernels: the same arithmetic in one pass over the parameters.

    On a GPU the learning rate is a tensor, so that a captured step finds it where it was.
    """
    parameters = _groups(model, recipe)
    on_gpu = next(model.parameters()).is_cuda
    rate = torch.tensor(recipe.learning_rate, device="cuda") if on_gpu else recipe.learning_rate
    if recipe.optimizer == "sgd":
        return SGD(parameters, rate, momentum=recipe.momentum, nesterov=recipe.nesterov, fused=True)
    kind: type[Adam | AdamW] = {"adam": Adam, "adamw": AdamW}[recipe.optimizer]
    # PyTorch's AdamW decays by 0.01 what says nothing of decay.
    return kind(parameters, rate, weight_decay=0.0, fused=True, capturable=on_gpu)


def _groups(model: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    """Where weights decay, biases and norms do not and are a group of their own.

    So are norms that learn at another rate or decay (scaled biases: Jordan 2024, arXiv:2404.00498).
    """
    every = [values for values in model.parameters() if values.requires_grad]
    norms = _of_norms(model) if recipe.norm_rate_factor != 1 or recipe.decay_norms else []
    apart = {id(values) for values in norms}
    every = [values for values in every if id(values) not in apart]
    groups = [_norm_group(norms, recipe)] if norms else []
    if not recipe.weight_decay:
        return [{"params": every}, *groups]
    weights = [values for values in every if values.ndim > 1]
    others = [values for values in every if values.ndim <= 1]
    return [
        {"params": weights, "weight_decay": recipe.weight_decay},
        {"params": others},
        *groups,
    ]


def _of_norms(model: nn.Module) -> list[nn.Parameter]:
    """Scales and shifts that are learned."""
    norms = [one for one in model.modules() if isinstance(one, nn.BatchNorm2d)]
    return [values for one in norms for values in one.parameters() if values.requires_grad]


def _norm_group(norms: list[nn.Parameter], recipe: Recipe) -> dict[str, Any]:
    """Decay is per step of the rate, so a rate so many times as high gets so many times less."""
    factor = recipe.norm_rate_factor
    rate = recipe.learning_rate * factor
    return {
        "params": norms,
        "lr": torch.tensor(rate, device="cuda") if norms[0].is_cuda else rate,
        "rate_factor": factor,
        "weight_decay": recipe.weight_decay / factor if recipe.decay_norms else 0.0,
    }


def set_learning_rate(optimizer: optim.Optimizer, rate: float) -> None:
    """For the next step, also of one that is captured."""
    for group in optimizer.param_groups:
        own = rate * group.get("rate_factor", 1)
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(own)
        else:
            group["lr"] = own


@contextmanager
def tensor_float_32(enabled: bool) -> Iterator[None]:
    """Convolutions in TensorFloat-32 on GPUs that have it, inside the block: PyTorch's default."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = enabled
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32 = before
