"""The metrics of a run: their units, what is plausible, what claims may be about. Stays light."""

import math
import sys
from typing import Any, NamedTuple

from convstudy.gettext_noop import N_

FEWEST = 3  # values that intervals and effects are shown of
_FROM_SPREAD = {"low", "high", "coverage", "effect", "superiority", "new_items", "one_more"}


class Metric(NamedTuple):
    """What a metric is called and written in, which values are plausible, and what they serve."""

    quantity: str = ""  # in a sentence, of those that claims may be about
    low: float = 0.0
    high: float = math.inf
    factor: float = 1.0  # as written; 100 for fractions, which are in percent or points
    places: int = 4  # decimals
    unit: str = "%(value)s"  # of what is no fraction
    axis: str = N_("loss")  # the same, on an axis
    whole: bool = False
    deterministic: bool = False  # the same for every seed: arithmetic decides, no test does
    informs: bool = False  # depends on what else the machine did: for tables, not for claims
    source: str = "record"  # or what it is measured from, for claims that name it
    needs: tuple[str, ...] = ()  # keys of a claim that say of what

    @property
    def has_ratio(self) -> bool:
        """Ratios need a scale that starts at zero."""
        return self.low >= 0

    @property
    def is_share(self) -> bool:
        """Whether values, not differences, are in percent."""
        return self.factor == 100 and (self.low, self.high) == (0, 1)


PLACES = 2  # decimals of percent and points, wherever text has them
_FRACTION: Any = {"high": 1.0, "factor": 100.0, "places": PLACES}
_COUNT: Any = {"low": 1, "places": 0, "whole": True, "deterministic": True}
_OF_CLASS: Any = {**_FRACTION, "source": "predictions", "needs": ("class",)}
_OF_CURVES: Any = {"low": -math.inf, "source": "history"}
METRICS = {
    "test_accuracy": Metric(N_("test accuracy"), **_FRACTION),
    "train_accuracy": Metric(N_("training accuracy"), **_FRACTION),
    "train_accuracy_running": Metric(N_("training accuracy in training mode"), **_FRACTION),
    # train_accuracy − test_accuracy
    "gap": Metric(N_("gap between training and test accuracy"), low=-1.0, **_FRACTION),
    "test_loss": Metric(N_("test loss")),
    "train_loss": Metric(N_("training loss")),
    "train_seconds": Metric(informs=True),
    "evaluate_seconds": Metric(informs=True),
    "images_per_second": Metric(informs=True),
    "peak_memory_bytes": Metric(whole=True, informs=True),
    "parameters": Metric(N_("number of parameters"), axis=N_("difference of parameters"), **_COUNT),
    "macs": Metric(
        N_("number of multiply-accumulates per image"), axis=N_("difference of MACs"), **_COUNT
    ),
    # share of the images of a class that are recognised; that share less the mean of all classes
    "recall": Metric(N_("recall of class %(class)s"), **_OF_CLASS),
    "recall_lead": Metric(
        N_("lead of class %(class)s over the mean recall"), low=-1.0, **_OF_CLASS
    ),
    # how often two classes are taken for each other, in multiples of the average pair
    "confusion": Metric(
        N_("%(class)s/%(with)s confusion"),
        unit=N_("%(value)s times the average pair"),
        axis=N_("confusion, times the average pair of classes"),
        places=2,
        source="predictions",
        needs=("class", "with"),
    ),
    # how much the test accuracy jumps about, and how losses change in the second half of training
    "roughness": Metric(
        N_("epoch-to-epoch roughness of the test accuracy"),
        **{**_FRACTION, "high": 2.0, "source": "history"},
    ),
    "late_test_loss": Metric(
        N_("change of the test loss in the second half of the training"), **_OF_CURVES
    ),
    "late_train_loss": Metric(
        N_("change of the training loss in the second half of the training"), **_OF_CURVES
    ),
    "activation_frequency": Metric(
        N_("spatial frequency of the maps (%(layer)s)"),
        unit=N_("%(value)s cycles per pixel"),
        axis=N_("spatial frequency, cycles per pixel (trend: per step)"),
        high=0.75,
        source="activations",
        needs=("layer",),
    ),
    "step_seconds": Metric(
        N_("time per training step"),
        unit=N_("%(value)s s"),
        axis=N_("seconds per training step"),
        source="timing",
    ),
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


def with_seeds_enough(record: dict[str, Any], n: int) -> dict[str, Any]:
    """A mean, difference or claim from n values, without what says nothing of so few.

    From two values a 95 % interval reaches 9 standard deviations to either side, beyond what
    accuracies can be, and effects and P(first > second) are of four pairs.
    """
    hidden = {} if n >= FEWEST else dict.fromkeys(_FROM_SPREAD & record.keys())
    return {**record, **hidden}


def claim_with_seeds_enough(claim: dict[str, Any]) -> dict[str, Any]:
    """The same of a decided claim, by the fewest values that any of its networks has."""
    return with_seeds_enough(claim, min(claim["n"].values(), default=FEWEST))


def as_shares(low: float, high: float) -> tuple[float, float]:
    """An interval of a share (accuracy, recall) without what no share can be."""
    return max(low, 0.0), min(high, 1.0)
