"""The metrics of a run: what is plausible, and what claims may be about. Imports nothing heavy."""

import math
from typing import NamedTuple


class Metric(NamedTuple):
    """What values of a metric are plausible, whether seeds can change them, and what they serve."""

    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    deterministic: bool = False  # the same for every seed: arithmetic decides, no test does
    informs: bool = False  # depends on what else the machine did: for tables, not for claims

    @property
    def has_ratio(self) -> bool:
        """Ratios need a scale that starts at zero."""
        return self.low >= 0


METRICS = {
    "test_accuracy": Metric(high=1.0),
    "train_accuracy": Metric(high=1.0),
    "train_accuracy_running": Metric(high=1.0),
    "gap": Metric(low=-1.0, high=1.0),  # train_accuracy − test_accuracy
    "test_loss": Metric(),
    "train_loss": Metric(),
    "train_seconds": Metric(informs=True),
    "evaluate_seconds": Metric(informs=True),
    "images_per_second": Metric(informs=True),
    "peak_memory_bytes": Metric(whole=True, informs=True),
    "parameters": Metric(low=1, whole=True, deterministic=True),
    "macs": Metric(low=1, whole=True, deterministic=True),
}
CLAIMABLE = tuple(name for name, metric in METRICS.items() if not metric.informs)


def fault(name: str, value: object) -> str | None:
    """What makes `value` implausible as the metric `name`, in words; None if nothing does."""
    metric = METRICS[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{name} is {value!r}, not a number"
    if not math.isfinite(value):
        return f"{name} is {value}, not finite"
    if metric.whole and value != int(value):
        return f"{name} is {value}, not a whole number"
    if not metric.low <= value <= metric.high:
        return f"{name} is {value}, outside {metric.low:g} to {metric.high:g}"
    return None
