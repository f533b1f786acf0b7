"""The networks of timm (extra `timm`), fitted to the images and classes of a data set."""

from typing import Any

from torch import nn

from convstudy.errors import StudyError, nearest


def build(
    shape: tuple[int, int, int], classes: int, *, name: str, weights: bool = False, **more: Any
) -> nn.Module:
    """`timm.create_model(name)` with so many classes and channels; `more` are its own arguments.

    `weights`: true for timm's trained ones, which it fetches. Raises `StudyError`
    without timm, and for a name that it does not have.
    """
    try:
        import timm
    except ModuleNotFoundError:
        raise StudyError(
            f"model.name: timm/{name} needs timm, which is not installed: pip install 'timm>=1'"
        ) from None
    if not timm.is_model(name):
        raise StudyError(f"model.name: timm has no '{name}'{nearest(name, timm.list_models())}")
    model: nn.Module = timm.create_model(
        name, pretrained=weights, num_classes=classes, in_chans=shape[0], **more
    )
    return model
