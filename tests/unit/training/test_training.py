"""One run: what it writes, that it repeats itself, and that it computes what the recipe says."""

import csv
import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from convstudy import device, models
from convstudy.datasets.prepared import Split, load
from convstudy.errors import StudyError
from convstudy.evaluation.predictions import loss_and_accuracy, predict
from convstudy.files import digest
from convstudy.sealed import write_sealed
from convstudy.training import engine
from convstudy.training.recipe import Recipe
from convstudy.training.seeding import ORDER, stream

from tiny import EVERY_PART, JOB, MODEL, RECIPE, go


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(prepared):
    first, second, other = (
        go(prepared, name, seed) for name, seed in (("1", 4), ("2", 4), ("3", 5))
    )
    for name in ("checkpoint.pt", "predictions.npz"):
        assert digest(first / name) == digest(second / name)
        assert digest(first / name) != digest(other / name)


def test_a_run_learns_and_records_what_its_files_say(prepared):
    folder = go(prepared, "run")
    metrics = json.loads((folder / "metrics.json").read_text())
    with np.load(folder / "predictions.npz") as stored:
        logits, predicted, labels = (stored[key] for key in ("logits", "predicted", "labels"))
    assert logits.dtype == np.float16
    assert logits.shape == (40, 3)
    assert metrics["test_accuracy"] == (predicted == labels).mean() > 0.8
    assert metrics["files"] == {name: digest(folder / name) for name in metrics["files"]}
    assert set(metrics["files"]) == {"checkpoint.pt", "history.csv", "predictions.npz"}
    assert metrics["slice"] == JOB
    assert (metrics["code"], metrics["seed"], metrics["origin"]) == ("abc", 0, "trained")
    assert metrics["environment"]["device"] == "cpu"
    assert metrics["peak_memory_bytes"] > 10**7


def test_the_history_has_every_epoch_and_ends_with_the_recorded_result(prepared):
    folder = go(prepared, "run")
    metrics = json.loads((folder / "metrics.json").read_text())
    with (folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["epoch"], row["split"]) for row in rows] == [
        (str(epoch), split) for epoch in (1, 2, 3) for split in ("train", "test")
    ]
    assert float(rows[-1]["accuracy"]) == metrics["test_accuracy"]
    assert float(rows[-1]["loss"]) == metrics["test_loss"]
    assert float(rows[-2]["accuracy"]) == metrics["train_accuracy_running"]


def test_the_checkpoint_gives_the_recorded_predictions(prepared):
    folder = go(prepared, "run")
    data = load(prepared / "tiny.pt", prepared / "tiny.json", JOB, "cpu")
    model = models.build(**MODEL, shape=data.shape, classes=3)
    model.load_state_dict(torch.load(folder / "checkpoint.pt", weights_only=True))
    model.to(memory_format=torch.channels_last)
    with np.load(folder / "predictions.npz") as stored:
        assert (predict(model, data.test).argmax(1).numpy() == stored["predicted"]).all()


def test_a_subset_is_the_same_for_every_seed_and_of_all_classes(prepared):
    some = load(prepared / "tiny.pt", prepared / "tiny.json", {**JOB, "train_images": 30}, "cpu")
    again = load(prepared / "tiny.pt", prepared / "tiny.json", {**JOB, "train_images": 30}, "cpu")
    assert len(some.train) == 30
    assert torch.equal(some.train.images, again.train.images)
    assert some.train.labels.unique().tolist() == [0, 1, 2]


def test_more_images_than_there_are_is_a_fault(prepared):
    with pytest.raises(StudyError, match="tiny, test set: 41 images are asked for, but it has 40"):
        load(prepared / "tiny.pt", prepared / "tiny.json", {**JOB, "test_images": 41}, "cpu")


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: {**found, "train_labels": found["train_labels"].flip(0)},
        lambda found: {**found, "test_images": found["test_images"].reshape(40, 1, 4, 16)},
        lambda found: {name: found[name] for name in found if name != "test_labels"},
        lambda found: {**found, "test_labels": [0, 1, 2]},
        lambda found: {**found, "train_images": found["train_images"].clone().view(torch.int8)},
        lambda found: {**found, "train_labels": found["train_labels"].bfloat16()},
    ],
    ids=["shuffled labels", "another shape", "a missing tensor", "no tensor", "signed", "floats"],
)
def test_tensors_other_than_the_described_ones_are_refused(prepared, damage):
    torch.save(damage(torch.load(prepared / "tiny.pt")), prepared / "tiny.pt")
    with pytest.raises(StudyError, match=r"tiny\.pt does not hold the images and labels that"):
        go(prepared, "run")
    assert not (prepared / "run").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"train_images": 60000}, "train_images is 60000, there are 72"),
        ({"shape": [1, 4, 16]}, r"shape is \[1, 4, 16\], train images have \[1, 8, 8\]"),
        ({"classes": ["a", "b"]}, "classes names 2, train labels go to 2"),
    ],
)
def test_a_description_that_its_tensors_contradict_is_refused(prepared, changes, said):
    path = prepared / "tiny.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(StudyError, match=said):
        go(prepared, "run")


