"""A whole study, small: from nothing to report.md, again, and after changes."""

import json
import os
import re

import numpy as np
import pytest
import yaml

from convstudy.errors import StudyError
from convstudy.verification import verify as verifying

import edits

pytestmark = pytest.mark.study


# What decides claims and compares networks is drawn again in every section, once.
DRAWN = {f"draw_{one}": 1 for one in ("mnist", "kernels", "cifar10", "blocks", "forest")}


def jobs(study, *arguments):
    return study.jobs("report.md", "--configfile", "tiny.yaml", *arguments)


def test_the_report_has_every_part_and_every_figure_it_shows(finished):
    report = (finished.folder / "report.md").read_text()
    assert "Scale `quick`: " in report
    assert "--config scale=full" in report
    for title in (
        "Kernel size",
        "Custom layers",
        "Basic against bottleneck blocks",
        "All claims together",
    ):
        assert re.search(rf"^## \d+\. {title}$", report, re.M)
    figures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", report)
    assert len(figures) == 28
    for figure in figures:
        assert (finished.folder / figure).read_bytes().startswith(b"\x89PNG")


def test_a_generated_report_prints_nothing_that_was_published(finished):
    report = (finished.folder / "report.md").read_text()
    for number in ("97.19", "99.20", "36.22", "119.69", "30,154"):
        assert number not in report
    assert "Published: " not in report and "published report takes a side" not in report


def test_every_accuracy_in_the_report_is_that_of_its_run(finished):
    report = (finished.folder / "report.md").read_text()
    for path in (finished.folder / "results/quick/runs").glob("*/seed0/metrics.json"):
        metrics = json.loads(path.read_text())
        assert f"| {100 * metrics['test_accuracy']:.2f} |" in report, path


def test_a_second_run_and_another_folder_have_nothing_to_do(finished, study):
    assert jobs(finished) == {}
    assert jobs(study) == {}


def test_touching_all_files_reruns_nothing(study):
    for path in [*study.folder.glob("results/**/*"), *study.folder.glob("data/**/*")]:
        if path.is_file():
            path.touch()
    assert jobs(study) == {}


def test_another_learning_rate_reruns_one_experiment_and_what_shows_it(study):
    def change(config):
        config["experiments"]["mnist_fc"]["recipe"]["learning_rate"] = 0.002

    study.edit_config(change)
    assert jobs(study) == {
        **{"train": 1, "timing": 1, "summarise": 1, "analyse": 1, "report": 1},
        **{"errors": 1, "mistakes": 1},
        **DRAWN,
    }


def test_a_comment_or_another_order_in_the_config_reruns_nothing(study):
    path = study.folder / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["experiments"]["mnist_fc"] = dict(reversed(config["experiments"]["mnist_fc"].items()))
    path.write_text("# a comment\n" + yaml.safe_dump(config, sort_keys=False))
    assert jobs(study) == {}


def test_another_generator_seed_reruns_all_that_is_trained_on_its_images(study):
    def change(config):
        config["datasets"]["digits"]["generator"]["seed"] = 1

    study.edit_config(change)
    found = jobs(study)
    assert (found["generate_digits"], found["prepare"], found["train"]) == (1, 1, 6)
    assert "generate_shapes" not in found


def test_a_changed_raw_file_is_noticed(study):
    raw = study.folder / "data/raw/shapes/cifar-10-python.tar.gz.sha256"
    raw.write_text("0" * 64 + "\n")
    assert jobs(study)["prepare"] == 1


def test_a_claim_reruns_analysis_and_report(study):
    def change(config):
        config["claims"]["dropout_changes_nothing"]["margin"] = 0.02

    study.edit_config(change)
    assert jobs(study) == {"analyse": 1, "report": 1, **DRAWN}


def test_a_template_reruns_the_report(study):
    with (study.folder / "workflow/templates/head.md.j2").open("a") as file:
        file.write("\nA sentence.\n")
    assert jobs(study) == {"report": 1}


def test_another_device_reruns_nothing(study):
    assert jobs(study, "--config", "device=cpu") == {}


def test_a_forged_run_is_refused_by_name(study):
    path = study.folder / "results/quick/runs/mnist_fc/seed0/metrics.json"
    metrics = json.loads(path.read_text())
    metrics["test_accuracy"] = 0.99
    path.write_text(json.dumps(metrics))
    done = study.snakemake("--cores", "2", "report.md", "--configfile", "tiny.yaml")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    _, last = done.stdout.split("What failed:\n\n")  # below all that Snakemake prints of the job
    assert last.startswith("convstudy summarise: 1 of 10 runs cannot be used")
    assert "results/quick/runs/mnist_fc/seed0\n    - metrics.json was edited after its job" in last
    assert "run snakemake again; it trains them anew.\n" in last
    assert len(last) < 1000


def test_forged_predictions_decide_nothing(study):
    """Snakemake does not look at their times, and what summarised them does not run again."""
    path = study.folder / "results/quick/runs/mnist_fc/seed0/predictions.npz"
    with np.load(path) as stored:
        np.savez(path, **{**stored, "labels": stored["predicted"]})

    def change(config):
        config["claims"]["dropout_changes_nothing"]["margin"] = 0.02

    study.edit_config(change)
    done = study.snakemake("--cores", "2", "report.md", "--configfile", "tiny.yaml")
    assert done.returncode != 0
    assert f"{path.relative_to(study.folder)} is not the file that this run wrote" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_report_that_was_edited_by_hand_becomes_no_page(study):
    report = study.folder / "report.md"
    report.write_text(report.read_text().replace("Not decided", "Supported"))
    done = study.snakemake("--cores", "2", "report.html", "--configfile", "tiny.yaml")
    assert done.returncode != 0
    assert "report.md is not the report that was written with report.json" in (done.stdout)
    report.unlink()
    done = study.snakemake("--cores", "2", "report.html", "--configfile", "tiny.yaml")
    assert done.returncode == 0, done.stdout
    assert verify(study).returncode == 0


