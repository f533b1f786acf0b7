"""Activations: the maps of chosen layers for a few test images, and their file."""

import io
import json

import numpy as np
import pytest
import torch
from torch import nn

from convstudy import models
from convstudy.datasets.images import checksum
from convstudy.datasets.prepared import Split
from convstudy.errors import StudyError
from convstudy.evaluation.activations import activations, kernels, main, one_per_class
from convstudy.files import digest

CNN = {"name": "simple_cnn", "channels": [3, 5], "kernel_size": 3, "hidden": 6, "dropout": 0.5}
CLASSES = ["ant", "bee", "cat", "dog"]
SHAPE = (3, 9, 8)


def network(**model):
    torch.manual_seed(0)
    return models.build(**model, shape=SHAPE, classes=len(CLASSES))


def pixels(count, seed=0):
    """uint8 (N, C, H, W), as prepared data sets hold them."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, *SHAPE), dtype=torch.uint8, generator=generator)


@pytest.fixture
def split():
    images = pixels(6).permute(0, 2, 3, 1).contiguous()
    return Split(images, torch.tensor([2, 0, 0, 1, 3, 2]), torch.full((3,), 0.5), torch.ones(3))


def test_maps_are_those_of_a_forward_by_hand(split):
    model = network(**CNN)
    rows = torch.tensor([4, 1])
    answers = activations(model, ["features.0", "features.5"], split, rows)
    maps = split.images[rows].permute(0, 3, 1, 2) / 255 - 0.5
    with torch.no_grad():
        first = model.features[0](maps)
        last = model.features[1:](first)
    assert list(answers) == ["features.0", "features.5"]
    torch.testing.assert_close(answers["features.0"], first)
    torch.testing.assert_close(answers["features.5"], last)
    assert answers["features.5"].shape == (2, 5, 2, 2)
    assert {answer.dtype for answer in answers.values()} == {torch.float32}


def test_kernels_are_the_weights_of_layers_that_are_convolutions():
    model = network(**CNN)
    found = kernels(model, ["features.0", "features.5"])
    assert list(found) == ["kernels/features.0"]
    torch.testing.assert_close(found["kernels/features.0"], model.features[0].weight.detach())
    assert not found["kernels/features.0"].requires_grad


def test_the_network_is_in_evaluation_mode(split):
    """In training, normalisation would mix the images and change its own statistics."""
    model = network(name="resnet", block="basic", widths=[4, 4, 6, 8]).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    rows = torch.arange(4)
    together = activations(model, ["stages.3"], split, rows)["stages.3"]
    alone = [activations(model, ["stages.3"], split, row[None])["stages.3"] for row in rows]
    torch.testing.assert_close(together, torch.cat(alone))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_no_hook_is_left_behind(split):
    model = network(**CNN)
    activations(model, ["features.0"], split, torch.tensor([0]))
    with pytest.raises(StudyError):
        activations(model, ["classifier"], split, torch.tensor([0]))
    assert not any(module._forward_hooks for module in model.modules())


def test_layers_that_do_not_exist_are_named_with_those_that_do(split):
    with pytest.raises(StudyError) as caught:
        activations(network(**CNN), ["features.0", "conv1", "conv9"], split, torch.tensor([0]))
    assert str(caught.value).startswith(
        "layers: the network has no layer conv1, conv9. It has: features, features.0, "
    )


def test_layers_that_answer_with_no_tensor_or_are_never_asked_give_no_maps(split):
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([nn.GRU(4, 2, batch_first=True)])

        def forward(self, x):
            return self.blocks[0](x.flatten(1)[:, :, None].expand(-1, -1, 4))[0]

    with pytest.raises(StudyError, match=r"layers: blocks, blocks\.0 gives no maps"):
        activations(Odd(), ["blocks", "blocks.0"], split, torch.tensor([0]))


def test_layers_that_give_no_maps_are_named(split):
    with pytest.raises(StudyError) as caught:
        activations(network(**CNN), ["features.0", "classifier"], split, torch.tensor([0]))
    assert str(caught.value) == (
        "layers: classifier gives no maps (N, C, h, w). Name a convolution or a stage."
    )


@pytest.mark.parametrize(
    ("labels", "count", "rows"),
    [
        ([2, 0, 0, 1, 3, 2], 3, [1, 3, 0]),
        ([5, 5, 2, 5, 2], 3, [2, 0]),  # fewer classes than asked for
        ([7], 1, [0]),
    ],
)
def test_one_image_per_class_the_first_of_each(labels, count, rows):
    assert one_per_class(torch.tensor(labels), count).tolist() == rows


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Files of a small trained run; gives the function that runs the command on them."""
    model = network(**CNN)
    torch.save(model.state_dict(), tmp_path / "checkpoint.pt")
    record = {"files": {"checkpoint.pt": digest(tmp_path / "checkpoint.pt")}}
    (tmp_path / "metrics.json").write_text(json.dumps(record))
    labels = torch.tensor([2, 0, 0, 1, 3, 2])
    splits = {f"{kind}_images": pixels(6, seed) for seed, kind in enumerate(["test", "train"])}
    tensors = {**splits, "train_labels": labels, "test_labels": labels}
    torch.save(tensors, tmp_path / "animals.pt")
    about = {
        "dataset": "animals",
        "title": "animals",
        "shape": SHAPE,
        "classes": CLASSES,
        "mean": [0.5] * 3,
        "std": [1.0] * 3,
        "sha256": checksum(tensors),
    }
    (tmp_path / "animals.json").write_text(json.dumps(about), encoding="utf-8")
    job = {"model": CNN, "normalise": None, "train_images": None, "test_images": None}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(job)))

    def run(*layers):
        files = {"checkpoint": "checkpoint.pt", "tensors": "animals.pt"}
        files |= {"description": "animals.json", "output": "activations.npz"}
        paths = [word for key, name in files.items() for word in (f"--{key}", str(tmp_path / name))]
        main([*paths, "--device", "cpu", "--layers", *layers])

    return run


