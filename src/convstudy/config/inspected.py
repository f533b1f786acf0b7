"""Networks of the study's own and of libraries, built once in a process of its own.

So a network that cannot be trained is refused before anything runs, and a training asks for what
its network takes. What was found is kept: importing torch costs a dry run two seconds.
"""

import hashlib
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from convstudy import named
from convstudy.config import cost
from convstudy.errors import StudyError
from convstudy.files import canonical_json, read_json, write_json
from convstudy.fingerprint import fingerprint

KEPT = Path(".snakemake/convstudy/networks.json")

_COMMAND = "from convstudy.cli import main; main()"
_OF_A_GPU = ("cuda", "nvidia")  # in the message of a network that only another machine can build
Found = dict[str, Any]


def inspect(trainings: dict[str, tuple[Found, Found]], kept: Path = KEPT) -> dict[str, cost.Layer]:
    """What the networks of these experiments count, each as if it were one layer.

    `trainings`: of each experiment its slice and its data set (shape, classes). Of a network that
    cannot be built on this machine there is nothing in the answer. Raises one `StudyError` for all
    that cannot be trained.
    """
    asked = {
        name: {"model": job["model"], "shape": data["shape"], "classes": data["classes"]}
        for name, (job, data) in trainings.items()
    }
    keys = {name: _key(one) for name, one in asked.items()}
    known = _read(kept)
    if missing := {key: asked[name] for name, key in keys.items() if key not in known}:
        known |= _inspected(missing)
        with suppress(StudyError):  # Snakemake says what it cannot write
            write_json(kept, {key: one for key, one in known.items() if "fault" not in one})
    found = {name: known[key] for name, key in keys.items() if key in known}
    faults = {name: one["fault"] for name, one in found.items() if "fault" in one}
    refused = [
        f"\n  - experiments.{name}: {said}" for name, said in faults.items() if _is_sure(said)
    ]
    if refused:
        count = f"{len(refused)} network{'s' * (len(refused) > 1)}"
        raise StudyError(f"{count} cannot be trained, nothing was run:{''.join(refused)}")
    return {name: _layer(one) for name, one in found.items() if name not in faults}


def _key(one: Found) -> str:
    """Of a network with its code, for images of that shape."""
    code = fingerprint("convstudy.evaluation.inspection", named.network(one["model"]["name"])[0])
    return hashlib.sha256(canonical_json({**one, "code": code}).encode()).hexdigest()[:16]


def _read(kept: Path) -> dict[str, Found]:
    try:
        return dict(read_json(kept))
    except StudyError:
        return {}


def _inspected(asked: dict[str, Found]) -> dict[str, Found]:
    """What `convstudy inspect` finds; nothing if it does not come to an end."""
    with TemporaryDirectory() as folder:
        output = Path(folder, "found.json")
        command = [sys.executable, "-c", _COMMAND, "inspect", "--output", str(output)]
        # What networks print is nobody's here: standard output may be a graph of the DAG.
        subprocess.run(command, input=canonical_json(asked), text=True, capture_output=True)
        return _read(output)


def _is_sure(fault: str) -> bool:
    return not any(word in fault.lower() for word in _OF_A_GPU)


def _layer(one: Found) -> cost.Layer:
    # Twice what a step keeps, for the gradients that meet it; `Cost` takes values three times.
    values = 2 * one["activations"] // (3 * cost.FLOAT)
    return cost.Layer(values=values, macs=one["macs"], parameters=one["parameters"])
