"""Config files as Snakemake meets them: our reading holds, and what it cannot read is named."""

import json

import pytest


def test_numbers_are_those_that_stand_in_the_file(checkout):
    overlay = "seeds: 010\r\nrecipes: {classic: {learning_rate: 1e-3}}\r\n"
    (checkout.folder / "mine.yaml").write_bytes(b"\xef\xbb\xbf" + overlay.encode())
    assert checkout.jobs("report.md", "--configfile", "mine.yaml")["train"] == 35 * 10


def test_what_is_no_number_is_refused_and_not_taken_for_another(checkout):
    (checkout.folder / "mine.yaml").write_text("recipes: {classic: {batch_size: 1:30}}\n")
    said = checkout.snakemake("-n", "report.md", "--configfile", "mine.yaml").stdout
    assert "recipes.classic.batch_size: '1:30' has the wrong type; give a whole number" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "mine.yaml: is empty."),
        ("seeds: 3".encode("utf-16"), "mine.yaml: is text in UTF-16."),
        ("# café\n".encode("latin-1"), "mine.yaml, line 1: has a character that is not UTF-8"),
        (b"seeds: &x [*x]", "mine.yaml: its aliases (*name) make values without end"),
        (b"scales:\n\tquick: {}\n", "mine.yaml, line 2: is indented by a tab."),
    ],
)
def test_a_file_that_cannot_be_read_is_named(checkout, content, said):
    (checkout.folder / "mine.yaml").write_bytes(content)
    done = checkout.snakemake("-n", "report.md", "--configfile", "mine.yaml")
    assert done.returncode != 0
    assert done.stdout.splitlines()[-1].startswith(said)
    assert "Traceback" not in done.stdout


def test_every_profile_names_it(checkout):
    (checkout.folder / "mine.yaml").write_bytes(b"\xff")
    for profile in sorted(path.name for path in (checkout.folder / "profiles").iterdir()):
        done = checkout.snakemake(
            *("-n", "report.md", "--configfile", "mine.yaml"),
            *("--workflow-profile", f"profiles/{profile}"),
        )
        assert "mine.yaml, line 1: has a character" in done.stdout.splitlines()[-1], done.stdout


def test_config_yaml_too(checkout):
    path = checkout.folder / "config.yaml"
    path.write_text(path.read_text() + "claims: {}\n")
    done = checkout.snakemake("-n", "report.md")
    assert done.returncode != 0
    assert "config.yaml, line " in done.stdout.splitlines()[-1]
    assert "'claims' stands in line" in done.stdout


def test_braces_in_texts_are_no_wildcards(checkout):
    odd = "a {b} {0} {{x}} {wildcards.section} % $x$ \\ 'y'"
    overlay = {
        "claims": {"cnn_is_smaller": {"says": odd}},
        "scales": {"quick": {"purpose": odd}},
        "sections": {"mnist": {"title": odd, "about": odd}},
        "experiments": {"mnist_fc": {"title": odd}},
        "datasets": {"digits": {"title": odd}},
    }
    (checkout.folder / "mine.yaml").write_text(json.dumps(overlay))
    planned = checkout.snakemake("-n", "-p", "report.html", "--configfile", "mine.yaml")
    assert planned.returncode == 0, planned.stdout
    assert "a {b} {0} {{x}} {wildcards.section} % $x$" in planned.stdout
