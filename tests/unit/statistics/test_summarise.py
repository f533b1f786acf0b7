"""A summary is made of exactly the runs that config and code of today would make, or not at all."""

import csv
import json
import warnings

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.files import digest
from convstudy.statistics import predictions, summarise, summary

from made_runs import CODE, LABELS, SLICE, change, logits_for, with_predictions, write_run

PREDICTED = {
    ("fc", 0): [0, 0, 1, 1, 1, 1, 0, 1, 2, 2],
    ("fc", 1): [0, 0, 0, 1, 1, 1, 0, 1, 2, 2],
    ("cnn", 0): [0, 0, 0, 0, 1, 1, 1, 1, 2, 2],
    ("cnn", 1): [0, 0, 0, 0, 1, 1, 1, 1, 2, 0],
}


@pytest.fixture
def study(tmp_path, stdin):
    """Two experiments with two faultless runs each; call it to summarise them."""
    runs, output = tmp_path / "runs", tmp_path / "summary.csv"
    for (experiment, seed), predicted in PREDICTED.items():
        write_run(runs / experiment / f"seed{seed}", experiment, seed, predicted)

    def call(arguments=(), **changes):
        one = {"seeds": [0, 1], "slice": SLICE, "code": CODE, **changes}
        stdin({"fc": one, "cnn": one})
        summarise.main(["--runs", str(runs), "--output", str(output), *arguments])

    call.runs, call.output = runs, output
    return call


def refused(study, **changes):
    """The message; and nothing was written, an old summary left alone."""
    with pytest.raises(StudyError) as raised:
        study(**changes)
    assert {path.name for path in study.output.parent.iterdir()} == {"runs"}
    assert "Delete these folders and run snakemake again" in str(raised.value)
    return str(raised.value)


def test_one_row_per_run(study):
    study()
    with study.output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == summary.COLUMNS
    assert [(row["experiment"], row["seed"]) for row in rows] == [
        ("fc", "0"),
        ("fc", "1"),
        ("cnn", "0"),
        ("cnn", "1"),
    ]
    assert [float(row["test_accuracy"]) for row in rows] == [0.7, 0.8, 1.0, 0.9]
    assert float(rows[0]["gap"]) == 0.9 - 0.7  # to the last bit
    assert (rows[0]["device"], rows[0]["threads"], rows[0]["commit"]) == ("cpu", "1", "")
    assert (rows[0]["generated"], rows[0]["origin"], rows[0]["dirty"]) == ("True", "trained", "")


def test_histories_of_all_runs_are_one_table_to_the_last_digit(study):
    study()
    written = study.output.with_name("histories.csv").read_text().splitlines()
    assert written[0] == "experiment,seed,epoch,split,loss,accuracy,learning_rate,seconds"
    assert written[1] == "fc,0,1,train,2.0,0.4,0.001,1.0" and len(written) == 1 + 4 * 4
    own = (study.runs / "cnn/seed1/history.csv").read_text().splitlines()
    assert written[-4:] == [f"cnn,1,{row}" for row in own[1:]]


def test_columns_are_those_that_the_report_reads(study):
    record = json.loads((study.runs / "fc/seed0/metrics.json").read_text())
    scalars = {name for name, value in record.items() if not isinstance(value, list | dict)} - {
        "seal"
    }
    environment = {"device", "threads", "torch", "python", "processor", "precision", "commit"}
    assert {*scalars, *environment, "dirty", "gap"} <= set(summary.COLUMNS)


def test_it_reads_back_the_same(study):
    study()
    read = summary.read(study.output, ["fc", "cnn"])
    record = json.loads((study.runs / "fc/seed1/metrics.json").read_text())
    assert read["fc"].seeds == [0, 1]
    assert read["fc"].values["test_loss"][1] == record["test_loss"]


