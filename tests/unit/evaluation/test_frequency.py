"""Spatial frequency of maps, against patterns whose frequency is known."""

import math

import pytest
import torch

from convstudy.evaluation.frequency import weighted_frequency


def frequency(*maps):
    weighted, energy = weighted_frequency(torch.stack([torch.stack(maps)]))
    return float(weighted / energy)


def wave(down, across, size=16, height=1.0):
    """A wave with so many periods down and across the map, on a level that must not count."""
    rows, columns = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    return 7.0 + height * torch.cos(2 * math.pi * (down * rows + across * columns) / size)


@pytest.mark.parametrize(
    "down, across, expected", [(0, 1, 1 / 16), (4, 0, 1 / 4), (0, 8, 1 / 2), (3, 4, 5 / 16)]
)
def test_waves(down, across, expected):
    assert frequency(wave(down, across)) == pytest.approx(expected)


def test_maps_count_by_their_energy():
    # Energies 1 and 4 of waves of 1/16 and 4/16
    assert frequency(wave(0, 1), wave(0, 4, height=2.0)) == pytest.approx((1 + 4 * 4) / 5 / 16)


def test_blurring_makes_maps_coarser():
    noise = torch.randn(32, 32, generator=torch.Generator().manual_seed(0))
    blurred = torch.nn.functional.avg_pool2d(noise[None, None], 3, 1, 1)[0, 0]
    assert frequency(blurred) < 0.75 * frequency(noise)


def test_flat_maps_have_no_energy():
    assert weighted_frequency(torch.ones(2, 3, 8, 8)).tolist() == [0.0, 0.0]
