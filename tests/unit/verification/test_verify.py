"""`convstudy verify` is content with what was computed, and with nothing else."""

import json
import re
import shutil

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.files import canonical_json, digest
from convstudy.sealed import write_sealed
from convstudy.verification import again, networks, verify

import edits
import tiny
from small_study import TEMPLATES, WORDS

RUN = "results/quick/runs/mnist_kernel3/seed0"


@pytest.fixture
def study(finished, tmp_path):
    """A copy for a test to change."""
    shutil.copytree(finished, tmp_path / "study")
    return tmp_path / "study"


def verified(folder, *more, templates=TEMPLATES):
    """Run it there; its message if it is not content."""
    paths = {
        "report": folder / "report.md",
        "data": folder / "data/prepared",
        "raw": folder / "data/raw",
        "templates": templates,
        "locale": WORDS.parent,
        "jobs": 1,
    }
    arguments = [f"--{name}={value}" for name, value in paths.items()]
    try:
        verify.main([str(folder / "results/quick"), *arguments, *more])
    except StudyError as error:
        return str(error)
    return None


def cover(folder, *names):
    """Put right what a forger in haste would: the checksums in report.json, and its seal."""
    record = json.loads((folder / "report.json").read_text())
    for name in names:
        path = folder / "results/quick" / name
        if path.is_file():
            record["files"][name] = digest(path)
    record["report_sha256"] = digest(folder / "report.md")
    write_sealed(folder / "report.json", {k: v for k, v in record.items() if k != "seal"})


def change(path, **changes):
    """Alter a record and seal it anew."""
    record = {k: v for k, v in json.loads(path.read_text()).items() if k != "seal"}
    write_sealed(path, {**record, **changes})


def test_a_finished_study_is_what_its_runs_give(finished, capsys):
    assert verified(finished, "--thorough") is None
    said = capsys.readouterr().out
    assert "config, code, fields and files of 6 runs, by each other" in said
    assert "logits of 40 test images" in said
    assert "accuracy and loss on the whole training set, from the weights" in said
    assert re.search(r"files made again by their own commands: activations.npz, .*figures", said)
    assert "that the weights come from the training that is on record" in said


def test_a_random_edit_in_a_random_file_is_noticed(study):
    for number in range(40):
        rng = np.random.default_rng(number)
        paths = edits.files_of(study)
        path = paths[rng.integers(len(paths))]
        before = path.read_bytes()
        what = edits.edit(path, rng)
        assert verified(study), f"{path.relative_to(study)}, {what}"
        path.write_bytes(before)
    assert not verified(study)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("parameters", 7),
        ("macs", 7),
        ("train_images", 60000),
        ("epochs", 2),
        ("classes", ["a"] * 10),
        ("generated", False),
        ("data_sha256", "0" * 64),
        ("test_accuracy", 0.99),
        ("test_loss", 0.01),
    ],
)
def test_a_field_that_was_sealed_anew_is_computed_again(study, field, value):
    change(study / RUN / "metrics.json", **{field: value})
    found = networks.of_run(study / RUN, study / "data/prepared", thorough=False)
    assert [said for said in found.faults if f"{field} is {value}" in said]


@pytest.mark.parametrize("field", ["train_accuracy", "train_loss"])
def test_the_training_set_is_left_to_thorough(study, field):
    change(study / RUN / "metrics.json", **{field: 0.999})
    data = study / "data/prepared"
    assert not networks.of_run(study / RUN, data, thorough=False).faults
    (said,) = networks.of_run(study / RUN, data, thorough=True).faults
    assert f"{field} is 0.999, its weights give" in said


@pytest.mark.parametrize("views", [1, 6])
def test_a_run_is_computed_again_with_as_many_views_of_an_image(tmp_path, views):
    data = tiny.prepare(tmp_path)
    job = {**tiny.EVERY_PART, "recipe": {**tiny.EVERY_PART["recipe"], "views": views}}
    folder = tiny.go(data, "run", job=job)
    assert networks.of_run(folder, data, thorough=True).faults == []


def test_each_file_of_weights_that_is_gone_is_named(study):
    for path in study.glob("results/quick/runs/*/*/checkpoint.pt"):
        path.unlink()
    said = verified(study)
    assert f"{RUN}/checkpoint.pt is missing" in said and said.count("checkpoint.pt is missing") > 1


def test_other_weights_or_other_answers_are_noticed(study):
    path = study / RUN / "predictions.npz"
    with np.load(path) as stored:
        np.savez(path, **{**stored, "logits": stored["logits"] + np.float16(1)})
    data = study / "data/prepared"
    (said,) = networks.of_run(study / RUN, data, thorough=False).faults
    assert "predictions.npz holds other logits than its checkpoint.pt gives" in said


