"""What a format makes of its files, before the gate that all formats share."""

from dataclasses import dataclass, field
from typing import Any

from convstudy.datasets.images import Images


@dataclass(frozen=True)
class Raw(Images):
    """Both splits as they were read; a test split of no images means that there is none.

    `said` becomes part of data/prepared/<dataset>.json, and of the report (docs/architecture.md).
    """

    said: dict[str, Any] = field(default_factory=dict)