def test_the_file_holds_what_the_contract_says(run, tmp_path, split):
    run("features.0", "features.3")
    with np.load(tmp_path / "activations.npz", allow_pickle=False) as file:
        saved = dict(file)
    names = {"features.0", "features.3", "images", "labels", "indices", "classes"}
    assert set(saved) == names | {"kernels/features.0", "kernels/features.3"}
    assert saved["indices"].tolist() == [1, 3, 0]
    assert saved["labels"].tolist() == [0, 1, 2]
    assert saved["classes"].tolist() == CLASSES
    assert saved["images"].dtype == np.uint8
    assert np.array_equal(saved["images"], pixels(6).numpy()[[1, 3, 0]])
    expected = activations(network(**CNN), ["features.3"], split, torch.tensor([1, 3, 0]))
    assert saved["features.3"].dtype == np.float32
    np.testing.assert_allclose(saved["features.3"], expected["features.3"], rtol=1e-6, atol=1e-6)


def test_a_fault_leaves_no_file(run, tmp_path):
    with pytest.raises(StudyError, match="the network has no layer nowhere"):
        run("nowhere")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "animals.json",
        "animals.pt",
        "checkpoint.pt",
        "metrics.json",
    ]


def test_weights_that_this_run_did_not_write_are_refused(run, tmp_path):
    """Of the same network, so that nothing but their checksum shows it."""
    torch.manual_seed(1)
    other = models.build(**CNN, shape=SHAPE, classes=len(CLASSES))
    torch.save(other.state_dict(), tmp_path / "checkpoint.pt")
    with pytest.raises(StudyError, match=r"checkpoint\.pt is not the file that this run wrote"):
        run("features.0")
    assert not (tmp_path / "activations.npz").exists()