FORGED = [
    ({"experiment": "cnn"}, "experiment is 'cnn', expected 'fc'"),
    ({"seed": 7}, "seed is 7, expected 0"),
    ({"seed": False}, "seed is False, expected 0"),
    ({"origin": "synthetic"}, "origin is 'synthetic'"),
    ({"code": "fedcba9876543210"}, "code is fedcba9876543210, the code of today is " + CODE),
    ({"slice": None}, "slice is None, not an object"),
    (
        {"slice": {"dataset": "digits", "recipe": {"epochs": 9, "learning_rate": 0.001}}},
        "slice.recipe.epochs is 9, the config says 2",
    ),
    ({"slice": {**SLICE, "extra": 1}}, 'slice.extra is 1, the config says "(absent)"'),
    ({"slice": {"dataset": "digits"}}, 'slice.recipe is "(absent)", the config says {'),
    ({"test_accuracy": 0.8}, "test_accuracy is 0.8, predictions.npz gives 0.7"),
    ({"test_accuracy": 0.8}, "test_accuracy is 0.8, history.csv ends with 0.7"),
    ({"test_accuracy": 1.2}, "test_accuracy is 1.2, outside 0 to 1"),
    ({"test_accuracy": None}, "test_accuracy is None, not a number"),
    ({"test_loss": 0.01}, "test_loss is 0.01, predictions.npz gives"),
    ({"train_accuracy_running": 0.9}, "train_accuracy_running is 0.9, history.csv ends with 0.7"),
    ({"train_loss": "low"}, "train_loss is 'low', not a number"),
    ({"train_seconds": -1}, "train_seconds is -1, outside"),
    ({"parameters": 10.5}, "parameters is 10.5, not a whole number"),
    ({"macs": 0}, "macs is 0, outside 1 to inf"),
    ({"epochs": 0}, "epochs is 0, not a count"),
    ({"sessions": 0}, "sessions is 0, not a count"),
    ({"epochs": 3}, "epochs is 3, history.csv ends with 2"),
    ({"test_images": 11}, "test_images is 11, predictions.npz holds 10"),
    ({"classes": ["cat", "dog"]}, "classes names 2, predictions.npz has logits for 3"),
    ({"classes": "cat"}, "classes is 'cat', not a list"),
    ({"classes": None}, "classes is None, not a list"),
    ({"classes": ["cat", 1, "car"]}, "classes is ['cat', 1, 'car'], not a list of names"),
    ({"dataset": 5}, "dataset is 5, not a text"),
    ({"train_images": "many"}, "train_images is 'many', not a count"),
    ({"train_images": True}, "train_images is True, not a count"),
    ({"dataset": ""}, "dataset is '', not a text"),
    ({"generated": 1}, "generated is 1, not true or false"),
    ({"environment": None}, "environment is missing"),
    ({"environment": {"threads": True}}, "environment.threads is True, not int"),
    ({"environment": {}}, "environment.commit is missing"),
    ({"files": None}, "files (the hashes of the run's files) is missing"),
    ({"files": {}}, "files lacks the hash of history.csv"),
    ({"files": {"../x": "0"}}, "files names '../x', which is not in the run's folder"),
    ({"files": {"checkpoint.pt": "0" * 64}}, "checkpoint.pt is not the file that this run wrote"),
]


@pytest.mark.parametrize("changes, said", FORGED)
def test_forged_records(study, changes, said):
    change(study.runs / "fc/seed0", **changes)
    message = refused(study)
    assert f"- {said}" in message
    assert str(study.runs / "fc/seed0") in message


