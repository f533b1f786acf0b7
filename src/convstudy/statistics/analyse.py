"""`convstudy analyse`: compare the experiments of each section, decide the claims.

comparisons.json: {section: {
    "metric": what experiments are ranked by,
    "separable": whether any can be separated from the best at all,
    "reason": tested | too_few_seeds | one_experiment | too_many,
    "experiments": [{"experiment", "n", "seeds", "metrics": {metric: {"mean", "sd", "low", "high"}},
                     "medians": {metric: value} (of times), "parameters", "macs", "best",
                     "one_more": {"low", "high"}}],
    "pairs": [{"a", "b", "difference" (a − b), "p", "separated"}]}}

claims.json: {"level", "first_level" (of a first look), "minimum_seeds", "most_seeds" (that
    seeds_needed plans for), "ledger" (SHA-256 of ledger.jsonl), "looks_unknown" (whether there were
    looks before it begins), "timed_on": {"device", "threads"} (of claims about time), "unused":
    {experiment: seeds that were looked at and are not among these}, "dropped":
    {claim that was looked at and is no longer asked as it was: its last verdict},
    "families": {section with claims: {"tests" (how many p values Holm corrects together), "n"
        (fewest seeds in them), "smallest_effect" (observed difference between two networks of n
        seeds, in standard deviations over seeds, that passes the strictest step of Holm)}},
    "claims": {name: {"section", "kind", "metric", "of", "than", "claims" (of all_of), "n" (values
        of each experiment: seeds, or repeats of a timing), "bound" (margin, threshold or factor),
        "estimate", "low", "high", "coverage", "decisive", "test", "p", "effect", "look", "level"
        (of this look), "p_holm", "verdict", "reason", "superiority", "new_items": {"low", "high",
        "df"}, "one_more": {"low", "high"}, "one_seed": {"only_of", "only_than", "p", "smallest_p"},
        "seeds_needed": {"low", "high"}, "stated",
        "looks": [{"n", "verdict", "tested"}]}}}
    test: welch | tost_welch | one_sample_t | welch_log_ratio | welch_contrast | games_howell |
        arithmetic
    verdict: supported | contradicted | equivalent | inconclusive
    reason: decided | arithmetic | no_spread (the same for every seed, compared as it is; on the
        bound itself inconclusive) | too_few_seeds | not_separated | holm (separated alone, but
        not among all tests of its section) | not_positive (no ratio of values not above zero) |
        too_few_epochs | no_such_class | class_without_images (these runs cannot have it)
    estimate: of − than; of (above, below); of / than (ratio; of geometric means); of − its nearest
        rival (best_of); per step (trend)
    decisive: the rival of best_of, the class of `class: every`, that the numbers are about
    effect: Hedges' g, of two networks or of one against its threshold; of logarithms for a ratio
    superiority: P(a seed of `of` > a seed of `than`)
    new_items: the interval for new seeds and new test images; `low` and `high` are for new seeds
    one_more: the range of the same from one more run of each network; of test accuracies
    one_seed: McNemar's test of two single networks; decides nothing
    p_holm: p, times 0.05 / level, corrected by Holm in its section; below 0.05 it decides
    coverage: of the interval from low to high: 1 − level, for equivalence 1 − 2 · level
    stated: before | after (all of its networks had been looked at) | unknown
    looks: at all data that it was looked at with (convstudy.statistics.ledger), these included
    seeds_needed: of each network, to decide it with 80 % power; null in it: more than 200

Whatever does not apply is null. Bounds of other intervals are for 95 %.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convstudy.config import claims, read_slice
from convstudy.config.metrics import METRICS
from convstudy.errors import StudyError
from convstudy.files import write_json
from convstudy.statistics import measures, summary

if TYPE_CHECKING:
    from convstudy.statistics.ledger import Ledger


def main(argv: list[str]) -> None:
    description = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(prog="convstudy analyse", description=description)
    parser.add_argument("--summary", type=Path, required=True, help="summary.csv")
    parser.add_argument("--runs", type=Path, required=True, help="results/<scale>/runs")
    parser.add_argument("--timing", type=Path, required=True, help="timing.json, if claims need it")
    parser.add_argument("--comparisons", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--claims", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args(argv)
    job = read_slice()
    check(job)
    compared, decided, noted = look(options.summary, options.runs, options.timing, job)
    noted.write(options.summary.parent)  # before the claims: a look that ends here has been taken
    write_json(options.comparisons, compared)
    write_json(options.claims, decided)


def check(job: dict[str, Any]) -> None:
    """Raise `StudyError` with every fault of what came on standard input."""
    if faults := claims.faults(job):
        lines = "".join(f"\n  - {line}" for line in faults)
        raise StudyError(f"standard input has {len(faults)} fault(s):{lines}\n  Mend the config.")


def analyse(
    path: Path, runs: Path, timing: Path, job: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Contents of comparisons.json and claims.json, from a summary, its runs and a checked job.

    The ledger beside the summary says which look this is. Nothing is written.
    """
    compared, decided, _ = look(path, runs, timing, job)
    return compared, decided


def look(
    path: Path, runs: Path, timing: Path, job: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], "Ledger"]:
    """The same, and the ledger with this look: as it was if these data are known to it."""
    # scipy and statsmodels take a second to import: only once the input has proved good.
    from convstudy.statistics import ledger
    from convstudy.statistics.claims import decide
    from convstudy.statistics.comparisons import compare

    claims, minimum = job["claims"], job["minimum_seeds"]
    names = dict.fromkeys(name for members in job["sections"].values() for name in members)
    table = summary.read(path, names)
    _deterministic(path, table)
    measures.add(table, claims.values(), runs, timing)
    compared = {
        section: compare(members, table, minimum) for section, members in job["sections"].items()
    }
    book = ledger.read(path.with_name(ledger.NAME))
    asked = {name: ledger.about(name, claims, table) for name in claims}
    decided = decide(claims, table, minimum, {name: book.look(asked[name]) for name in claims})
    results = {name: table[name].seeds for name in names}
    book.note(asked, decided["claims"], results)
    history = {name: book.history(one) for name, one in asked.items()}
    rows = {name: {**row, **history[name]} for name, row in decided["claims"].items()}
    decided |= {"unused": book.unused(results), "dropped": book.dropped(asked), "claims": rows}
    decided |= {"looks_unknown": book.earlier_unknown, "ledger": book.sha256}
    decided |= {"timed_on": measures.timed_on(claims.values(), timing)}
    return compared, decided, book


def _deterministic(path: Path, table: summary.Summary) -> None:
    """Raise `StudyError` where seeds of one network disagree about what no seed can change."""
    faults = [
        f"{metric} of {name} differs between its seeds"
        for name, runs in table.items()
        for metric, about in METRICS.items()
        if about.deterministic and len(set(runs.values[metric])) > 1
    ]
    if faults:
        raise StudyError(f"{path}: {'; '.join(faults)}. Delete it and run snakemake again.")
