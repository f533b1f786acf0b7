"""The classification networks of torchvision, fitted to the images and classes of a data set."""

from typing import Any

from torch import nn

from convstudy.errors import StudyError, nearest


def build(
    shape: tuple[int, int, int], classes: int, *, name: str, weights: str | None = None, **more: Any
) -> nn.Module:
    """`torchvision.models.<name>` with so many classes; `more` are its own keyword arguments.

    `weights`: torchvision's name of trained weights (`DEFAULT`), which it fetches; the last layer
    is then a new one. Images that are not of three channels get
    another first convolution. Raises `StudyError` for a name that torchvision does not have.
    """
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        raise StudyError(f"model.name: torchvision has no network '{name}'{nearest(name, known)}")
    if name.startswith("vit_"):
        more = {"image_size": shape[1], **more}
        if shape[1] != shape[2] or shape[1] % int(name.rpartition("_")[2]):
            raise StudyError(
                f"model.name: torchvision/{name} cuts square images into patches of "
                f"{name.rpartition('_')[2]} pixels; these have {shape[1]}×{shape[2]}"
            )
    if name in ("googlenet", "inception_v3"):
        more = {"aux_logits": False, "init_weights": True, **more}
    if weights is None:
        model = models.get_model(name, weights=None, num_classes=classes, **more)
    else:
        model = models.get_model(name, weights=_weights(name, weights), **more)
        _replace_last(model, classes)
    if shape[0] != 3:
        _replace_first(model, shape[0])
    fitted: nn.Module = model
    return fitted


def _weights(name: str, weights: str) -> Any:
    from torchvision import models

    try:
        return models.get_model_weights(name)[weights]
    except KeyError:
        known = list(models.get_model_weights(name).__members__)
        raise StudyError(
            f"model.weights: torchvision/{name} has no '{weights}'{nearest(weights, known)}"
        ) from None


def _replace_first(model: nn.Module, channels: int) -> None:
    """Let the first convolution take images of so many channels."""
    for parent in model.modules():
        for name, one in parent.named_children():
            if isinstance(one, nn.Conv2d):
                made = nn.Conv2d(
                    channels,
                    one.out_channels,
                    one.kernel_size,  # type: ignore[arg-type]
                    one.stride,  # type: ignore[arg-type]
                    one.padding,  # type: ignore[arg-type]
                    bias=one.bias is not None,
                )
                setattr(parent, name, made)
                return


def _replace_last(model: nn.Module, classes: int) -> None:
    """Give the classifier so many classes."""
    found = [
        (parent, name, one)
        for parent in model.modules()
        for name, one in parent.named_children()
        if isinstance(one, nn.Linear | nn.Conv2d)
    ]
    parent, name, one = found[-1]
    if isinstance(one, nn.Linear):
        setattr(parent, name, nn.Linear(one.in_features, classes, bias=one.bias is not None))
    else:
        setattr(parent, name, nn.Conv2d(one.in_channels, classes, 1, bias=one.bias is not None))
