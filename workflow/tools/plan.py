"""What `make plan` runs: what a study will take, from a dry run of Snakemake and from earlier runs.

Arguments are those of the run that is asked about: `python workflow/tools/plan.py --cores 4
report.md --config scale=full`. Speeds are those of the runs below `results/`; where there is none,
a default is taken and said so.
"""

import csv
import heapq
import os
import statistics
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from convstudy.config import cost, inspected
from convstudy.errors import StudyError
from convstudy.files import read_json
from convstudy.report.provenance import grouped

from dry_run import Command, commands, counts, dry_run

_Key = TypeVar("_Key")
_Data = dict[str, Any]
_Job = tuple[_Data, _Data, inspected.Sure]
_UNUSABLE = (StudyError, KeyError, TypeError, ValueError, ZeroDivisionError)  # of a record
_TIMES_AS_FAST = {"bf16": 1.5}  # as float32; FC_MNIST 1.2, SimpleCNN 1.5, ResNet-18 1.75
_SECONDS_OF_A_JOB = 5.0  # besides training: start, imports, figures; where nothing was measured


class Speed(NamedTuple):
    """Multiply-accumulates per second of trainings, and seconds of jobs, of earlier runs."""

    of_experiment: dict[tuple[str, str], float]  # by its name and precision
    of_model: dict[tuple[str, str], float]
    all: float
    runs: int  # measured; with none, `all` is the default
    seconds: dict[str, float]  # by rule; of a training what it takes besides
    on_gpu: bool

    def of(self, experiment: str, model: str, precision: str) -> float:
        found = self.of_experiment.get((experiment, precision))
        found = found or self.of_model.get((model, precision))
        plain = self.of_model.get((model, "float32"), self.all)
        return found or plain * _TIMES_AS_FAST.get(precision, 1.0)

    def besides(self, rule: str) -> float:
        """Seconds of a job, of a training besides its work; benchmarks of figures lie together."""
        kept = "figures" if rule.startswith("draw_") else rule
        return self.seconds.get(kept, _SECONDS_OF_A_JOB)


class Training(NamedTuple):
    experiment: str
    cost: cost.Cost
    seconds: float
    disk: int  # bytes


def main(arguments: list[str]) -> int:
    every = dry_run("--forceall", "--printshellcmds", *arguments)
    ahead = dry_run("--printshellcmds", *arguments)
    for done in (every, ahead):
        if done.returncode:
            print(done.stdout, file=sys.stderr)
            return done.returncode
    jobs = commands(ahead.stdout)
    try:
        print(tell(counts(every.stdout), counts(ahead.stdout), jobs, _cores(arguments)))
        print(*_altered(commands(every.stdout)), sep="\n")
    except StudyError as error:
        print(f"make plan: {error}", file=sys.stderr)
        return 1
    return 0


def tell(every: dict[str, int], ahead: dict[str, int], jobs: list[Command], cores: int) -> str:
    """The plan in words."""
    speed = measured(Path("results"))
    data = {one.options["--description"]: one.slice for one in jobs if one.name == "prepare"}
    asked = [one for one in jobs if one.name == "train"]
    jobs_on = _on_images(asked, data)
    counted = inspected.inspect(jobs_on)
    trainings = [_training(one, jobs_on, counted, speed) for one in asked]
    aside = sum(count * speed.besides(rule) for rule, count in ahead.items() if rule != "train")
    wall = makespan([one.seconds for one in trainings], cores) + aside / cores
    lines = ["| rule | to do | there |", "|---|---:|---:|"]
    lines += [
        f"| {rule} | {ahead.get(rule, 0)} | {n - ahead.get(rule, 0)} |" for rule, n in every.items()
    ]
    lines += ["", f"Wall time: about {_duration(wall)} with {cores} core{'s' * (cores > 1)}."]
    if trainings:
        lines += [_said_of(speed, trainings, ahead)]
        lines += [_network(name, one, trainings) for name, one in counted.items()]
    lines += [f"Disk: {_size(sum(one.disk for one in trainings))} of runs."]
    if ahead.get("fetch"):
        pixels = sum(_bytes(cost.expected_data(_dataset(one))) for one in data.values())
        lines += [f"Downloads: {ahead['fetch']} files, at most {_size(pixels)}."]
    return "\n".join(lines)


def _altered(jobs: list[Command]) -> Iterator[str]:
    """What the scale changed and images left out, as keys of the config; from the report's job."""
    for one in jobs:
        if one.name != "report":
            continue
        study = one.slice["report"]
        changed = [experiment for experiment in study["experiments"] if experiment["changed"]]
        if changed:
            yield f"\nChanged by the scale {study['scale']}, and images where not all are used:"
        for ways, experiments in grouped(changed, lambda experiment: experiment["changed"]):
            names = ", ".join(experiment["name"] for experiment in experiments)
            yield f"- {names}: {'; '.join(map(_way, ways))}"


def _way(one: dict[str, Any]) -> str:
    original = "" if one["there"] is None else f" in place of {one['there']}"
    return f"{one['what']} {one['here']}{original}"


