"""What verification found: faults, and what each part of a study was held against."""

from argparse import Namespace
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from convstudy.report.words import ranges


@dataclass
class Findings:
    faults: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # computed or made again
    digests: list[str] = field(default_factory=list)  # compared with a checksum on record
    open: list[str] = field(default_factory=list)  # neither

    def spelt(self) -> str:
        """What was done, for the screen."""
        parts = {
            "Computed again, and the same": self.again,
            "Compared with a checksum on record, not computed again": self.digests,
            "Not checked": self.open,
        }
        return "\n".join(
            "\n  - ".join([f"{head}:", *lines]) for head, lines in parts.items() if lines
        )


def say_what_is_not_used(folder: Path, runs: dict[str, Any], found: Findings) -> None:
    """Finished runs that lie there and that the report is not about: somebody may have chosen."""
    left: dict[str, list[str]] = {}
    for record in folder.glob("*/seed*/metrics.json"):
        name, seed = record.parent.parent.name, record.parent.name.removeprefix("seed")
        if seed.isdecimal() and int(seed) not in runs.get(name, {}).get("seeds", ()):
            left.setdefault(name, []).append(seed)
    if left:
        said = "; ".join(f"{name}, seeds {ranges(seeds)}" for name, seeds in sorted(left.items()))
        count = sum(map(len, left.values()))
        found.open.append(f"{count} finished runs in {folder} that the report does not use: {said}")


def say_what_records_vouch_for(runs: int, study: dict[str, Any], found: Findings) -> None:
    found.again.append(f"config, code, fields and files of {runs} runs, by each other")
    found.digests += [
        "of each run: times, memory, learning curves, environment (seal of metrics.json)",
        f"{len(study['files'])} files that the report was made from (report.json)",
    ]
    if "timing.json" in study["files"]:
        found.digests.append("timing.json: times cannot be measured again to the same numbers")


def say_what_tables_follow(options: Namespace, found: Findings) -> None:
    if not options.sample:
        made = "summary, histories, comparisons, claims, errors"
        found.again.append(f"{made}, from the runs")
        return
    found.again.append("summary and histories, from the runs")
    found.digests.append("comparisons, claims, errors (report.json)")
    found.digests.append("figures of activations and mistakes, frequencies (report.json)")
    found.open.append("networks, predictions and images: a sample does not have them")


def say_what_networks_gave(ran: list[Any], options: Namespace, found: Findings) -> None:
    least, most = min(run.images for run in ran), max(run.images for run in ran)
    count = f"{least}" if least == most else f"{least} to {most}"
    found.again.append(
        f"parameters, MACs and classes of {len(ran)} networks; their logits of {count} test images"
    )
    elsewhere = sum(not run.exact for run in ran)
    if elsewhere:
        found.open.append(
            f"the last bits of {elsewhere} networks: they were trained on another machine, number "
            "of threads or version of PyTorch, so values were compared up to rounding"
        )
    if options.thorough:
        found.again.append("accuracy and loss on the whole training set, from the weights")
    else:
        found.digests.append(
            "accuracy and loss on the training set, and the other test images' logits "
            "(--thorough computes them)"
        )
    found.open.append("that the weights come from the training that is on record: train again")
