"""The DAG as planned: which jobs, how many, and what a bad config does."""

import json
import shlex
import shutil

import pytest

from convstudy.config.study import load
from convstudy.errors import StudyError
from convstudy.report import provenance

PUBLISHED = {f"draw_{section}": 1 for section in ("mnist", "cifar10", "kernels", "blocks")}
BEYOND = [
    *("kernels_matched", "widths", "depth", "layers_at_work", "modern", "modern_residual"),
]
DRAWN = {**PUBLISHED, **{f"draw_{section}": 1 for section in BEYOND}}
ONCE = {
    **{"summarise": 1, "timing": 1, "analyse": 1},
    **{"check_layer": 4, "draw_forest": 1, "report": 1},
}
GENERATED = {"generate_digits": 1, "generate_shapes": 1, "prepare": 2}
TOUR = ("--configfile", "overlays/tour.yaml")


def test_quick_has_these_jobs(checkout):
    assert checkout.jobs("report.md") == {
        **GENERATED,
        **{"train": 10 * 5, "activations": 3, "frequency": 1, "errors": 3, "mistakes": 3},
        **PUBLISHED,
        **ONCE,
    }


def test_small_is_quick_on_real_images(checkout):
    quick = checkout.jobs("report.md")
    small = checkout.jobs("report.md", "--config", "scale=small")
    fetched = {name: n for name, n in quick.items() if name not in GENERATED}
    assert small == {**fetched, "fetch": 5, "prepare": 2}


def test_the_tour_has_these_jobs(checkout):
    assert checkout.jobs("report.md", *TOUR) == {
        **GENERATED,
        **{"train": 35 * 2, "activations": 4, "frequency": 1, "errors": 7, "mistakes": 7},
        **DRAWN,
        **ONCE,
    }


def test_by_default_the_report_is_made_as_text_and_as_a_page(checkout):
    made = checkout.jobs("report.md")
    assert checkout.jobs("report.html") == {**made, "report_html": 1}
    assert checkout.jobs() == {**made, "report_html": 1, "study": 1}


def test_full_has_these_jobs(checkout):
    assert checkout.jobs("report.md", "--config", "scale=full") == {
        **{"fetch": 5, "prepare": 2, "train": 225},
        **{"activations": 4, "frequency": 1, "errors": 7, "mistakes": 7},
        **DRAWN,
        **ONCE,
        "draw_modern_parts": 1,
    }


def test_real_with_the_jpeg_overlay_has_these_jobs(checkout):
    jobs = checkout.jobs(
        "report.md", "--configfile", "overlays/cifar10_jpeg.yaml", "--config", "scale=real"
    )
    assert jobs["train"] == (5 + 2) * 10 + (4 + 1 + 4 + 3 + 7 + 6) * 5
    assert jobs["fetch"] == 5


def test_a_mirror_changes_no_job(checkout):
    plain = checkout.jobs("report.md", "--config", "scale=full")
    assert checkout.jobs("report.md", "--config", "scale=full", "data_mirror=/some/where") == plain


def test_more_seeds_add_only_their_runs(checkout):
    assert checkout.jobs("report.md", "--config", "seeds=7")["train"] == 70


def test_a_section_can_be_dropped(checkout):

    def change(config):
        del config["sections"]["blocks"]
        del config["sections"]["kernels"]
        for name, claim in list(config["claims"].items()):
            if claim["section"] in ("blocks", "kernels"):
                del config["claims"][name]

    checkout.edit_config(change)
    jobs = checkout.jobs("report.md")
    assert jobs["train"] == 50 - 5 - 15
    assert (jobs["draw_mnist"], jobs["errors"]) == (1, 2)
    assert not {"activations", "frequency", "draw_kernels", "draw_blocks"} & set(jobs)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scale=ful"], "scale: no scale is named 'ful'; did you mean 'full'?"),
        (["device=gpu"], "device: 'gpu' is not one of its values"),
        (["seeds=0"], "seeds: 0 is out of range"),
        (["sede=3"], "unknown key 'sede'; did you mean 'seeds'?"),
    ],
)
def test_a_bad_config_is_refused_in_words_before_anything_runs(checkout, arguments, said):
    done = checkout.snakemake("--cores", "1", "report.md", "--config", *arguments)
    assert done.returncode != 0
    assert said in done.stdout
    assert "Traceback" not in done.stdout
    assert not (checkout.folder / "results").exists()
    assert not (checkout.folder / "data").exists()


EVIL = [
    "x; touch hacked",
    "$(touch hacked)",
    "`touch hacked`",
    "x' touch hacked '",
    'x" touch hacked "',
    "../../up",
    "/tmp/up",
    "x y",
    "a" * 300,
    "éxp",
    "mnist\u200b_fc",  # a space without width
    "mnіst_fc",  # a Cyrillic i
    "-rf",
    "",
]


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("kind", ["experiments", "datasets", "sections", "claims", "recipes"])
def test_names_cannot_become_shell_text_or_paths(config, kind, name):
    config[kind][name] = next(iter(config[kind].values()))
    with pytest.raises(StudyError, match="has a form that is not allowed here"):
        load(config)


