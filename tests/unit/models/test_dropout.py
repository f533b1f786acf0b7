"""Our dropout is PyTorch's, from other random bits."""

import pytest
import torch

from convstudy.models.dropout import Dropout


@pytest.mark.parametrize("p", [0.2, 0.25, 0.5])
def test_dropout_keeps_the_right_share_and_scales_it(p):
    """Share within 5 standard deviations of one million draws; gradients where values are kept."""
    torch.manual_seed(0)
    values = torch.ones(1000, 1000, requires_grad=True)
    out = Dropout(p)(values)
    out.sum().backward()
    kept = out != 0
    assert abs(kept.float().mean().item() - (1 - p)) < 5 * (p * (1 - p) / 1e6) ** 0.5
    torch.testing.assert_close(out[kept].unique(), torch.tensor([1 / (1 - p)]))
    assert torch.equal(values.grad, out.detach())
    rows, columns = kept.float().mean(0), kept.float().mean(1)  # no pattern in either direction
    for means in (rows, columns):
        assert means.std().item() == pytest.approx((p * (1 - p) / 1000) ** 0.5, rel=0.1)


def test_dropout_does_nothing_in_evaluation_and_with_no_chance():
    values = torch.randn(5, 7)
    assert torch.equal(Dropout(0.5).eval()(values), values)
    assert torch.equal(Dropout(0.0)(values), values)


def test_dropout_follows_torchs_random_state():
    values, layer = torch.ones(64), Dropout(0.5)
    torch.manual_seed(1)
    first = layer(values)
    assert not torch.equal(layer(values), first)
    torch.manual_seed(1)
    assert torch.equal(layer(values), first)
