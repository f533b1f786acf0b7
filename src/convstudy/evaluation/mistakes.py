"""`convstudy mistakes`: the test images of the mistakes that `convstudy errors` lists."""

import argparse
from pathlib import Path

import numpy as np

from convstudy.config import read_slice
from convstudy.datasets.prepared import load
from convstudy.errors import StudyError
from convstudy.files import read_json, replacing


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy mistakes", description=__doc__)
    parser.add_argument("--errors", required=True, type=Path, help="JSON of the section")
    parser.add_argument("--tensors", required=True, type=Path, help="data/prepared/<dataset>.pt")
    parser.add_argument("--description", required=True, type=Path, help="….json beside it")
    parser.add_argument("--output", required=True, type=Path, help="NPZ to write")
    options = parser.parse_args(argv)
    test = load(options.tensors, options.description, read_slice(), "cpu").test
    rows = [mistake["index"] for mistake in read_json(options.errors)["mistakes"]]
    if any(row >= len(test) for row in rows):
        raise StudyError(
            f"{options.errors} names images beyond the {len(test)} of the test set. "
            "Delete it and run snakemake again."
        )
    with replacing(options.output) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, images=test.images[rows].numpy())  # uint8 (I, H, W, C)