DEPARTED = [
    ("0.001,", "0.0,", "learning_rate is 0.0 in epoch 1 of history.csv, by the recipe 0.001"),
    ("\n1,", "\n3,", "history.csv does not have the 2 epochs of the recipe, and these alone"),
    (
        "\n2,test",
        "\n1,test",
        "history.csv cannot be read (ValueError('epoch 1 has two rows of test')",
    ),
    ("0.001", "small", "history.csv cannot be compared with the recipe (ValueError"),
    ("2,train,", "2,valid,", "history.csv cannot be read (KeyError((2, 'train', 'accuracy')))"),
    (",loss,", ",cost,", "history.csv cannot be read (ValueError('its columns are not epoch, "),
    ("1,train,2.0,", "1,train,much,", "history.csv cannot be read (ValueError"),
    ("1,train,2.0,0.4,0.001,1.0", "1,train", "history.csv cannot be read (TypeError"),
    ("1,test,1.9,", "1,test,nan,", "history.csv, epoch 1: test_loss is nan, not finite"),
    ("1,train,2.0,0.4,", "1,train,2.0,97.2,", "history.csv, epoch 1: train_accuracy is 97.2, out"),
    (
        "1,train,2.0,0.4,0.001,1.0\n1,test,1.9,0.5,0.001,0.1\n",
        "1,test,1.9,0.5,0.001,0.1\n1,train,2.0,0.4,0.001,1.0\n",
        "history.csv does not have the 2 epochs of the recipe, and these alone, in their order",
    ),
]


@pytest.mark.parametrize("old, new, said", DEPARTED)
def test_a_history_of_another_recipe(study, old, new, said):
    """Whole, and vouched for: but not what the config asks for."""
    path = study.runs / "fc/seed0/history.csv"
    path.write_text(path.read_text().replace(old, new))
    files = json.loads(path.with_name("metrics.json").read_text())["files"]
    change(path.parent, files=files | {"history.csv": digest(path)})
    assert f"- {said}" in refused(study)


def test_fewer_images_than_the_config_asks_for(study):
    fewer = {**SLICE, "train_images": 50}
    for seed in (0, 1):
        change(study.runs / f"fc/seed{seed}", slice=fewer)
    assert "- train_images is 40, the config asks for 50" in refused(study, slice=fewer)


@pytest.mark.parametrize(
    "field", ["train_accuracy", "train_loss", "parameters", "macs", "train_images", "environment"]
)
def test_a_record_edited_by_hand(study, field):
    """Fields that nothing beside the record states again."""
    path = study.runs / "fc/seed0/metrics.json"
    record = json.loads(path.read_text())
    edited = {"threads": 2} if field == "environment" else record[field] / 2
    edited = {**record["environment"], **edited} if field == "environment" else edited
    edited = int(edited) if isinstance(record[field], int) else edited
    path.write_text(json.dumps({**record, field: edited}))
    assert "- metrics.json was edited after its job wrote it" in refused(study)
    path.write_text(json.dumps({key: value for key, value in record.items() if key != "seal"}))
    assert "- metrics.json has no seal" in refused(study)


def test_runs_of_a_checkout_and_of_a_single_image_are_as_good(study):
    record = json.loads((study.runs / "fc/seed0/metrics.json").read_text())
    known = {**record["environment"], "commit": "0123abc", "dirty": True}
    change(study.runs / "fc/seed0", environment=known, train_images=1)
    study()


def test_another_config_or_code(study):
    assert "4 of 4 runs" in refused(study, slice={**SLICE, "dataset": "mnist"})
    assert "4 of 4 runs" in refused(study, code="new")


def test_a_missing_field_is_named(study):
    path = study.runs / "fc/seed0/metrics.json"
    record = json.loads(path.read_text())
    del record["train_loss"], record["environment"]["torch"], record["origin"]
    path.write_text(json.dumps(record))
    message = refused(study)
    for said in ("train_loss is missing", "environment.torch is missing", "origin is '(absent)'"):
        assert said in message


def test_nan_in_a_record(study):
    change(study.runs / "fc/seed0", test_loss=float("nan"))
    assert "test_loss is nan, not finite" in refused(study)


@pytest.mark.parametrize("name", ["history.csv", "predictions.npz"])
def test_altered_and_missing_files(study, name):
    path = study.runs / "fc/seed0" / name
    path.write_bytes(path.read_bytes() + b" ")
    assert f"- {name} is not the file that this run wrote" in refused(study)
    path.unlink()
    assert f"- {name} is missing" in refused(study)