def verify(study, *more):
    command = "from convstudy.cli import main; main()"
    return study.python("-c", command, "verify", "results/quick", *more)


def test_verify_finds_nothing_in_a_finished_study_and_says_what_it_did(study):
    done = verify(study, "--thorough")
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("Records and tables agree. Computing 10 runs and ")
    assert "\nreport.md is the report that results/quick gives.\n" in done.stdout
    for said in (
        "config, code, fields and files of 10 runs, by each other",
        "report.md and report.html, to the last letter",
        "parameters, MACs and classes of 10 networks; their logits of 100 test images",
        "accuracy and loss on the whole training set, from the weights",
        "activations.npz, errors/*.npz, figures, frequency.json, layers/*.json",
        "timing.json: times cannot be measured again",
        "that the weights come from the training that is on record",
    ):
        assert said in done.stdout
    assert "another machine" not in done.stdout  # the bits are those of the trainings


def test_random_edits_are_noticed(study, capsys, monkeypatch):
    """By verify, each alone; what it does not look at is in `edits.LIMITS` and docs/threats.md."""
    monkeypatch.chdir(study.folder)
    arguments = ["results/quick", "--jobs", "1"]
    paths = edits.files_of(study.folder)
    for number in range(int(os.environ.get("ROUNDS", 40))):
        rng = np.random.default_rng(number)
        path = paths[rng.integers(len(paths))]
        before = path.read_bytes()
        what = edits.edit(path, rng)
        with pytest.raises(StudyError):
            verifying.main(arguments)
            pytest.fail(f"edit {number}: {path}, {what}")
        path.write_bytes(before)
    verifying.main(arguments)


RUN = "results/quick/runs/mnist_fc/seed0"


@pytest.mark.parametrize(
    ("file", "pattern", "new", "said"),
    [
        ("report.md", r"(\| fully connected .*?\| )\d\d\.\d\d", r"\g<1>99.99", "report.md, line"),
        ("report.md", r"Not decided", "Supported", "report.md, line"),
        ("report.html", r"Not decided", "Supported", "report.html, line"),
        (
            f"{RUN}/metrics.json",
            r'"test_accuracy": [\d.]+',
            '"test_accuracy": 0.99',
            "was changed after",
        ),
        (f"{RUN}/metrics.json", r'"train_loss": [\d.]+', '"train_loss": 0.01', "was changed after"),
        (f"{RUN}/metrics.json", r'"parameters": \d+', '"parameters": 12', "was changed after"),
        (f"{RUN}/history.csv", r"^1,train,[\d.]+", "1,train,0.1", "is not the file that this run"),
        ("results/quick/summary.csv", r"^mnist_fc,0,", "mnist_fc,1,", "summary.csv was"),
        ("results/quick/claims.json", '"inconclusive"', '"supported"', "claims.json"),
        ("results/quick/comparisons.json", r'"n": 1', '"n": 5', "comparisons.json"),
        ("results/quick/errors/cifar10.json", r'"share": [\d.]+', '"share": 0.9', "errors"),
        ("results/quick/layers/swish.json", "true", "false", "swish.json was changed after"),
        ("data/prepared/digits.json", "generated digits", "MNIST", "digits.json was changed after"),
        ("report.json", r'"margin": [\d.]+', '"margin": 0.5', "report.json was edited after"),
        ("results/quick/claims.json", r"(?s)^.*$", "{}", "claims.json was changed after"),
        ("results/quick/comparisons.json", '"mnist"', '"minst"', "comparisons.json was changed"),
        ("results/quick/layers/swish.json", r"(?s)^.*$", "[]", "swish.json was changed after"),
        ("report.json", '"analysis"', '"anlysis"', "is not what the rule `report`"),
        ("report.json", '"minimum_seeds": 5', '"seeds": 5', "report.json was edited after"),
    ],
)
def test_verify_finds_what_was_edited_by_hand(study, file, pattern, new, said):
    path = study.folder / file
    text, changes = re.subn(pattern, new, path.read_text(), count=1, flags=re.M)
    assert changes and text != path.read_text()
    path.write_text(text)
    done = verify(study)
    assert done.returncode == 1
    assert said in done.stdout
    assert "Traceback" not in done.stdout


def test_an_edited_template_is_said_by_verify_and_then_by_the_report(study):
    template = study.folder / "workflow/templates/words.md.j2"
    template.write_text(template.read_text().replace('_("Not decided")', '_("Supported")'))
    done = verify(study)
    assert done.returncode == 1
    assert "report.md was written with other words than are here" in done.stdout

    def written():
        return re.findall(
            r"^\| this report \| (.+)", (study.folder / "report.md").read_text(), re.M
        )

    before = written()
    again = study.snakemake("--cores", "2", "report.html", "--configfile", "tiny.yaml")
    assert again.returncode == 0, again.stdout
    assert len(written()) == 1 and written() != before
    assert verify(study).returncode == 0


def test_verify_of_another_scale_says_whose_report_it_is(study):
    done = study.python("-c", "from convstudy.cli import main; main()", "verify", "results/full")
    assert done.returncode == 1
    assert "report.md was made from results/quick, not from results/full" in done.stdout


def test_verify_of_a_folder_without_a_report_says_what_to_do(study):
    (study.folder / "report.json").unlink()
    done = verify(study)
    assert done.returncode == 1
    assert "report.json is missing: no report was finished" in (done.stdout)
