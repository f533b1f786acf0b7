"""A study of somebody's own: a folder beside this repository, with networks of its own."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from convstudy import new
from convstudy.errors import StudyError

from checkout import ROOT, Checkout

HELPED = "from helpers import width\n\n\ndef tiny("
TRAIN_TINY = {f"Train tiny, seed {seed}" for seed in range(5)}
AFTER = {"Verify and summarise all runs", "Write the report", "Make a page of the report"}


def named(folder):
    """The study in a folder that names itself its checkout."""
    return Checkout.of(folder)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies") / "mine"
    new.make(folder)
    networks = folder / "networks.py"
    networks.write_text(networks.read_text().replace("def tiny(", HELPED, 1))
    (folder / "helpers.py").write_text("width = 1\n")
    study = named(folder)
    study.pretend_to_be_finished("report.html")
    assert study.planned() == set()
    return study


@pytest.fixture
def study(finished, tmp_path):
    return finished.moved_to(tmp_path / "mine")


def edit(path, old, new_text):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new_text, 1))


@pytest.mark.parametrize(
    ("file", "old", "new_text"),
    [
        ("networks.py", "nn.ReLU()", "nn.GELU()"),
        ("helpers.py", "width = 1", "width = 2"),
        ("config.yaml", "channels: 8", "channels: 9"),
    ],
)
def test_an_edit_of_a_network_trains_what_uses_it_and_nothing_else(study, file, old, new_text):
    edit(study.folder / file, old, new_text)
    planned = study.planned()
    assert {one for one in planned if one.startswith("Train")} == TRAIN_TINY
    assert planned >= AFTER


@pytest.mark.parametrize(
    ("file", "old", "new_text"),
    [
        ("networks.py", '"""Networks', '"""Other words, networks'),
        ("helpers.py", "width = 1", "width = 1  # a comment"),
    ],
)
def test_words_and_layout_of_a_network_rerun_nothing(study, file, old, new_text):
    edit(study.folder / file, old, new_text)
    assert study.planned() == set()


def test_what_lies_beside_a_network_reruns_nothing(study):
    (study.folder / "notes.py").write_text("A = 1\n")
    new.make(study.folder.parent / "another")
    assert study.planned() == set()


def test_another_network_of_the_same_module_may_be_added(study):
    """It is in the same file, so what uses that file is trained anew; what does not is not."""
    with (study.folder / "networks.py").open("a") as file:
        file.write("\n\ndef more(shape, classes):\n    return nn.Flatten()\n")
    assert {one for one in study.planned() if one.startswith("Train")} == TRAIN_TINY


@pytest.mark.parametrize(
    ("old", "new_text", "said"),
    [
        (
            "networks.tiny",
            "networks.tyny",
            "networks.py has no function 'tyny'; did you mean 'tiny'",
        ),
        ("networks.tiny", "network.tiny", "there is no module network: "),
        ("channels: 8", "chanels: 8", "unknown key 'chanels'; did you mean 'channels'?"),
        ("channels: 8", "channels: many", "'many' has the wrong type; give a whole number"),
        ("name: classic", "name: clasic", "no recipe is named 'clasic'; did you mean 'classic'?"),
        (
            "dataset: digits",
            "dataset: digit",
            "no data set is named 'digit'; did you mean 'digits'?",
        ),
    ],
)
def test_what_is_wrong_in_a_study_is_said_before_anything_runs(study, old, new_text, said):
    edit(study.folder / "config.yaml", old, new_text)
    done = study.snakemake("-n", "report.html")
    assert done.returncode != 0
    assert said in done.stdout and "Traceback" not in done.stdout


def test_a_syntax_error_is_named_with_file_and_line(study):
    edit(study.folder / "networks.py", "return nn.Sequential(", "return nn.Sequential((")
    done = study.snakemake("-n", "report.html")
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert "networks.py, line" in done.stdout


def test_its_config_is_read_as_the_repositorys_own_is(study):
    edit(study.folder / "config.yaml", "epochs: 2", "epochs: 2, learning_rate: 1e-3")
    (study.folder / "mine.yaml").write_text("seeds: 010\n")
    jobs = study.jobs("report.md", "--forceall", "--configfile", "mine.yaml")
    assert jobs["train"] == 2 * 10  # 010 is ten, 1e-3 a number


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("seeds: 3\nseeds: 4\n", "'seeds' stands in line"),
        ("seeds: [3\n", "config.yaml, line"),
    ],
)
def test_what_its_config_says_twice_or_wrongly_is_named(study, more, said):
    with (study.folder / "config.yaml").open("a") as file:
        file.write(more)
    done = study.snakemake("-n", "report.html")
    assert done.returncode != 0
    assert said in done.stdout and "Traceback" not in done.stdout


def test_published_values_beside_it_are_read(study):
    (study.folder / "published.yaml").write_text("published: {experiment: {}}\n")
    done = study.snakemake("-n", "report.html")
    assert "published: unknown key 'experiment'; did you mean 'experiments'?" in done.stdout


def test_a_config_that_its_snakefile_makes_is_kept(study):
    edit(study.folder / "Snakefile", "\n\nmodule", "\nconfig['seeds'] = 2\n\n\nmodule")
    assert study.jobs("report.md", "--forceall")["train"] == 2 * 2


def test_a_data_set_of_the_catalogue_is_one_line_away(study):
    edit(study.folder / "config.yaml", "dataset: digits", "dataset: mnist")
    assert "Fetch t10k-images-idx3-ubyte.gz of mnist" in study.planned()


def test_the_snakefile_of_the_repository_runs_a_study_anywhere(study):
    snakefile = str(ROOT / "Snakefile")
    there = ("--directory", str(study.folder), "report.html")
    done = named(study.folder.parent).snakemake("-s", snakefile, "-n", *there)
    assert done.returncode == 0 and "Nothing to be done" in done.stdout, done.stdout


def test_the_workflow_is_used_from_a_tagged_repository(study, tmp_path):
    """As `snakedeploy deploy-workflow` does, by a git repository in place of a URL."""
    repository = tmp_path / "engine"
    for part in ("workflow", "Snakefile"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        repository.mkdir(exist_ok=True)
        copy(ROOT / part, repository / part)
    author = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"], ["tag", "v1"]):
        subprocess.run(["git", *author, *command], cwd=repository, check=True)
    source = f'gitfile({str(repository)!r}, path="workflow/Snakefile", tag="v1")'
    edit(study.folder / "Snakefile", repr(str(ROOT / "workflow/Snakefile")), source)
    assert study.planned() == set()


def test_an_entry_of_the_catalogue_is_changed_or_replaced(study):
    path = study.folder / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["recipes"] = {"classic": {"epochs": 3}}
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    assert study.planned() == set()  # both experiments say their own number of epochs
    config["recipes"] = {"classic": {"learning_rate": 0.1}}
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    assert len([one for one in study.planned() if one.startswith("Train")]) == 10
    config["datasets"] = {"digits": {"title": "mine", "format": "npz"}}
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    done = study.snakemake("-n", "report.html")
    assert (
        "datasets.digits: give exactly one of files, folder, generator, torchvision" in done.stdout
    )


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(StudyError, match="is not empty"):
        new.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_new_study_is_small(tmp_path):
    new.make(tmp_path / "mine")
    lines = (tmp_path / "mine/config.yaml").read_text().splitlines()
    assert len([one for one in lines if not one.startswith("#")]) <= 25
    assert Path(tmp_path, "mine/networks.py").is_file()
    for profile in ("default", "slurm"):
        path = f"profiles/{profile}/config.yaml"
        assert Path(tmp_path, "mine", path).read_text() == (ROOT / path).read_text()


@pytest.mark.study
def test_a_new_study_runs_to_a_verdict(tmp_path):
    new.make(tmp_path / "mine")
    study = named(tmp_path / "mine")
    done = study.snakemake("--cores", "2", "report.html")
    assert done.returncode == 0, done.stdout
    assert "**Contradicted:** " in (study.folder / "report.md").read_text()
    assert study.planned() == set()
    verify = "from convstudy.cli import main; main(['verify', 'results/study'])"
    checked = study.python("-P", "-c", verify)  # as the installed command: not from this folder
    assert checked.returncode == 0, checked.stdout


# What snakedeploy 0.17 writes, with a path in place of the repository's address.
DEPLOYED = """
configfile: "config/config.yaml"


