"""`convstudy check-layer`: one custom layer against an independent reference → JSON.

The file: `layer`, `title`, `formula`, `source`, `arguments` (of the layer, for the cost),
`input_shape` and `output_shape` [C, H, W], `parameters` and `macs` of one such input (null if the
layer cannot be run), `passed` (all checks), `checks`: a list of {`check`, `passed`, `detail`,
`value`, `limit`}; `value` and `limit` are null where a check measures nothing. A failed check does
not fail the command: the report shows it.
"""

import argparse
import logging
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import gradcheck
from torch.func import functional_call

from convstudy.evaluation.layer_references import Case, Reference, case_of, output_of
from convstudy.gettext_noop import N_
from convstudy.layers import class_of
from convstudy.models.cost import macs, parameters
from convstudy.sealed import write_sealed

log = logging.getLogger(__name__)

_CHANNELS = 8  # of the numerical checks: few, as gradcheck is quadratic
_COSTED = (64, 32, 32)  # the input whose cost is stated: the first stage of ResNet-18
_EVEN = ((1, _CHANNELS, 8, 8), (3, _CHANNELS, 6, 10))
_ODD = ((2, _CHANNELS, 7, 5), (1, _CHANNELS, 9, 9), (2, _CHANNELS, 5, 8))
# Rounding of float64 and float32 over the few hundred terms that any output here sums, with room.
_LIMITS = {torch.float64: 1e-12, torch.float32: 1e-5}


@dataclass(frozen=True)
class Finding:
    """Outcome of one check; `value` must not exceed `limit` where there is one."""

    passed: bool
    detail: str
    value: float | None = None
    limit: float | None = None


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy check-layer", description=__doc__)
    parser.add_argument("--layer", required=True, help="as in config.yaml: sections.*.layers")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(argv)
    torch.set_num_threads(1)
    write_sealed(options.output, check(options.layer))


def check(name: str) -> dict[str, Any]:
    """Run all checks of the layer `name`; what is returned is described at the top of the file.

    The same numbers at each call. Raises `StudyError` for an unknown layer.
    """
    made, case = class_of(name), case_of(name)
    found = [_recorded(label, run) for label, run in _checks(made, case)]
    cost: tuple[int | None, int | None] = (None, None)
    with suppress(Exception):  # recorded by the check of the cost
        cost = _cost(made, case)
    return {
        "layer": name,
        "title": case.title,
        "formula": case.formula,
        "source": case.source,
        "arguments": case.arguments(_COSTED[0]),
        "input_shape": list(_COSTED),
        "output_shape": list(output_of(made, case, _COSTED)),
        "parameters": cost[0],
        "macs": cost[1],
        "passed": all(one["passed"] for one in found),
        "checks": found,
    }


def _checks(made: type[nn.Module], case: Case) -> Iterator[tuple[str, Callable[[], Finding]]]:
    for label, reference in case.references.items():
        for dtype in _LIMITS:
            yield f"{label}, {_name(dtype)}", partial(_agrees, made, case, reference, dtype)
    if case.references:
        yield N_("large values"), partial(_large_values, made, case)
    yield N_("gradcheck") + ", float64", partial(_gradients, made, case)
    yield N_("gradients at zero"), partial(_gradients_at_zero, made, case)
    if case.output:
        yield N_("output shapes"), partial(_shapes, made, case, _EVEN)
        yield N_("odd sizes"), partial(_shapes, made, case, _ODD)
    yield N_("channels_last"), partial(_channels_last, made, case)
    yield N_("empty batch"), partial(_empty_batch, made, case)
    if case.cost:
        yield N_("cost"), partial(_expected_cost, made, case)


def _recorded(label: str, run: Callable[[], Finding]) -> dict[str, Any]:
    """Run a check, from the same random numbers each time; an exception is a failed check."""
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            finding = run()
    except Exception as error:
        log.exception("%s", label)
        first = str(error).strip().split("\n")[0]
        finding = Finding(False, f"{type(error).__name__}: {first}")
    log.info("%s: %s (%s)", label, "passed" if finding.passed else "FAILED", finding.detail)
    return {"check": label, **asdict(finding)}


def _layer(made: type[nn.Module], case: Case, dtype: torch.dtype = torch.float64) -> nn.Module:
    return made(**case.arguments(_CHANNELS)).to(dtype)


def _maps(shape: tuple[int, ...], dtype: torch.dtype = torch.float64) -> Tensor:
    return 3 * torch.randn(shape, dtype=dtype)


def _reference(reference: Reference, layer: nn.Module, maps: Tensor) -> Tensor:
    weights = {name: value.double().numpy() for name, value in layer.state_dict().items()}
    return torch.from_numpy(reference(weights, maps.double().numpy()))


def _difference(given: Tensor, wanted: Tensor) -> float:
    """Largest difference; relative to the wanted value where that is above 1."""
    if given.shape != wanted.shape:
        raise ValueError(f"gives {_times(given.shape)}, not {_times(wanted.shape)}")
    return float(((given.double() - wanted).abs() / wanted.abs().clamp(min=1)).max())


