"""One random value in one random file of a finished study, changed as a hand would change it."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import torch

# What `convstudy verify` does not look at. Nothing in a report comes from there.
LIMITS = ("logs", "benchmarks", "state")
TOPS = ("results", "data", "report.md", "report.html", "report.json")


def files_of(folder: Path) -> list[Path]:
    """All that an edit has to be noticed in, in an order of their own."""
    found = [path for top in TOPS for path in [folder / top, *(folder / top).rglob("*")]]
    return sorted(
        path for path in found
        if path.is_file() and not {*path.relative_to(folder).parts} & {*LIMITS}
    )  # fmt: skip


def edit(path: Path, rng) -> str:
    """Change one value, and say which."""
    return _EDITS.get(path.suffix, _of_bytes)(path, rng)


def _of_json(path, rng):
    record = json.loads(path.read_text())
    places = [*_leaves(record)]
    holder, key = places[rng.integers(len(places))]
    before = holder[key]
    holder[key] = _other(before, rng)
    path.write_text(json.dumps(record))
    return f"{key}: {before!r} → {holder[key]!r}"


def _leaves(value):
    for key in value if isinstance(value, dict) else range(len(value)):
        if isinstance(value[key], dict | list) and value[key]:
            yield from _leaves(value[key])
        else:
            yield value, key


def _other(value, rng):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + int(rng.choice([-1, 1, 10]))
    if isinstance(value, float):
        return value * 1.01 + 0.001
    if isinstance(value, str):
        return _letter(value, rng) if value else "x"
    return "x" if value is None else None  # an empty list or object


def _letter(text, rng):
    """Another digit for a digit, where there is one; else another letter."""
    places = [match.start() for match in re.finditer(r"\d", text)] or range(len(text))
    place = places[rng.integers(len(places))]
    other = "7" if text[place] != "7" else "3"
    return text[:place] + other + text[place + 1 :]


def _of_text(path, rng):
    text = path.read_text()
    while (edited := _letter(text, rng)) == text:
        pass
    path.write_text(edited)
    return "a digit"


def _of_csv(path, rng):
    rows = [*csv.reader(path.open(newline=""))]
    row = 1 + rng.integers(len(rows) - 1)
    column = rng.integers(len(rows[row]))
    before = rows[row][column]
    rows[row][column] = _letter(before, rng) if before else "7"
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return f"line {row + 1}: {before} → {rows[row][column]}"


def _of_npz(path, rng):
    with np.load(path) as stored:
        arrays = {name: stored[name].copy() for name in stored}
    name = rng.choice([name for name in arrays if arrays[name].size])
    flat = arrays[name].reshape(-1)
    place = rng.integers(flat.size)
    flat[place] = "x" if flat.dtype.kind == "U" else flat[place] + 1
    np.savez(path, **arrays)
    return f"{name}[{place}]"


def _of_pt(path, rng):
    tensors = torch.load(path)
    name = rng.choice([name for name in tensors if tensors[name].numel()])
    tensors[name] = tensors[name].contiguous()
    flat = tensors[name].view(-1)
    place = int(rng.integers(flat.numel()))
    flat[place] = flat[place] + 1
    torch.save(tensors, path)
    return f"{name}[{place}]"


def _of_bytes(path, rng):
    content = bytearray(path.read_bytes())
    place = int(rng.integers(len(content)))
    content[place] ^= 1 << int(rng.integers(8))
    path.write_bytes(bytes(content))
    return f"byte {place}"


_EDITS = {
    **{".json": _of_json, ".csv": _of_csv, ".npz": _of_npz, ".pt": _of_pt},
    **{".md": _of_text, ".html": _of_text, ".sha256": _of_text},
}