@pytest.mark.parametrize("name", EVIL)
def test_names_of_files_and_layers_cannot_either(config, name):
    config["datasets"]["mnist"]["files"][name] = {"md5": "0" * 32}
    config["sections"]["kernels"]["figures"]["activations"]["layers"] = [name]
    with pytest.raises(StudyError, match=r"2 fault\(s\)"):
        load(config)


@pytest.mark.parametrize("name", ["x; touch hacked", "$(touch hacked)", "../../up"])
def test_a_bad_name_starts_no_job(checkout, name):

    def change(config):
        config["experiments"][name] = config["experiments"]["mnist_fc"]

    checkout.edit_config(change)
    done = checkout.snakemake("--cores", "1", "report.md")
    assert done.returncode != 0
    assert "has a form that is not allowed here" in done.stdout
    assert not list(checkout.folder.rglob("hacked"))
    assert not (checkout.folder / "results").exists()


EVIL_TEXT = """a' ; touch hacked; "$(touch hacked)" `touch hacked` \\ {x} {{y}} <b>&|*"""


def test_free_text_reaches_no_shell(checkout):
    """Titles, mirrors and the user's own mirror may hold anything: a real job is run with them."""

    def change(config):
        config["datasets"]["digits"]["title"] = EVIL_TEXT
        config["datasets"]["mnist"]["mirrors"] = [EVIL_TEXT]
        config["data_mirror"] = EVIL_TEXT

    checkout.edit_config(change)
    done = checkout.snakemake("--cores", "1", "data/prepared/digits.json")
    assert done.returncode == 0, done.stdout
    made = json.loads((checkout.folder / "data/prepared/digits.json").read_text())
    assert made["title"] == EVIL_TEXT
    target = "data/raw/mnist/t10k-labels-idx1-ubyte.gz"
    done = checkout.snakemake("--cores", "1", target, "--config", "scale=full")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert not list(checkout.folder.rglob("hacked"))


def test_a_folder_of_images_may_have_any_name_but_has_to_be_there(checkout):
    """Snakemake takes braces in the names of inputs for wildcards."""
    folder = checkout.folder / "my {wildcards.dataset} {0} {{x}} 'images'"
    given = {"title": "mine", "format": "image_folder", "folder": folder.name}

    def change(config):
        config["datasets"]["mine"] = {**given, "image_size": [8, 8]}
        config["stand_ins"] = {"mnist": "mine"}

    checkout.edit_config(change)
    asked = ("-n", "--cores", "1", "data/prepared/mine.json")
    said = checkout.snakemake(*asked).stdout
    assert f"{folder.name} is not a folder. Check datasets.mine.folder." in said
    assert "Traceback" not in said
    (folder / "train/a").mkdir(parents=True)
    done = checkout.snakemake(*asked)
    assert done.returncode == 0, done.stdout
    assert "Prepare mine" in done.stdout


def test_a_study_without_network_or_mirror_says_what_to_do(checkout):
    """Reserved names and a folder that is not there: nothing can be fetched."""

    def change(config):
        config["datasets"]["mnist"]["mirrors"] = ["https://mirror.invalid/mnist", "/not/there"]

    checkout.edit_config(change)
    target = "data/raw/mnist/t10k-labels-idx1-ubyte.gz"
    done = checkout.snakemake("--cores", "1", target, "--config", "scale=full")
    assert done.returncode != 0
    for said in ("mirror.invalid", "/not/there", "data_mirror", "log: logs/fetch/mnist"):
        assert said in done.stdout, done.stdout
    assert "Traceback" not in done.stdout
    assert not (checkout.folder / target).exists()


def asked_of_the_report(planned):
    """What the report's job would be handed, of a dry run that shows its shell lines."""
    (line,) = [
        one for one in planned.splitlines() if "Shell command" in one and "report.log" in one
    ]
    return json.loads(shlex.split(line)[-1])


def test_the_command_that_the_report_prints_makes_it_again(checkout):
    """Also with settings that decide whether anything is tested, and with those of some depth."""
    shutil.copy(checkout.folder / "overlays/cifar10_jpeg.yaml", checkout.folder / "my own.yaml")
    given = ["minimum_seeds=2", "seeds=[0, 3]", 'scales={"quick": {"purpose": "a try"}}']
    dry = ["-n", "-p", "--cores", "2", "report.md", "--configfile", "my own.yaml", "--config"]
    first = asked_of_the_report(checkout.snakemake(*dry, *given, "device=cpu").stdout)
    assert first["analysis"]["minimum_seeds"] == 2 and first["report"]["purpose"] == "a try"
    printed = provenance.command(first["report"]["overlays"], first["report"]["settings"])
    assert "device" not in printed
    again = checkout.snakemake("-n", "-p", *shlex.split(printed)[1:])
    assert asked_of_the_report(again.stdout) == first


def test_a_data_set_of_torchvision_is_one_line(checkout):
    def change(config):
        for experiment in config["experiments"].values():
            experiment["dataset"] = "fashion_mnist"
        config["stand_ins"] = {}
        for scale in config["scales"].values():
            scale["stand_ins"] = {}

    checkout.edit_config(change)
    jobs = checkout.jobs("results/quick/summary.csv")
    assert jobs.keys() == {"fetch_torchvision", "prepare", "train", "summarise"}
    assert jobs["fetch_torchvision"] == jobs["prepare"] == 1