def test_of_another_machine_values_are_compared_up_to_rounding(study):
    path = study / RUN / "metrics.json"
    environment = json.loads(path.read_text())["environment"]
    change(path, environment={**environment, "processor": "another one"})
    predictions = study / RUN / "predictions.npz"
    with np.load(predictions) as stored:
        moved = (stored["logits"] * np.float16(1.0005)).astype(np.float16)
        np.savez(predictions, **{**stored, "logits": moved})
    found = networks.of_run(study / RUN, study / "data/prepared", thorough=True)
    assert (found.faults, found.exact) == ([], False)


def test_a_costly_network_is_computed_on_whole_batches_of_its_test_set(study, monkeypatch):
    monkeypatch.setattr(networks, "_BUDGET", 1.0)
    monkeypatch.setattr(networks, "_BATCH", 25)
    found = networks.of_run(study / RUN, study / "data/prepared", thorough=False)
    assert (found.faults, found.images) == ([], 25)


@pytest.mark.parametrize(
    "name", ["activations.npz", "frequency.json", "mistakes.png", "swish.json"]
)
def test_what_its_own_command_makes_otherwise_is_noticed(study, name):
    record = json.loads((study / "report.json").read_text())
    made = again.of_study(record, study / "results/quick", study / "data/prepared", WORDS)
    one = next(each for each in made if each.path.name == name)
    assert not again.compare(one)
    if name == "swish.json":
        change(one.path, parameters=7)
    elif name == "frequency.json":
        change(one.path, frequencies={"features.0": 0.4})
    else:
        edits.edit(one.path, np.random.default_rng(0))
    (said,) = again.compare(one)
    assert str(one.path) in said


def test_a_report_with_its_checksum_put_right_is_not_accepted(study):
    report = study / "report.md"
    report.write_text(report.read_text().replace("Not decided", "Supported", 1))
    cover(study)
    assert "report.md, line " in verified(study)
    record = json.loads((study / "report.json").read_text())
    written = {**record["written"], "code": "0" * 16}
    change(study / "report.json", written=written)
    assert "was written with other code than are here" in verified(study)


@pytest.mark.parametrize(
    ("found", "instead"),
    [("</main>", "</main><p>99.9 %</p>"), ("<style>", "<style>main{display:none}")],
)
def test_the_page_is_compared_outside_its_text_too(study, found, instead):
    page = study / "report.html"
    page.write_text(page.read_text().replace(found, instead, 1))
    assert "report.html, line " in verified(study)


def test_other_words_are_said_and_not_accepted(study, tmp_path):
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    words = templates / "words.md.j2"
    words.write_text(words.read_text().replace('_("Not decided")', '_("Supported")'))
    said = verified(study, templates=templates)
    assert "report.md was written with other words than are here" in said


def test_a_claim_is_decided_again(study):
    path = study / "results/quick/claims.json"
    path.write_text(path.read_text().replace('"inconclusive"', '"supported"', 1))
    cover(study, "claims.json")
    assert "claims.json is not what the files before it give" in verified(study)


def test_other_images_under_the_old_description_are_noticed(study):
    edits.edit(study / "data/prepared/digits.pt", np.random.default_rng(1))
    assert "digits.pt gives" in verified(study)


def test_a_sample_is_checked_as_far_as_it_goes_and_says_how_far(study, capsys):
    for path in [*study.rglob("*.npz"), *study.rglob("*.pt")]:
        path.unlink()
    assert "is missing" in verified(study)
    assert verified(study, "--sample") is None
    said = capsys.readouterr().out
    assert "networks, predictions and images: a sample does not have them" in said
    assert "comparisons, claims, errors (report.json)" in said
    edits.edit(study / RUN / "history.csv", np.random.default_rng(0))
    assert "history.csv is not the file that this run wrote" in verified(study, "--sample")


def test_a_record_of_another_shape_is_said(study):
    change(study / "report.json", analysis={})
    assert "report.json does not fit its files" in verified(study)
    record = json.loads((study / "report.json").read_text())
    (study / "report.json").write_text(canonical_json(record | {"runs": {}}))
    assert "report.json was edited after its job wrote it" in verified(study)
    (study / "report.json").unlink()
    assert "report.json is missing: no report was finished" in verified(study)


@pytest.mark.parametrize("sample", [[], ["--sample"]])
def test_another_ledger_or_none_is_noticed(study, sample):
    path = study / "results/quick/ledger.jsonl"
    text = path.read_text()
    path.write_text(text + text.splitlines()[-1] + "\n")
    assert "is not the ledger that" in verified(study, *sample)
    path.unlink()
    assert f"{path} is missing. Put it back from a copy" in verified(study, *sample)


def test_finished_runs_that_the_report_does_not_use_are_named(study, capsys):
    runs = study / "results/quick/runs"
    shutil.copytree(runs / "mnist_kernel3/seed0", runs / "mnist_kernel3/seed7")
    shutil.copytree(runs / "mnist_kernel3/seed0", runs / "gone/seed0")
    assert verified(study) is None
    said = (
        "2 finished runs in .* that the report does not use: gone, seeds 0; mnist_kernel3, seeds 7"
    )
    assert re.search(said, capsys.readouterr().out)
