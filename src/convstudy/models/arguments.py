"""What several networks take; the config is checked against these bounds (`config.networks`)."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Ge, Gt, Le, Len, Lt

Count = Annotated[int, Ge(1), Le(65536)]
Widths = Annotated[Sequence[Count], Len(1, 16)]
Share = Annotated[float, Ge(0), Lt(1)]

__all__ = ["Count", "Ge", "Gt", "Le", "Len", "Lt", "Share", "Widths"]
