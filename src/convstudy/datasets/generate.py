"""`convstudy generate`: stand-ins for data sets, in their official files, from a seed.

Standard input: {"name": "digits" | "shapes", "train_images": N, "test_images": N, "seed": S}.
"""

import argparse
import importlib
import logging
from pathlib import Path

import numpy as np

from convstudy.config import read_slice
from convstudy.datasets.checksums import note
from convstudy.datasets.generators import writers
from convstudy.errors import StudyError

# name → (module that draws, how its files are written)
GENERATORS = {
    "digits": ("convstudy.datasets.generators.digits", writers.write_mnist),
    "shapes": ("convstudy.datasets.generators.shapes", writers.write_cifar10),
}

log = logging.getLogger(__name__)


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy generate", description=__doc__)
    parser.add_argument("--output-folder", required=True, type=Path)
    options = parser.parse_args(argv)
    generate(options.output_folder, **read_slice())


def generate(folder: Path, name: str, train_images: int, test_images: int, seed: int) -> None:
    """Write the files of generator `name` into `folder`: the same bytes for the same arguments.

    Raises `StudyError` for an unknown name or for fewer images than classes.
    """
    if name not in GENERATORS:
        raise StudyError(f"generator {name!r} is unknown. Use one of {', '.join(GENERATORS)}.")
    module_name, write = GENERATORS[name]
    module = importlib.import_module(module_name)
    counts = {"train": train_images, "test": test_images}
    for split, count in counts.items():
        if count < len(module.CLASSES):
            raise StudyError(
                f"generator {name}: {split}_images is {count}; each of its {len(module.CLASSES)}"
                f" classes needs one. Set {split}_images to {len(module.CLASSES)} or more."
            )
    splits = {
        # A stream of its own for each split: more train images leave the test images as they are.
        split: module.draw(count, np.random.Generator(np.random.PCG64([seed, stream])))
        for stream, (split, count) in enumerate(counts.items())
    }
    write(folder, splits, module.CLASSES)
    for path in folder.glob("*.gz"):
        note(path)
    log.info("%s: %d train and %d test images in %s", name, train_images, test_images, folder)