def measured(results: Path) -> Speed:
    """Medians over all runs below `results`, of every scale."""
    by_experiment: dict[tuple[str, str], list[float]] = {}
    by_model: dict[tuple[str, str], list[float]] = {}
    seconds: dict[str, list[float]] = {}
    devices = set()
    for path in results.glob("*/runs/*/seed*/metrics.json"):
        with suppress(*_UNUSABLE):
            one = read_json(path)
            factors = [one[name] for name in ("macs", "epochs", "train_images", "test_images")]
            factors.append(one["slice"]["recipe"].get("views", 1))
            rate = cost.work(*factors) / _accounted(one)
            experiment, model = one["experiment"], one["slice"]["model"]["name"]
            precision = one["environment"]["precision"]
            devices.add(one["environment"]["device"])
            by_experiment.setdefault((experiment, precision), []).append(rate)
            by_model.setdefault((model, precision), []).append(rate)
    for scale in results.glob("*"):
        for path in scale.glob("benchmarks/**/*.tsv"):
            with suppress(*_UNUSABLE):
                rule, taken = _besides(scale, path)
                seconds.setdefault(rule, []).append(taken)
    rates = [rate for found in by_experiment.values() for rate in found]
    return Speed(
        _medians(by_experiment),
        _medians(by_model),
        statistics.median(rates) if rates else cost.WORK_PER_SECOND,
        len(rates),
        _medians(seconds),
        bool(devices - {"cpu"}),
    )


def makespan(seconds: Iterable[float], cores: int) -> float:
    """Seconds until all are done, each taken by the first core that is free, long ones first."""
    free = [0.0] * cores
    for one in sorted(seconds, reverse=True):
        heapq.heapreplace(free, free[0] + one)
    return max(free)


def _besides(scale: Path, benchmark: Path) -> tuple[str, float]:
    """Rule and seconds of a job; of a training those that its record does not account for."""
    rule, *run = benchmark.relative_to(scale / "benchmarks").with_suffix("").parts
    with benchmark.open(newline="") as file:
        (row,) = csv.DictReader(file, delimiter="\t")
    taken = float(row["s"])
    if rule == "train":
        taken -= _accounted(read_json(scale.joinpath("runs", *run, "metrics.json")))
    return rule, max(0.0, taken)


def _accounted(record: dict[str, Any]) -> float:
    return float(record["train_seconds"] + record["evaluate_seconds"])


def _on_images(trainings: Iterable[Command], preparations: dict[str, _Data]) -> dict[str, _Job]:
    """Of each experiment its slice, its images, and how sure these are."""
    datasets = {path: _dataset(one) for path, one in preparations.items()}
    found = {}
    for one in trainings:
        path = one.options["--description"]
        images, sure = inspected.images_of(Path(path), datasets.get(path))
        found[one.options["--experiment"]] = one.slice, images, sure
    return found


def _training(
    one: Command,
    jobs_on: dict[str, _Job],
    counted: dict[str, cost.Layer],
    speed: Speed,
) -> Training:
    experiment, network = one.options["--experiment"], one.slice["model"]["name"]
    _, known, _ = jobs_on[experiment]
    expected = cost.of_experiment(one.slice, known, counted.get(experiment))
    rate = speed.of(experiment, network, one.slice["recipe"]["precision"])
    seconds = expected.work / rate + speed.besides("train")
    # Weights; until the study is done, a state with the optimizer's two more; half-precision
    # logits, a prediction and a label of each test image.
    predictions = known["test_images"] * (2 * known["classes"] + 16)
    return Training(experiment, expected, seconds, 16 * expected.parameters + predictions)


def _dataset(preparation: dict[str, Any]) -> dict[str, Any]:
    """As the config has it, from the slice of its preparation."""
    found = {"format": preparation["format"], "colour": True, **preparation["options"]}
    return found | ({"generator": preparation["generator"]} if preparation["generator"] else {})


def _said_of(speed: Speed, trainings: Sequence[Training], ahead: dict[str, int]) -> str:
    seconds = sum(one.seconds for one in trainings)
    seconds += ahead.get("activations", 0) * speed.besides("activations")
    what = "GPU hours" if speed.on_gpu else "hours of one core each"
    work = sum(one.cost.work for one in trainings)
    if speed.runs:
        source = f"as in {speed.runs} earlier runs below results/"
    else:
        source = f"at {speed.all / 1e9:.0f} GMAC/s, a default: nothing was trained here yet"
    return f"Training: {seconds / 3600:.2f} {what} for {work / 1e15:.3g} PMAC, {source}."


def _network(experiment: str, network: cost.Layer, trainings: Sequence[Training]) -> str:
    (asked,) = {one.cost.memory_mb(1) for one in trainings if one.experiment == experiment}
    return (
        f"- {experiment}: {network.parameters:,} parameters, {network.macs / 1e6:,.1f} million "
        f"multiply-accumulates an image, {_size(asked * 1_000_000)} of memory."
    )


def _cores(arguments: list[str]) -> int:
    """As Snakemake is told: a number, or all that this process may use."""
    asked = arguments[arguments.index("--cores") + 1] if "--cores" in arguments else "all"
    return len(os.sched_getaffinity(0)) if asked == "all" else int(asked)


def _medians(found: dict[_Key, list[float]]) -> dict[_Key, float]:
    return {name: statistics.median(values) for name, values in found.items()}


def _bytes(data: dict[str, Any]) -> int:
    channels, height, width = data["shape"]
    return int(channels * height * width * (data["train_images"] + data["test_images"]))


def _duration(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.1f} min"


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