def test_a_sealed_description_that_was_edited_is_refused(prepared):
    path = prepared / "tiny.json"
    write_sealed(path, json.loads(path.read_text()))
    go(prepared, "run")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"mean": [0.1]}))
    with pytest.raises(StudyError, match=r"tiny\.json was edited after its job wrote it"):
        go(prepared, "run")


def test_a_description_that_is_no_object_is_refused(prepared):
    (prepared / "tiny.json").write_text("[]")
    with pytest.raises(StudyError, match=r"tiny\.pt does not hold the images and labels that"):
        go(prepared, "run")


def test_normalisation_for_another_number_of_channels_is_a_fault(prepared):
    wrong = {**JOB, "normalise": {"mean": [0.5, 0.5, 0.5], "std": [1, 1, 1]}}
    with pytest.raises(StudyError, match="gives 3 means and 3 deviations, but the images have 1"):
        load(prepared / "tiny.pt", prepared / "tiny.json", wrong, "cpu")


def test_a_channel_of_one_value_is_refused(prepared):
    flat = {**JOB, "normalise": {"mean": [0.5], "std": [0.0]}}
    with pytest.raises(StudyError, match="channel 1 has the same value in every pixel"):
        load(prepared / "tiny.pt", prepared / "tiny.json", flat, "cpu")


def test_batches_are_normalised_as_torchvision_does_it(prepared):
    from torchvision.transforms import v2

    data = load(prepared / "tiny.pt", prepared / "tiny.json", JOB, "cpu")
    stored = torch.load(prepared / "tiny.pt")["train_images"]
    reference = v2.Compose(
        [
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(data.train.mean.tolist(), data.train.std.tolist()),
        ]
    )(stored)
    torch.testing.assert_close(data.train.batch(slice(None))[0], reference, rtol=0, atol=1e-6)


