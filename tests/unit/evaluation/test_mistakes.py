"""The pictures of mistakes are the test images that their indices name."""

import io
import json

import numpy as np
import pytest
import torch

from convstudy.datasets.images import checksum
from convstudy.errors import StudyError
from convstudy.evaluation import mistakes

CHOSEN = {"dataset": "tiny", "normalise": None, "train_images": None}


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """Call it with indices and a number of test images; returns (pictures, test images)."""
    images = torch.randint(0, 256, (6, 3, 4, 5), dtype=torch.uint8)
    labels = torch.zeros(6, dtype=torch.int64)
    splits = {"train": images[:1], "test": images}
    stored = {f"{k}_images": v for k, v in splits.items()}
    stored |= {f"{k}_labels": labels[: len(v)] for k, v in splits.items()}
    torch.save(stored, tmp_path / "tiny.pt")
    about = {"dataset": "tiny", "title": "T", "shape": [3, 4, 5], "mean": [0] * 3, "std": [1] * 3}
    about |= {"classes": ["a"], "sha256": checksum(stored)}
    (tmp_path / "tiny.json").write_text(json.dumps(about))

    def call(indices, test_images=None):
        (tmp_path / "e.json").write_text(json.dumps({"mistakes": [{"index": k} for k in indices]}))
        job = {**CHOSEN, "test_images": test_images}
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(job)))
        arguments = {"errors": "e.json", "tensors": "tiny.pt", "description": "tiny.json"}
        paths = [f"--{key}={tmp_path / name}" for key, name in arguments.items()]
        mistakes.main([*paths, f"--output={tmp_path / 'e.npz'}"])
        return np.load(tmp_path / "e.npz")["images"], images.permute(0, 2, 3, 1).numpy()

    return call


def test_they_are_those_images(pictures):
    found, images = pictures([4, 0])
    assert np.array_equal(found, images[[4, 0]])


def test_indices_count_within_the_images_that_the_experiment_uses(pictures):
    found, images = pictures([0, 1, 2], test_images=3)
    rows = torch.randperm(6, generator=torch.Generator().manual_seed(0))[:3].sort().values
    assert np.array_equal(found, images[rows])


def test_without_mistakes_there_are_no_pictures(pictures):
    assert pictures([])[0].shape == (0, 4, 5, 3)


def test_an_index_beyond_the_test_set(pictures):
    with pytest.raises(StudyError, match="names images beyond the 6 of the test set"):
        pictures([6])
