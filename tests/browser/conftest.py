"""The sample report as a page, in the distribution's Chromium without a network."""

import json
import shutil

import pytest
from selenium.webdriver.support.wait import WebDriverWait

from convstudy import language
from convstudy.report.context import gather
from convstudy.report.html import page
from convstudy.report.render import render

import pictures
from checkout import ROOT

SAMPLE, TEMPLATES = ROOT / "docs/sample/full", ROOT / "workflow/templates"


class Browser:
    """Chromium with this page in it, as wide as asked for."""

    def __init__(self, driver, url):
        self.driver, self.url, self.scripts = driver, url, True

    def open(self, width=1280, height=900, scheme="light", scripts=True, url=None):
        """Load the page afresh, or another."""
        command = self.driver.execute_cdp_cmd
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        command("Emulation.setDeviceMetricsOverride", size)
        colours = {"name": "prefers-color-scheme", "value": scheme}
        command("Emulation.setEmulatedMedia", {"features": [colours]})
        command("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.scripts = scripts
        self.logs("browser")  # what was there before is read away
        self.logs("performance")
        self.driver.get("about:blank")
        url = url or self.url
        self.driver.get(url)  # which may come back before all of a long page is read
        WebDriverWait(self.driver, 30, poll_frequency=0.05).until(lambda _: self._is_there(url))

    def _is_there(self, url):
        """Whether the page is read to its end and its script, if it may, has run."""
        if self.driver.current_url != url or not self.find("dialog + script"):
            return False
        return not self.scripts or self.run("document.readyState") == "complete"

    def unfold(self):
        """Open all that the text folds."""
        self.run("document.querySelectorAll('main details').forEach((one) => (one.open = true))")

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
    path.write_text(page(SAMPLE / "report.md", TEMPLATES))
    logged = {"browser": "ALL", "performance": "ALL"}
    driver = pictures.chromium(**{"goog:loggingPrefs": logged})
    yield Browser(driver, path.as_uri())
    driver.quit()


@pytest.fixture(scope="session")
def in_russian(tmp_path_factory):
    """Address of the same report, written in Russian."""
    folder = tmp_path_factory.mktemp("russian")
    report, made = folder / "report.md", folder / "report.html"
    study = json.loads((SAMPLE / "report.json").read_text())["report"]
    with language.speaking(ROOT / "workflow/locale/ru.po"):
        values = gather(study, SAMPLE / "results/full", SAMPLE / "data/prepared", report)
        report.write_text(render(TEMPLATES, values))
        made.write_text(page(report, TEMPLATES))
    return made.as_uri()
