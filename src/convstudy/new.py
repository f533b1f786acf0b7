"""`convstudy new FOLDER`: a study of one's own that runs at once."""

import argparse
from pathlib import Path

from convstudy.engine import WORKFLOW
from convstudy.errors import StudyError
from convstudy.files import write_text
from convstudy.fingerprint import path_of

# Snakemake's own way to use another workflow.
_SNAKEFILE = """\
configfile: "config.yaml"


module convstudy:
    snakefile:
        {!r}
    config:
        config


use rule * from convstudy
"""

# Snakemake finds the default one in the folder of the study, and without it would not go on with
# what was stopped.
_PROFILES = WORKFLOW.parent / "profiles"


def main(argv: list[str]) -> None:
    """Command line of `new`."""
    parser = argparse.ArgumentParser(prog="convstudy new", description=__doc__)
    parser.add_argument("folder", type=Path, help="a new or empty one")
    folder: Path = parser.parse_args(argv).folder
    make(folder)
    print(f"{folder} holds a study. It runs by: cd {folder}; snakemake --cores 4 report.html")


def make(folder: Path) -> None:
    """Write config, a network, a Snakefile and profiles.

    Raises `StudyError` for a folder that holds something, and without the checkout of convstudy.
    """
    parts = WORKFLOW / "new"
    if not parts.is_dir():
        raise StudyError(
            f"{parts} is missing: convstudy has to be installed from its checkout (pip install -e)."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StudyError(f"{folder} is not empty. Name a new folder.")
    said = {
        "catalogue": WORKFLOW / "catalogue.yaml",
        "keys": path_of("convstudy.config.schema").parent,
        "schema": WORKFLOW / "schemas/config.schema.json",
    }
    config = (parts / "config.yaml").read_text("utf-8")
    for name, path in said.items():
        config = config.replace(f"{{{name}}}", str(path))
    write_text(folder / "networks.py", (parts / "networks.py").read_text("utf-8"))
    write_text(folder / ".gitignore", (parts / "gitignore").read_text("utf-8"))
    write_text(folder / "Snakefile", _SNAKEFILE.format(str(WORKFLOW / "Snakefile")))
    for profile in sorted(_PROFILES.rglob("config.yaml")):
        to = folder / "profiles" / profile.relative_to(_PROFILES)
        write_text(to, profile.read_text("utf-8"))
    write_text(folder / "config.yaml", config)