def _largest(values: list[float]) -> float:
    """NaN if any is: `max` would pass over it."""
    return math.nan if any(math.isnan(value) for value in values) else max(values)


def _measured(value: float, limit: float, detail: str) -> Finding:
    if not math.isfinite(value):
        return Finding(False, f"{detail}; the layer gives values that are not finite", None, limit)
    return Finding(value <= limit, detail, value, limit)


@torch.no_grad()
def _agrees(made: type[nn.Module], case: Case, reference: Reference, dtype: torch.dtype) -> Finding:
    layer = _layer(made, case, dtype)
    differences = []
    for shape in _EVEN + _ODD:
        maps = _maps(shape, dtype)
        answer = layer(maps)
        if answer.dtype != dtype:
            raise ValueError(f"gives {_name(answer.dtype)} for {_name(dtype)}")
        differences.append(_difference(answer, _reference(reference, layer, maps)))
    detail = f"largest difference over {len(differences)} shapes"
    return _measured(_largest(differences), _LIMITS[dtype], detail)


@torch.no_grad()
def _large_values(made: type[nn.Module], case: Case) -> Finding:
    """A careless sigmoid overflows at exp(1000)."""
    layer, maps = _layer(made, case), 1000 * _maps(_ODD[0]).sign()
    wanted = _reference(next(iter(case.references.values())), layer, maps)
    return _measured(_difference(layer(maps), wanted), _LIMITS[torch.float64], "inputs of ±1000")


def _gradients(made: type[nn.Module], case: Case) -> Finding:
    """`gradcheck` raises where a derivative and the quotient of differences disagree."""
    layer = _layer(made, case)
    names = [name for name, _ in layer.named_parameters()]

    def run(maps: Tensor, *values: Tensor) -> Tensor:
        weights = dict(zip(names, values, strict=True))
        answer: Tensor = functional_call(layer, weights, (maps,))
        return answer

    maps = torch.randn((2, _CHANNELS, 5, 4), dtype=torch.float64, requires_grad=True)
    gradcheck(run, (maps, *layer.parameters()), eps=1e-6, atol=1e-6, rtol=1e-5)
    by = ", ".join(["the input", *names])
    return Finding(True, f"derivatives by {by} against differences")


def _gradients_at_zero(made: type[nn.Module], case: Case) -> Finding:
    """Roots and quotients are where a derivative becomes infinite: black images are common."""
    maps = torch.zeros(_EVEN[0], dtype=torch.float64, requires_grad=True)
    _layer(made, case)(maps).sum().backward()
    assert maps.grad is not None
    finite = bool(maps.grad.isfinite().all())
    return Finding(finite, f"derivatives at an input of zeros are {'' if finite else 'not '}finite")


def _shapes(made: type[nn.Module], case: Case, shapes: tuple[tuple[int, ...], ...]) -> Finding:
    layer = _layer(made, case)
    told, right = [], True
    assert case.output
    for number, *image in shapes:
        given = tuple(layer(_maps((number, *image))).shape)
        wanted = (number, *case.output(*image))
        right &= given == wanted
        told.append(f"{_times((number, *image))} → {_times(given)}")
        if given != wanted:
            told[-1] += f" instead of {_times(wanted)}"
    return Finding(right, "; ".join(told))


def _channels_last(made: type[nn.Module], case: Case) -> Finding:
    layer = _layer(made, case)
    maps = _maps(_ODD[0])
    with torch.no_grad():
        wanted = layer(maps)
        given = layer(maps.contiguous(memory_format=torch.channels_last))
    kept = given.is_contiguous(memory_format=torch.channels_last)
    detail = f"same values; memory format {'kept' if kept else 'not kept'}"
    return _measured(_difference(given, wanted), _LIMITS[torch.float64], detail)


def _empty_batch(made: type[nn.Module], case: Case) -> Finding:
    maps = torch.zeros((0, _CHANNELS, 6, 6), dtype=torch.float64, requires_grad=True)
    answer = _layer(made, case)(maps)
    answer.sum().backward()
    wanted = (0, *case.output(_CHANNELS, 6, 6)) if case.output else (0, *answer.shape[1:])
    detail = f"{_times(maps.shape)} → {_times(answer.shape)}, forward and backward"
    return Finding(tuple(answer.shape) == wanted, detail)


def _cost(made: type[nn.Module], case: Case) -> tuple[int, int]:
    with torch.device("meta"):  # no weights are drawn: counting needs none
        layer = made(**case.arguments(_COSTED[0]))
    return parameters(layer), macs(layer, _COSTED)


def _expected_cost(made: type[nn.Module], case: Case) -> Finding:
    given = _cost(made, case)
    assert case.cost
    wanted = case.cost(*_COSTED)
    detail = "{:,} parameters, {:,} MACs".format(*given)
    if given != wanted:
        detail += " instead of {:,} and {:,}".format(*wanted)
    return Finding(given == wanted, detail)


def _times(shape: Any) -> str:
    return "×".join(str(size) for size in shape)


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
