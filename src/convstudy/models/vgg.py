"""Plain deep networks in the manner of VGG (Simonyan and Zisserman 2015, arXiv:1409.1556).

With batch normalisation, as the published study has them; the biases of the convolutions, which it
makes redundant, are kept for that study's sake.
"""

from collections.abc import Sequence
from typing import Annotated

from torch import Tensor, nn

from convstudy.errors import StudyError
from convstudy.models.arguments import Len, Widths


def build(
    shape: tuple[int, int, int], classes: int, *, stages: Annotated[Sequence[Widths], Len(1, 8)]
) -> nn.Module:
    """See `VGG`. Raises `StudyError` for pools that leave no pixel."""
    channels, height, width = shape
    if min(height, width) < 2 ** len(stages):
        raise StudyError(
            f"model.stages: {len(stages)} pools leave nothing of images of {height}×{width} "
            f"pixels. Give fewer stages, or images of at least {2 ** len(stages)} pixels."
        )
    return VGG(channels, (height, width), classes, stages)


class VGG(nn.Module):
    """Per stage: [conv 3×3 → norm → ReLU] per width, max pool 2×2; then linear: → (N, classes)."""

    def __init__(
        self, depth: int, size: tuple[int, int], classes: int, stages: Sequence[Sequence[int]]
    ) -> None:
        super().__init__()
        height, width = size
        made: list[nn.Module] = []
        for widths in stages:
            stage: list[nn.Module] = []
            for maps in widths:
                # (N, maps, H, W)
                stage += [
                    nn.Conv2d(depth, maps, 3, padding=1),
                    nn.BatchNorm2d(maps),
                    nn.ReLU(inplace=True),
                ]
                depth = maps
            # The pool before the last ReLU: the same bits (see SimpleCNN), a quarter of the values.
            stage.insert(-1, nn.MaxPool2d(2))  # (N, maps, H/2, W/2)
            made.append(nn.Sequential(*stage))
            height, width = height // 2, width // 2
        self.stages = nn.Sequential(*made)
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(depth * height * width, classes))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.classifier(self.stages(images))
        return logits