def test_the_engine_does_the_same_work_as_a_plain_loop():
    """Same initialisation, same batches: losses and weights agree with textbook Adam steps."""
    torch.manual_seed(0)
    images = torch.randint(0, 256, (50, 6, 6, 2), dtype=torch.uint8)
    data = Split(images, torch.arange(50) % 4, torch.tensor([0.5, 0.4]), torch.tensor([0.2, 0.3]))
    plain = nn.Sequential(nn.Conv2d(2, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(80, 4))
    ours = nn.Sequential(nn.Conv2d(2, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(80, 4))
    ours.load_state_dict(plain.state_dict())
    ours.to(memory_format=torch.channels_last)
    recipe = Recipe("adam", 1e-3, batch_size=16, epochs=2)

    progress, _ = engine.train(ours, data, data, recipe, seed=3)

    adam = torch.optim.Adam(plain.parameters(), lr=1e-3, fused=False, foreach=False)
    floats = (images.permute(0, 3, 1, 2) / 255 - data.mean.view(2, 1, 1)) / data.std.view(2, 1, 1)
    for epoch in progress.history:
        generator = torch.Generator().manual_seed(stream(ORDER, 3, epoch.number))
        losses = []
        for rows in torch.randperm(50, generator=generator).split(16):
            loss = F.cross_entropy(plain(floats[rows]), data.labels[rows])
            adam.zero_grad()
            loss.backward()
            adam.step()
            losses.append(loss.item() * len(rows))
        assert epoch.train.loss == pytest.approx(sum(losses) / 50, rel=1e-5)
    for mine, theirs in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-6)


def test_a_loss_that_is_not_finite_stops_with_a_sentence(prepared):
    wild = {**JOB, "recipe": {**RECIPE, "learning_rate": 1e30}}
    with pytest.raises(
        StudyError, match=r"training loss is not finite in epoch 1 of 3, batch 2, .* 1e\+30"
    ):
        go(prepared, "wild", job=wild)
    assert not (prepared / "wild").exists()


def test_the_log_has_a_line_per_epoch_with_all_that_one_wants_to_see(prepared, caplog):
    caplog.set_level("INFO")
    go(prepared, "run")
    lines = [r.getMessage() for r in caplog.records if r.getMessage().startswith("epoch")]
    assert len(lines) == 3
    for word in ("epoch 2/3", "train loss", "accuracy", "test loss", "images/s", "s left"):
        assert word in lines[1]


def as_of(monkeypatch, tmp_path, flags):
    """Let this be a processor that says of itself what it can."""
    told = tmp_path / "cpuinfo"
    told.write_text(f"processor : 0\nflags : fpu {flags} sse\n")
    monkeypatch.setattr(device, "_PROCESSOR", told)


@pytest.mark.parametrize("precision", ["tf32", "bf16"])
def test_other_precisions_learn_as_well_and_are_recorded(
    prepared, precision, monkeypatch, tmp_path
):
    """tf32 changes nothing on a CPU; bf16 does, in the steps only: weights stay float32."""
    as_of(monkeypatch, tmp_path, "avx512_bf16")  # any other gives the same, but later
    plain = go(prepared, "plain")
    other = go(prepared, "other", job={**JOB, "recipe": {**RECIPE, "precision": precision}})
    records = [json.loads((one / "metrics.json").read_text()) for one in (plain, other)]
    assert [one["environment"]["precision"] for one in records] == ["float32", precision]
    assert records[1]["test_accuracy"] > 0.8
    weights = [torch.load(one / "checkpoint.pt") for one in (plain, other)]
    assert all(value.dtype == torch.float32 for value in weights[1].values())
    same = all(torch.equal(a, b) for a, b in zip(*(w.values() for w in weights), strict=True))
    assert same == (precision == "tf32")


@pytest.mark.parametrize("told", [True, False])
def test_a_processor_without_bf16_is_not_asked_for_it(prepared, monkeypatch, tmp_path, told):
    as_of(monkeypatch, tmp_path, "avx512_vnni")
    if not told:  # another system than Linux
        monkeypatch.setattr(device, "_PROCESSOR", tmp_path / "missing")
    job = {**JOB, "recipe": {**RECIPE, "precision": "bf16"}}
    with pytest.raises(StudyError, match=r"recipe\.precision: bf16 .* does not calculate in it"):
        go(prepared, "run", job=job)
    go(prepared, "run", job={**JOB, "recipe": {**RECIPE, "precision": "tf32"}})


def test_float32_means_float32_on_gpus_too(prepared):
    go(prepared, "run")
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32


def test_views_are_taken_after_the_last_epoch_for_the_record_of_both_splits(prepared):
    run = go(prepared, "run", job=EVERY_PART)
    metrics = json.loads((run / "metrics.json").read_text())
    data = load(prepared / "tiny.pt", prepared / "tiny.json", EVERY_PART, "cpu")
    model = models.build(**EVERY_PART["model"], shape=data.shape, classes=3)
    model.load_state_dict(torch.load(run / "checkpoint.pt"))
    model.to(memory_format=torch.channels_last)
    logits = predict(model, data.test, views=6)
    stored = np.load(run / "predictions.npz")
    assert (logits.half().numpy() == stored["logits"]).all()
    assert metrics["test_loss"] == loss_and_accuracy(logits, data.test.labels)[0]
    seen = loss_and_accuracy(predict(model, data.train, views=6), data.train.labels)
    assert (metrics["train_loss"], metrics["train_accuracy"]) == seen
    with (run / "history.csv").open() as file:
        last = list(csv.DictReader(file))[-1]
    assert float(last["loss"]) == metrics["test_loss"]


@pytest.mark.parametrize("count", [6, 100_000])
def test_a_network_may_look_at_images_from_all_of_the_training_set(monkeypatch, count):
    """As they are, normalised, and no more of large ones than would fit into memory."""
    images = torch.arange(24, dtype=torch.uint8).view(24, 1, 1, 1).expand(24, 2, 2, 1)
    data = Split(images, torch.arange(24) % 2, torch.tensor([0.5]), torch.tensor([0.25]))
    monkeypatch.setattr(engine, "_SHOWN", 4 * count)
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    seen = []
    model.initialise_from = seen.append
    engine.train(model, data, data, Recipe("adam", 0.1, 8, 1, crop_padding=1, flip=True), seed=0)
    (shown,) = seen
    rows = ((shown[:, 0, 0, 0] * 0.25 + 0.5) * 255).round().int().tolist()
    assert rows == (list(range(24)) if count > 24 else [0, 4, 8, 12, 16, 20])


def test_a_last_batch_of_one_image_that_batch_norm_cannot_take_is_said_before_training():
    images = torch.randint(0, 256, (33, 8, 8, 1), dtype=torch.uint8)
    half = torch.full((1,), 0.5)
    split = Split(images, torch.arange(33) % 3, half, half)
    small = models.build(name="resnet", block="basic", widths=[4] * 4, shape=(1, 8, 8), classes=3)
    recipe = Recipe(**{**RECIPE, "batch_size": 32, "epochs": 1})
    before = {name: value.clone() for name, value in small.state_dict().items()}
    with pytest.raises(
        StudyError, match=r"33 training images in batches of 32 leave one .*: 32 in"
    ):
        engine.train(small, split, split, recipe, seed=0)
    assert all(torch.equal(before[name], value) for name, value in small.state_dict().items())
    engine.train(small, split, split, Recipe(**{**RECIPE, "batch_size": 11, "epochs": 1}), seed=0)
