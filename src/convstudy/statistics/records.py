"""Reads the record of one run and lists everything about it that is not as it has to be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from convstudy.config import ABSENT, differences
from convstudy.config.metrics import RECORDED, fault
from convstudy.errors import StudyError
from convstudy.files import canonical_json, digest, read_json
from convstudy.sealed import fault_of_seal
from convstudy.statistics import history, predictions

Record = dict[str, Any]

MEASURED = tuple(name for name in RECORDED if name != "gap")  # the gap is derived
TEXTS = ("dataset", "data_sha256")
COUNTS = ("train_images", "test_images", "epochs", "sessions")
ENVIRONMENT = {
    **{"device": str, "threads": int, "precision": str, "processor": str, "platform": str},
    **{"python": str, "torch": str, "convstudy": str},
    **{"commit": str | None, "dirty": bool | None},  # null outside a checkout
}
WEIGHTS = "checkpoint.pt"
FILES = (WEIGHTS, "history.csv", "predictions.npz")


class Expected(NamedTuple):
    """Whose record it has to be, and of which config and code."""

    experiment: str
    seed: int
    slice: dict[str, Any]
    code: str


def check(folder: Path, expected: Expected) -> tuple[Record, list[str]]:
    """The record of the run in `folder` and all of its faults; usable only if there are none."""
    try:
        record = read_json(folder / "metrics.json")
    except StudyError as error:
        return {}, [str(error)]
    if not isinstance(record, dict):
        return {}, ["metrics.json does not hold an object"]
    said = fault_of_seal(record)
    faults = [f"metrics.json {said}"] if said else []
    faults += [*_identity(record, expected), *_fields(record), *_files(folder, record)]
    faults += history.contradictions(folder / "history.csv", record)
    path = folder / "predictions.npz"
    if not path.is_file():
        return record, faults  # among which it is
    try:
        found = predictions.read(path)
    except StudyError as error:
        return record, [*faults, str(error)]
    return record, [*faults, *predictions.contradictions(found, record)]


def _identity(record: Record, expected: Expected) -> Iterator[str]:
    """Not the run that the config and the code of today would make."""
    for name in ("experiment", "seed"):
        wanted, found = getattr(expected, name), record.get(name, ABSENT)
        if type(found) is not type(wanted) or found != wanted:
            yield f"{name} is {found!r}, expected {wanted!r}"
    if record.get("origin") != "trained":
        yield f"origin is {record.get('origin', ABSENT)!r}; reports are made of trained runs only"
    if record.get("code") != expected.code:
        yield f"code is {record.get('code', ABSENT)}, the code of today is {expected.code}"
    if not isinstance(record.get("slice"), dict):
        yield f"slice is {record.get('slice', ABSENT)!r}, not an object"
    else:
        for key, found, wanted in differences(record["slice"], expected.slice, "slice"):
            yield f"{key} is {canonical_json(found)}, the config says {canonical_json(wanted)}"
    for name in ("train_images", "test_images"):
        asked = expected.slice.get(name)  # null: all
        if asked is not None and record.get(name) != asked:
            yield f"{name} is {record.get(name, ABSENT)}, the config asks for {asked}"


def _fields(record: Record) -> Iterator[str]:
    """Missing, of the wrong type or out of range."""
    for name in MEASURED:
        said = fault(name, record[name]) if name in record else f"{name} is missing"
        if said:
            yield said
    for name in TEXTS:
        if not isinstance(record.get(name), str) or not record[name]:
            yield f"{name} is {record.get(name, ABSENT)!r}, not a text"
    for name in COUNTS:
        if type(record.get(name)) is not int or record[name] < 1:
            yield f"{name} is {record.get(name, ABSENT)!r}, not a count"
    if not isinstance(record.get("generated"), bool):
        yield f"generated is {record.get('generated', ABSENT)!r}, not true or false"
    classes = record.get("classes")
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        yield f"classes is {record.get('classes', ABSENT)!r}, not a list of names"
    yield from _environment(record.get("environment"))


def _environment(environment: object) -> Iterator[str]:
    if not isinstance(environment, dict):
        yield "environment is missing"
        return
    for name, kind in ENVIRONMENT.items():
        value = environment.get(name, ...)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            said = "missing" if value is ... else repr(value)
            yield f"environment.{name} is {said}, not {getattr(kind, '__name__', kind)}"


def _files(folder: Path, record: Record) -> Iterator[str]:
    """Files beside the record that are not those it was written with."""
    hashes = record.get("files")
    if not isinstance(hashes, dict):
        yield "files (the hashes of the run's files) is missing"
        return
    for name in FILES:
        if name not in hashes:
            yield f"files lacks the hash of {name}"
    for name, sha256 in hashes.items():
        if Path(name).name != name:
            yield f"files names {name!r}, which is not in the run's folder"
        elif not (folder / name).is_file():
            # Weights are large and may stay where they were made: no table or claim reads them,
            # and whatever does says that they are not there.
            if name != WEIGHTS:
                yield f"{name} is missing"
        elif digest(folder / name) != sha256:
            yield f"{name} is not the file that this run wrote (its SHA-256 differs)"
