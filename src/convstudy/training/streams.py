"""Seeds of the random streams of a run, one per purpose and epoch, independent of each other."""

import numpy as np

WEIGHTS, ORDER, DROPOUT = range(3)  # initial weights; order of the images; everything in training


def stream(purpose: int, seed: int, epoch: int = 0) -> int:
    """A 64-bit seed, so that an epoch can be repeated without its past (numpy's SeedSequence)."""
    return int(np.random.SeedSequence((purpose, seed, epoch)).generate_state(1, np.uint64)[0])