def test_weights_may_stay_where_they_were_made_but_not_be_others(study):
    path = study.runs / "fc/seed0/checkpoint.pt"
    path.write_bytes(b"others")
    assert "- checkpoint.pt is not the file that this run wrote" in refused(study)
    path.unlink()
    study()


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_missing_and_broken_records(study, text):
    path = study.runs / "cnn/seed1/metrics.json"
    path.unlink() if text is None else path.write_text(text)
    message = refused(study)
    assert "1 of 4 runs" in message and str(path.parent) in message


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"predicted": LABELS}, "predicts classes that do not have the largest logit"),
        ({"labels": LABELS[::-1]}, "test_accuracy is 0.7, predictions.npz gives 0."),
        ({"labels": LABELS + 1}, "holds labels outside 0 to 2"),
        ({"labels": LABELS - 1}, "holds labels outside 0 to 2"),
        ({"labels": LABELS[:9]}, "holds labels of shape (9,)"),
        ({"predicted": LABELS.astype(float)}, "type float64, not (N,) integers"),
        ({"logits": np.zeros(10)}, "holds logits of shape (10,)"),
        ({"logits": np.zeros((10, 3), int)}, "holds logits of shape (10, 3), type int64"),
        (
            {"logits": np.zeros((0, 3)), "predicted": LABELS[:0], "labels": LABELS[:0]},
            "shape (0, 3)",
        ),
        ({"logits": np.full((10, 3), np.nan)}, "logits that are not numbers"),
        ({"logits": None}, "lacks an array"),
        ({"labels": np.array(["a"] * 10, dtype=object)}, "cannot be read"),
    ],
)
def test_predictions_that_contradict_the_record(study, changes, said):
    with_predictions(study.runs / "fc/seed0", **changes)
    assert said in refused(study)


def test_predictions_that_are_no_archive(study):
    (study.runs / "fc/seed0/predictions.npz").write_bytes(b"<html>not found</html>")
    assert "cannot be read" in refused(study)


def test_logits_beyond_half_precision_leave_the_loss_unchecked(study):
    logits = logits_for(PREDICTED["fc", 0]).astype(np.float16)
    logits[np.arange(10), PREDICTED["fc", 0]] = np.inf
    with_predictions(study.runs / "fc/seed0", logits=logits)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nobody is told of ∞ − ∞
        study()


def test_a_loss_may_differ_by_what_rounding_of_large_logits_moves_it():
    # Halves beyond 1024 are whole numbers: a loss of 8 where it was 7.02. The other one is exact.
    exact, labels = np.array([[-1033.51, -1026.49], [0, 0]]), np.array([0, 0])
    loss, tolerance = predictions.cross_entropy(
        predictions.Predictions(exact.astype(np.float16), labels, labels)
    )
    assert loss == pytest.approx((8 + np.log(2)) / 2, abs=1e-3)
    assert 0.48 < loss - (np.log1p(np.exp(7.02)) + np.log(2)) / 2 < tolerance < 0.51


def test_a_loss_of_exact_logits_may_differ_by_what_sums_in_single_precision_do():
    found = predictions.Predictions(np.zeros((10, 3), np.float16), LABELS * 0, LABELS)
    loss, tolerance = predictions.cross_entropy(found)
    assert loss == pytest.approx(np.log(3))
    # Twice the error of a half near zero, and 1e-4 relative
    assert tolerance == pytest.approx(2 * 2**-25 + 1e-4 * (1 + np.log(3)))


@pytest.mark.parametrize("off, refuses", [(5e-7, False), (5e-6, True)])
def test_a_history_may_round_to_single_precision(study, off, refuses):
    folder = study.runs / "fc/seed0"
    path = folder / "history.csv"
    path.write_text(path.read_text().replace("2,train,1.0,0.7,", f"2,train,1.0,{0.7 + 0.7 * off},"))
    files = json.loads((folder / "metrics.json").read_text())["files"]
    change(folder, files=files | {path.name: digest(path)})
    if refuses:
        assert "train_accuracy_running is 0.7, history.csv ends with 0.70000" in refused(study)
    else:
        study()