module convstudy:
    snakefile:
        "{workflow}"
    config:
        config


use rule * from convstudy
"""


def test_what_snakedeploy_lays_out_is_a_study_that_runs(tmp_path):
    folder = tmp_path / "deployed"
    shutil.copytree(ROOT / "config", folder / "config")
    shutil.copytree(ROOT / "profiles", folder / "profiles")
    (folder / "workflow").mkdir()
    workflow = (ROOT / "workflow/Snakefile").as_posix()
    (folder / "workflow/Snakefile").write_text(DEPLOYED.format(workflow=workflow))
    planned = Checkout.of(folder).planned("report.md", "report.html")
    assert {f"Train convolutional, seed {seed}" for seed in range(5)} < planned
    assert {"Write the report", "Make a page of the report"} < planned


def foreign(study, network):
    old = "{name: networks.tiny, channels: 8}"
    edit(study.folder / "config.yaml", old, f"{{name: {network}}}")


def test_a_network_that_cannot_be_trained_is_refused_before_anything_runs(study):
    foreign(study, "torchvision/alexnet")
    done = study.snakemake("-n", "--cores", "2", "report.md")
    assert done.returncode != 0
    assert "experiments.tiny: torchvision/alexnet fails on images of 1×28×28" in done.stdout
    assert "it takes images from 63×63" in done.stdout


def test_a_plan_knows_what_networks_of_libraries_cost(tmp_path):
    new.make(tmp_path / "mine")
    study = named(tmp_path / "mine")
    foreign(study, "torchvision/mobilenet_v3_small")
    done = study.python(ROOT / "workflow/tools/plan.py", "--cores", "2", "report.md")
    assert done.returncode == 0, done.stdout
    assert "- tiny: 1,527,818 parameters, 2.1 million multiply-accumulates an image" in done.stdout
