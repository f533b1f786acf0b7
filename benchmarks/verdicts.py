"""Known truths, many invented studies: how often do verdicts err, and intervals miss?

    python benchmarks/verdicts.py --studies 2000 --output docs/benchmarks/verdicts

Writes verdicts.json and verdicts.md. Nothing is trained: accuracies are drawn from normal
distributions (and from skewed ones), right answers from a model of seeds and images.
"""

import argparse
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from looking_again import AGAIN, CLASSES, DISTANCES, POLICIES, looking_again, without_integrals

from convstudy.config.claim_kinds import slope
from convstudy.files import write_json, write_text
from convstudy.statistics.claims import decide
from convstudy.statistics.image_noise import two_way
from convstudy.statistics.intervals import linear, one_sample, welch
from convstudy.statistics.summary import Runs

SEEDS = (3, 5, 10)
SPREADS = {"a": 0.003, "b": 0.003, "better": 0.003, "wide": 0.009}
MEANS = {"a": 0.9, "b": 0.9, "better": 0.91, "wide": 0.9}

# None of them is true; most are false by nothing: the truth is the bound itself, the hardest case.
FALSE = {
    "no better": {"kind": "greater", "of": "a", "than": "b"},
    "no better, other spread": {"kind": "greater", "of": "wide", "than": "a"},
    "not by that much": {"kind": "greater", "of": "better", "than": "a", "margin": 0.01},
    "not equivalent": {"kind": "equivalent", "of": "better", "than": "b", "margin": 0.01},
    "not above": {"kind": "above", "of": "a", "threshold": 0.9},
    "not below": {"kind": "below", "of": "better", "threshold": 0.9},
    "not that ratio": {"kind": "ratio", "of": "better", "than": "b", "factor": 0.91 / 0.9},
    "no trend": {"kind": "trend", "across": ["a", "wide", "b"], "direction": "falling"},
}
# And all of these are, again by nothing.
TRUE = {
    "no worse": {"kind": "greater", "of": "b", "than": "a"},
    "equivalent": {"kind": "equivalent", "of": "a", "than": "b", "margin": 0.002},
    "rising": {"kind": "trend", "across": ["a", "b", "better"], "direction": "rising"},
}
WRONG = {"supported": FALSE, "contradicted": TRUE}

Draw = Callable[[np.random.Generator, float, float, int], np.ndarray]


def normal(random: np.random.Generator, mean: float, spread: float, seeds: int) -> np.ndarray:
    return random.normal(mean, spread, seeds)


def skewed(random: np.random.Generator, mean: float, spread: float, seeds: int) -> np.ndarray:
    """A long tail to the left, as where single seeds train badly: gamma, skewness −1."""
    return mean + spread * (2 - random.gamma(4.0, 0.5, seeds))


def errors(verdict: str, draw: Draw, seeds: int, studies: int) -> float:
    """Share of studies in which any claim gets this verdict, wrong for all of them."""
    random = np.random.default_rng(1)
    common = {"section": "s", "metric": "test_accuracy"}
    claims = {name: common | claim for name, claim in WRONG[verdict].items()}
    found = 0
    for _ in range(studies):
        summary = {}
        for name, mean in MEANS.items():
            values = draw(random, mean, SPREADS[name], seeds).tolist()
            summary[name] = Runs(list(range(seeds)), {"test_accuracy": values})
        rows = decide(claims, summary, 2)["claims"].values()
        found += verdict in {row["verdict"] for row in rows}
    return found / studies


def coverage(kind: str, seeds: int, studies: int) -> float:
    """Share of 95 % intervals that hold the truth."""
    random = np.random.default_rng(2)
    held = 0
    for _ in range(studies):
        contrast, truth = COVERED[kind](random, seeds)
        low, high = contrast.interval()
        held += low <= truth <= high
    return held / studies


COVERED = {
    "mean": lambda random, n: (one_sample(random.normal(1, 1, n)), 1.0),
    "difference": lambda random, n: (welch(random.normal(1, 1, n), random.normal(0, 1, n)), 1.0),
    "difference, spreads 1 : 3": lambda random, n: (
        welch(random.normal(1, 1, n), random.normal(0, 3, n)),
        1.0,
    ),
    "trend": lambda random, n: (
        linear([random.normal(mean, 1, n) for mean in (1, 0, 0)], slope(3)),
        -0.5,
    ),
    "new seeds and images": lambda random, n: (two_way(_rights(random, n), [1.0, -1.0]), 0.02),
}


