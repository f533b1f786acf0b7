"""`results/<scale>/ledger.jsonl`: who looks again at a claim does so at a stricter level.

Beside the results stands a line for every look that was taken at a claim: what it asks, whether it
was stated before results of its networks had been looked at, its seeds, and what was found. A look
is one at data: the same values seen again are the same look, whatever reran. The k-th look that
tests anything is tested at `level_of_look(k)`; these levels add up to LEVEL however many there are,
so that a false verdict at any look is no likelier than LEVEL (Bonferroni over looks).

The file is no output of a rule, which Snakemake would delete before it reruns; `analyse` writes it
before claims.json, which holds its checksum. Where it is missing beside results that were looked
at, earlier looks are unknown, and one is reckoned with.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from convstudy.config.claim_kinds import EVERY_CLASS, Claim, asked, column, compared
from convstudy.config.metrics import METRICS
from convstudy.errors import StudyError
from convstudy.files import canonical_json, write_text
from convstudy.statistics.intervals import LEVEL
from convstudy.statistics.summary import Summary

Entry = dict[str, Any]

NAME = "ledger.jsonl"
BEFORE, AFTER, UNKNOWN = "before", "after", "unknown"
_FIRST = 0.8  # share of LEVEL that the first look has; later ones share what it leaves
_SEEN_WITH = Path("figures", "forest.png")  # drawn from claims.json, and never deleted before it


def level_of_look(look: int) -> float:
    """Level of the k-th look: 0.8 of LEVEL for the first, then 0.2 / (k (k − 1)) of it; Σ = LEVEL.

    Since 1/2 + 1/6 + 1/12 + … = 1.
    """
    share = _FIRST if look == 1 else (1 - _FIRST) / (look * (look - 1))
    return LEVEL * share


@dataclass
class Ledger:
    """The lines of the file, and whether there were looks that it does not hold."""

    entries: list[Entry] = field(default_factory=list)
    earlier_unknown: bool = False

    def looks(self, claim: Entry) -> list[Entry]:
        """Those that were taken at a claim of this digest, in their order."""
        return [one for one in self.entries if one.get("digest") == claim["digest"]]

    def look(self, claim: Entry) -> int:
        """Which look the data of `claim` are: the number it had then, or the next one."""
        number = 1 + self.earlier_unknown
        for one in self.looks(claim):
            if one["data"] == claim["data"]:
                break
            number += one["tested"]
        return number

    def stated(self, claim: Entry) -> str:
        """Whether a claim was stated before results of all of its networks were looked at."""
        if known := self.looks(claim):
            return str(known[0]["stated"])
        if self.earlier_unknown:
            return UNKNOWN
        seen = {name for one in self.entries for name in one.get("results", ())}
        return AFTER if set(claim["seeds"]) <= seen else BEFORE

    def note(
        self, claims: dict[str, Entry], rows: dict[str, Entry], results: dict[str, list[int]]
    ) -> None:
        """Note the look at each claim, unless its data are known, and which results were seen."""
        at = {"at": datetime.now(UTC).isoformat(timespec="seconds")}
        new = [
            {
                **at,
                **claim,
                "stated": self.stated(claim),
                **{key: rows[name][key] for key in ("look", "level", "p_holm", "verdict")},
                "n": sorted(set(rows[name]["n"].values())),
                "tested": rows[name]["p"] is not None,
            }
            for name, claim in claims.items()
            if claim["data"] not in [one["data"] for one in self.looks(claim)]
        ]
        if results not in [one.get("results") for one in self.entries]:
            self.entries.append({**at, "results": results})
        self.entries += new

    def history(self, claim: Entry) -> Entry:
        """What claims.json says of the looks at a claim."""
        looks = self.looks(claim)
        kept = [{key: one[key] for key in ("n", "verdict", "tested")} for one in looks]
        return {"stated": looks[0]["stated"], "looks": kept}

    def unused(self, results: dict[str, list[int]]) -> dict[str, list[int]]:
        """Results that were looked at and are none of `results`: seeds by experiment."""
        seen: dict[str, set[int]] = {}
        for one in self.entries:
            for name, seeds in one.get("results", {}).items():
                seen.setdefault(name, set()).update(seeds)
        left = {name: sorted(seeds - set(results.get(name, ()))) for name, seeds in seen.items()}
        return {name: seeds for name, seeds in sorted(left.items()) if seeds}

    def dropped(self, claims: dict[str, Entry]) -> dict[str, str]:
        """Claims that were looked at and are not asked as they were: their last verdict."""
        asked = {one["digest"] for one in claims.values()}
        return {
            one["claim"]: one["verdict"]
            for one in self.entries
            if one.get("digest", "") not in asked | {""}
        }

    def text(self) -> str:
        head = {"ledger": 1, "earlier_looks": UNKNOWN if self.earlier_unknown else "none"}
        return "".join(canonical_json(one) + "\n" for one in (head, *self.entries))

    def write(self, results: Path) -> None:
        """Write the file as a whole, so that nobody ever reads half of a line."""
        write_text(results / NAME, self.text())

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text().encode()).hexdigest()


def read(path: Path) -> Ledger:
    """A new ledger where there is none; `StudyError` for a file that is not one."""
    try:
        head, *entries = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        known = [one for one in entries if "results" in one or _is_look(one)]
        if head["ledger"] == 1 and len(known) == len(entries):
            return Ledger(entries, head["earlier_looks"] != "none")
    except FileNotFoundError:
        return Ledger(earlier_unknown=(path.parent / _SEEN_WITH).is_file())
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise StudyError(
        f"{path} is not the ledger of looks that `convstudy analyse` writes. Put it back from a "
        f"copy; or delete it together with {path.parent / 'claims.json'}: the report will then say "
        "that earlier looks are unknown."
    )


def _is_look(one: Entry) -> bool:
    wanted = {"digest": str, "data": str, "tested": bool, "stated": str, "n": list, "verdict": str}
    return all(isinstance(one[key], kind) for key, kind in wanted.items())


def about(name: str, claims: dict[str, Claim], table: Summary) -> Entry:
    """A claim, what it asks and the data that it is looked at with, as an entry holds them."""
    claim = claims[name]
    what = asked(claim, claims)
    parts = [claims[part] for part in claim.get("claims", [])] or [claim]
    names = dict.fromkeys(one for part in parts for one in compared(part))
    # Steps are timed apart from runs: more seeds are no other data of theirs.
    of_runs = [part for part in parts if METRICS[part["metric"]].source != "timing"]
    seeds = {one: table[one].seeds for part in of_runs for one in compared(part)}
    values = [
        [table[one].values.get(key) for one in compared(p)] for p in parts for key in _of(p, table)
    ]
    return {
        "claim": name,
        "asked": what,
        "digest": _digest(what),
        "seeds": {one: table[one].seeds for one in names},
        "data": _digest([seeds, values]),
    }


def _of(claim: Claim, table: Summary) -> list[str]:
    """Columns of the summary that a claim is about: of `class: every` one for each class."""
    if claim.get("class") != EVERY_CLASS:
        return [column(claim)]
    return [column({**claim, "class": one}) for one in table[claim["of"]].classes]


def _digest(value: Any) -> str:
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