def test_history_that_cannot_be_read(study):
    folder = study.runs / "fc/seed0"
    (folder / "history.csv").write_text("epoch,split\n1,train\n")
    assert "history.csv cannot be read" in refused(study)


def test_a_seed_copied_from_another(study):
    source, copy = study.runs / "cnn/seed0", study.runs / "cnn/seed1"
    for name in ("metrics.json", "predictions.npz", "history.csv", "checkpoint.pt"):
        (copy / name).write_bytes((source / name).read_bytes())
    change(copy, seed=1)
    assert "predictions.npz is the file of seed0: a copy, or an unused seed" in refused(study)


def test_seeds_without_a_hash_of_their_predictions_are_no_copies(study):
    for seed in (0, 1):
        change(study.runs / f"cnn/seed{seed}", files={})
    message = refused(study)
    assert "files lacks the hash of predictions.npz" in message and "a copy" not in message


@pytest.mark.parametrize("changes", [{"data_sha256": "e" * 64}, {"parameters": 7}, {"macs": 7}])
def test_seeds_on_other_data_or_of_another_network(study, changes):
    change(study.runs / "fc/seed1", **changes)
    name, first = next(iter(changes)), study.runs / "fc/seed0"
    assert f"{name} is not that of {first}" in refused(study)


def test_experiments_on_the_same_data_set_saw_the_same_data(study):
    for seed in (0, 1):
        change(study.runs / f"cnn/seed{seed}", data_sha256="e" * 64)
    message = refused(study)
    assert "2 of 4 runs" in message
    assert message.count(f"data_sha256 is not that of {study.runs / 'fc/seed0'}") == 2


def test_all_faults_in_one_message(study):
    change(study.runs / "fc/seed0", origin="synthetic", test_loss=-1)
    change(study.runs / "fc/seed1", code="old")
    (study.runs / "cnn/seed1/metrics.json").unlink()
    message = refused(study)
    for said in ("3 of 4 runs", "origin is", "test_loss is -1", "code is old", "is missing"):
        assert said in message
    assert str(study.runs / "cnn/seed0") not in message


def test_an_old_summary_stays(study):
    study()
    before = study.output.read_bytes()
    change(study.runs / "fc/seed0", origin="synthetic")
    with pytest.raises(StudyError):
        study()
    assert study.output.read_bytes() == before


def test_states_of_trainings_go_once_their_runs_are_in_the_summary(study, stdin):
    states = study.runs.parent / "states"
    for name in ("fc/seed0.pt", "fc/seed0.pt.lock", "cnn/seed1.pt.lock", "other/seed0.pt.lock"):
        (states / name).parent.mkdir(parents=True, exist_ok=True)
        (states / name).touch()
    study(arguments=["--states", str(states)])
    left = {path.relative_to(states).as_posix() for path in states.rglob("*")}
    assert left == {"other", "other/seed0.pt.lock"}  # another study's; empty folders go too
    (states / "other/seed0.pt.lock").unlink()
    study(arguments=["--states", str(states)])
    assert study.output.is_file() and not states.exists()
    study(arguments=["--states", str(states)])  # nothing to remove


@pytest.mark.parametrize(
    "job, said",
    [
        ({}, "there is no run"),
        ({"fc": {}}, "an experiment lacks or misspells a part"),
        ({"fc": 1}, "an experiment lacks or misspells a part"),
        ({"fc": {"seeds": 2}}, "an experiment lacks or misspells a part"),
    ],
)
def test_faulty_input(tmp_path, stdin, job, said):
    stdin(job)
    with pytest.raises(StudyError, match=f"standard input: {said}"):
        summarise.main(["--runs", str(tmp_path), "--output", str(tmp_path / "summary.csv")])