def _rights(random: np.random.Generator, seeds: int, images: int = 500) -> list[np.ndarray]:
    """Two networks, the first better by 0.02, on the same images, easy and hard ones."""
    easy = random.uniform(-0.1, 0.1, images)
    found = []
    for accuracy in (0.87, 0.85):
        chance = accuracy + easy + random.normal(0, 0.005, (seeds, 1))
        found.append(random.random((seeds, images)) < chance)
    return found


def tabulate(studies: int) -> dict[str, Any]:
    return {
        "studies": studies,
        "errors": {
            f"{verdict} though {'false' if verdict == 'supported' else 'true'}, {draw.__name__}": {
                n: errors(verdict, draw, n, studies) for n in SEEDS
            }
            for verdict in WRONG
            for draw in (normal, skewed)
        },
        "looking again": {
            policy: {kind: looking_again(policy, kind, 0.0, studies) for kind in AGAIN}
            for policy in POLICIES
        },
        "price": {
            policy: {
                distance: looking_again(policy, "greater", distance, studies)
                for distance in DISTANCES
            }
            for policy in POLICIES
        },
        "coverage": {kind: {n: coverage(kind, n, studies) for n in SEEDS} for kind in COVERED},
    }


def page(found: dict[str, Any]) -> str:
    """The table as Markdown."""
    studies = found["studies"]
    lines = [
        "# How often verdicts err",
        "",
        f"`python benchmarks/verdicts.py --studies {studies}`: {studies:,} invented studies per"
        f" cell; a rate of 5 % comes out within ± {_noise(studies):.1f} points of it.",
        "",
        "| share of studies, % | " + " | ".join(f"n = {n}" for n in SEEDS) + " |",
        "|---|" + "---:|" * len(SEEDS),
    ]
    for part, words in (("errors", "any claim "), ("coverage", "95 % interval holds the truth: ")):
        for name, shares in found[part].items():
            cells = " | ".join(f"{100 * share:.1f}" for share in shares.values())
            lines.append(f"| {words}{name} | {cells} |")
    lines += ["", *_page_of_looks(found["looking again"], found["price"])]
    return "\n".join(lines) + "\n"


def _noise(studies: int) -> float:
    """Half of the 95 % interval of a rate of 5 % among so many, in points."""
    return float(100 * 1.96 * (0.05 * 0.95 / studies) ** 0.5)


def _page_of_looks(wrong: dict[str, Any], price: dict[str, Any]) -> list[str]:
    lines = [
        "## Looking again",
        "",
        "One claim, five seeds of each network at the first look, more until it is decided. Share"
        " of studies with a verdict, %, where the truth is the bound itself, so that each is"
        " wrong:",
        "",
        "| seeds are added | " + " | ".join(AGAIN) + " |",
        "|---|" + "---:|" * len(AGAIN),
    ]
    for policy, by_kind in wrong.items():
        cells = " | ".join(f"{100 * one['decided']:.1f}" for one in by_kind.values())
        lines.append(f"| {policy} | {cells} |")
    studies = [one["studies"] for one in next(iter(wrong.values())).values()]
    lines += [
        "| *studies per cell* | " + " | ".join(f"{one:,}" for one in studies) + " |",
        "| *5 % would come out within ±* | "
        + " | ".join(f"{_noise(one):.1f}" for one in studies)
        + " |",
        "",
        f"On every class: {CLASSES} classes, all of them at the bound or one at it and the others"
        " far above.",
    ]
    lines += [
        "",
        "What it costs: a claim that one network's mean is greater than another's. Share of studies"
        " with a verdict, %; mean seeds of each network; mean looks.",
        "",
        "| seeds are added | " + " | ".join(f"difference of {d:g} sd" for d in DISTANCES) + " |",
        "|---|" + "---:|" * len(DISTANCES),
    ]
    for policy, by_distance in price.items():
        cells = " | ".join(
            f"{100 * one['decided']:.1f}; {one['seeds']:.1f}; {one['looks']:.2f}"
            for one in by_distance.values()
        )
        lines.append(f"| {policy} | {cells} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--output", type=Path, default=Path("docs/benchmarks/verdicts"))
    options = parser.parse_args()
    gc.collect = lambda *_: 0  # statsmodels' multipletests asks for it at each call
    without_integrals()
    found = tabulate(options.studies)
    write_json(options.output.with_suffix(".json"), found)
    write_text(options.output.with_suffix(".md"), page(found))


if __name__ == "__main__":
    main()
