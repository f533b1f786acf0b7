"""Seeds of the random streams of a run, one per purpose and epoch, independent of each other."""

import numpy as np

# Initial weights; order of the images; everything in training; which images are mirrored first.
WEIGHTS, ORDER, DROPOUT, MIRRORED = range(4)


def stream(purpose: int, seed: int, epoch: int = 0) -> int:
    """A 64-bit seed, so that an epoch can be repeated without its past (numpy's SeedSequence)."""
    return int(np.random.SeedSequence((purpose, seed, epoch)).generate_state(1, np.uint64)[0])
