"""`make why`: which jobs are stale and why, on the real DAG (dry runs over pretended results)."""

import re
import shutil

from checkout import ROOT


def test_why_says_what_is_stale_and_why(study):
    study.edit_config(lambda config: config["experiments"]["mnist_fc"]["model"].update(dropout=0.3))
    (study.folder / "results/tour/layers/swish.json").unlink()
    said = study.python("workflow/tools/why.py", "report.md").stdout
    assert (
        "Train mnist_fc, seed 0\nTrain mnist_fc, seed 1\n"
        "    because model.dropout was 0.2 in the config and is 0.3\n"
    ) in said
    assert "because it has not been run, or its result is gone" in said
    assert "    Write the report" in said


def test_why_names_the_module_that_was_edited(study):
    code = study.folder / "src/convstudy/figures/curves.py"
    code.write_text(code.read_text() + "_ADDED = 1\n")
    said = study.python("workflow/tools/why.py", "report.md").stdout
    assert "Draw the figures of section blocks\nDraw the figures of section cifar10\n" in said
    assert "    because its code has changed: convstudy.figures.curves\n" in said


def test_why_says_what_the_readme_shows(study):
    study.edit_config(
        lambda config: config["experiments"]["mnist_fc"]["model"].update(hidden=[256, 128])
    )
    said = study.python("workflow/tools/why.py", "report.md", "report.html").stdout
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```\n(Train mnist_fc.*?)^```", readme, re.M | re.S)
    for part in shown.split("…\n"):
        assert part in said


def test_why_says_that_a_job_uses_other_modules(study):
    """A network that is not compared any more is not timed any more."""
    study.edit_config(
        lambda config: config["experiments"]["mnist_fc"]["recipe"].update(batch_size=32)
    )
    said = study.python("workflow/tools/why.py", "report.md").stdout
    assert "    because mnist_fc is no longer part of its config\n" in said
    assert "    because it uses other modules of the code\n" in said


def test_why_of_a_finished_study_says_that_nothing_is_stale(study):
    assert study.python("workflow/tools/why.py", "report.md").stdout == "Nothing is stale.\n"


def test_why_says_that_a_copy_without_records_tells_little(study):
    shutil.rmtree(study.folder / ".snakemake/metadata")
    said = study.python("workflow/tools/why.py", "report.md").stdout
    assert "There is no record (.snakemake/metadata) of what the files here were made with" in said


def test_why_of_a_bad_config_says_what_is_wrong(study):
    done = study.python("workflow/tools/why.py", "report.md", "--config", "scale=ful")
    assert done.returncode != 0
    assert "did you mean 'full'?" in done.stdout
