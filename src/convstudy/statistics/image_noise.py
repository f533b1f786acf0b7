"""The second source of noise: the test images. What would the result be on other ones?

Answers, right or wrong, of seed s of network k to image i follow y = μₖ + aₖₛ + bₖᵢ + eₖₛᵢ: a seed
is good or bad, an image easy or hard for that network, the rest is chance. Images are the same for
all seeds and networks, so they are paired; seeds are not. An interval over seeds (this test set)
holds a and e; the ones here hold a, b and e (seeds and images both drawn anew, from the same
sources).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest

from convstudy.statistics.intervals import Contrast, satterthwaite


def two_way(rights: Sequence[np.ndarray], weights: Sequence[float]) -> Contrast | None:
    """Σ w·accuracy of networks for new seeds and new images; each (seeds, images) of bool.

    The variance of seed means, Σ w²s²ₛ/n, and that of the images' contrasts, s²ᵢ/N, both hold the
    residual Σ w²s²ₑ/(nN): it is taken off once. Degrees of freedom by Satterthwaite (1946). None
    with a single seed, or where nothing varies.
    """
    if min(len(right) for right in rights) < 2:
        return None
    images = rights[0].shape[1]
    by_image = np.zeros(images)
    estimate, parts, dfs, residual = 0.0, [], [], []
    for right, weight in zip(rights, weights, strict=True):
        seeds = len(right)
        table = right.astype(np.float64)
        by_image += weight * table.mean(axis=0)
        estimate += weight * table.mean()
        parts.append(weight**2 * table.mean(axis=1).var(ddof=1) / seeds)
        dfs.append(seeds - 1)
        left = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
        square = (left**2).sum() / ((seeds - 1) * (images - 1))
        residual.append(weight**2 * square / (seeds * images))
    of_images = by_image.var(ddof=1) / images
    if of_images > sum(residual):
        total = sum(parts) + of_images - sum(residual)
        parts += [of_images, *residual]
        dfs += [images - 1, *((seeds - 1) * (images - 1) for seeds in map(len, rights))]
    else:
        total = sum(parts)
    if not total:
        return None
    return Contrast(float(estimate), math.sqrt(total), float(satterthwaite(total, parts, dfs)))


def mcnemar(of: np.ndarray, than: np.ndarray) -> dict[str, Any]:
    """Two trained networks on the same images, bool (images,): McNemar's exact test (1947).

    Counts what only one of them gets right. It is about these two networks and not about the
    methods that made them: another seed makes others. `smallest_p` is what so many images on which
    they differ could reach at all.
    """
    only_of, only_than = int((of & ~than).sum()), int((than & ~of).sum())
    differing = only_of + only_than
    p = float(binomtest(only_of, differing).pvalue) if differing else 1.0
    return {
        "only_of": only_of,
        "only_than": only_than,
        "p": p,
        "smallest_p": min(1.0, 2.0 ** (1 - differing)),
    }
