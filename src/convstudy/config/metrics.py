"""The metrics of a run: what is plausible, and what claims may be about. Imports nothing heavy."""

import math
import sys
from typing import Any, NamedTuple

FEWEST = 3  # values that intervals and effects are shown of
_FROM_SPREAD = {"low", "high", "coverage", "effect", "superiority", "new_items"}


class Metric(NamedTuple):
    """What values of a metric are plausible, whether seeds can change them, and what they serve."""

    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    deterministic: bool = False  # the same for every seed: arithmetic decides, no test does
    informs: bool = False  # depends on what else the machine did: for tables, not for claims
    source: str = "record"  # or what it is measured from, for claims that name it
    needs: tuple[str, ...] = ()  # keys of a claim that say of what

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
    # share of the images of a class that are recognised; that share less the mean of all classes
    "recall": Metric(high=1.0, source="predictions", needs=("class",)),
    "recall_lead": Metric(low=-1.0, high=1.0, source="predictions", needs=("class",)),
    # how often two classes are taken for each other, in multiples of the average pair
    "confusion": Metric(source="predictions", needs=("class", "with")),
    # how much the test accuracy jumps about, and how losses change in the second half of training
    "roughness": Metric(high=2.0, source="history"),
    "late_test_loss": Metric(low=-math.inf, source="history"),
    "late_train_loss": Metric(low=-math.inf, source="history"),
    "activation_frequency": Metric(high=0.75, source="activations", needs=("layer",)),
    "step_seconds": Metric(source="timing"),
}
RECORDED = tuple(name for name, metric in METRICS.items() if metric.source == "record")
CLAIMABLE = tuple(name for name, metric in METRICS.items() if not metric.informs)


def fault(name: str, value: object) -> str | None:
    """What makes `value` implausible as the metric `name`, in words; None if nothing does."""
    metric = METRICS[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{name} is {value!r}, not a number"
    if not abs(value) <= sys.float_info.max:  # nan too; whole numbers of JSON know no end
        return f"{name} is {value if isinstance(value, float) else 'a huge number'}, not finite"
    if metric.whole and value != int(value):
        return f"{name} is {value}, not a whole number"
    if not metric.low <= value <= metric.high:
        return f"{name} is {value}, outside {metric.low:g} to {metric.high:g}"
    return None


def shown(record: dict[str, Any], n: int) -> dict[str, Any]:
    """A mean, difference or claim from n values, without what says nothing of so few.

    From two values a 95 % interval reaches 9 standard deviations to either side, beyond what
    accuracies can be, and effects and P(first > second) are of four pairs.
    """
    hidden = {} if n >= FEWEST else dict.fromkeys(_FROM_SPREAD & record.keys())
    return {**record, **hidden}


def shown_claim(claim: dict[str, Any]) -> dict[str, Any]:
    """The same of a decided claim, by the fewest values that any of its networks has."""
    return shown(claim, min(claim["n"].values(), default=FEWEST))


def as_shares(low: float, high: float) -> tuple[float, float]:
    """An interval of a share (accuracy, recall) without what no share can be."""
    return max(low, 0.0), min(high, 1.0)
