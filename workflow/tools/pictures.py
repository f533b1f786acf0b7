"""What `make pictures` runs: the pictures of README.md, of the workflow and of the sample's page.

Needs graphviz and Chromium, which no other part of the study does: the pictures are kept.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

FOLDER = Path("docs/pictures")
SAMPLE = Path("docs/sample/full")
_PAGE = 1300, 1420  # CSS pixels


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    _draw_dag(FOLDER / "dag.svg")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        _make_page(page)
        _show_page(page, FOLDER / "report.png")


def _draw_dag(output: Path) -> None:
    """The rules of the full study, without arrows that follow from others."""
    snakemake = [sys.executable, "-m", "snakemake", "report.html", "--rulegraph", "dot"]
    graph = _run(*snakemake, "--config", "scale=full", stderr=subprocess.DEVNULL)
    reduced = _run("tred", input=graph)
    output.write_bytes(_run("dot", "-Grankdir=LR", "-Nheight=0.35", "-Tsvg", input=reduced))


def _run(*command: str, **options: Any) -> bytes:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, **options)
    return bytes(done.stdout)


def _make_page(output: Path) -> None:
    """Of the sample's report.md, as the rule `report_html` makes it."""
    given = {"--report": SAMPLE / "report.md", "--results": SAMPLE / "results" / SAMPLE.name}
    made = {"--templates": "workflow/templates", "--words": "workflow/locale/en.po"}
    options = {**given, **made, "--output": output}.items()
    _run("convstudy", "html", *(str(part) for option in options for part in option))


def _show_page(page: Path, output: Path) -> None:
    """Its first screen."""
    width, height = _PAGE
    with chromium("--hide-scrollbars", f"--window-size={width},{height}") as browser:
        browser.get(page.resolve().as_uri())
        browser.save_screenshot(str(output))


def chromium(*arguments: str, **capabilities: Any) -> Chrome:
    """The distribution's browser without a window."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    # No sandbox, since tests may run as root; no /dev/shm, which is small in containers.
    usual = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")
    for argument in (*usual, *arguments):
        options.add_argument(argument)
    for name, value in capabilities.items():
        options.set_capability(name, value)
    return Chrome(options, ChromeService(shutil.which("chromedriver")))


if __name__ == "__main__":
    main()
