"""The sample report as a page, in the distribution's Chromium without a network."""

import json
import shutil

import pytest

from convstudy import language
from convstudy.config import slices
from convstudy.files import read_json
from convstudy.report.context import gather
from convstudy.report.html import page
from convstudy.report.render import render

import pictures
import sample_again
from checkout import ROOT

FULL = ROOT / "docs/sample/full"
TEMPLATES = ROOT / "workflow/templates"


class Browser:
    """Chromium with this page in it, as wide as asked for."""

    def __init__(self, driver, url):
        self.driver, self.url = driver, url

    def open(self, width=1200, height=900, scheme="light", scripts=True, url=None):
        """Load the page afresh, or another one."""
        command = self.driver.execute_cdp_cmd
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        command("Emulation.setDeviceMetricsOverride", size)
        colours = {"name": "prefers-color-scheme", "value": scheme}
        command("Emulation.setEmulatedMedia", {"features": [colours]})
        command("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.logs("browser")  # what was there before is read away
        self.logs("performance")
        self.driver.get("about:blank")
        self.driver.get(url or self.url)

    def find(self, selector):
        return self.driver.find_elements("css selector", selector)

    def run(self, script, *arguments):
        return self.driver.execute_script(f"return {script}", *arguments)

    def logs(self, kind):
        return self.driver.get_log(kind)

    def requests(self):
        """Addresses that the page asked for since it was opened, its own and data apart."""
        events = [json.loads(entry["message"])["message"] for entry in self.logs("performance")]
        asked = [e for e in events if e["method"] == "Network.requestWillBeSent"]
        found = {event["params"]["request"]["url"] for event in asked}
        return {url for url in found - {self.url, "about:blank"} if not url.startswith("data:")}


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    if None in (shutil.which("chromium"), shutil.which("chromedriver")):
        pytest.skip("there is no chromium with chromedriver: apt-get install chromium-driver")
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page(FULL / "report.md", TEMPLATES))
    logged = {"browser": "ALL", "performance": "ALL"}
    driver = pictures.chromium(**{"goog:loggingPrefs": logged})
    yield Browser(driver, path.as_uri())
    driver.quit()


@pytest.fixture(scope="session")
def in_russian(tmp_path_factory):
    """Address of the same report in Russian."""
    folder = tmp_path_factory.mktemp("russian") / "full"
    shutil.copytree(FULL, folder, ignore=shutil.ignore_patterns("*.xz"))
    record = read_json(FULL / "report.json")
    given = {**record["report"]["settings"], "language": "ru"}
    study = sample_again.study_of(given, record["report"]["overlays"])
    job = json.loads(json.dumps(slices.reporting(study)))
    report = folder / "report.md"
    with language.speaking(ROOT / "workflow/locale/ru.po"):
        values = gather(job, folder / "results/full", folder / "data/prepared", report)
        report.write_text(render(TEMPLATES, values))
        (folder / "report.html").write_text(page(report, TEMPLATES))
    return (folder / "report.html").as_uri()
