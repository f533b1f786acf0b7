"""The sample report as a page, in the distribution's Chromium without a network."""

import json
import shutil

import pytest

from convstudy.report.html import page

import pictures
from checkout import ROOT


class Browser:
    """Chromium with this page in it, as wide as asked for."""

    def __init__(self, driver, url):
        self.driver, self.url = driver, url

    def open(self, width=1200, height=900, scheme="light", scripts=True):
        """Load the page afresh."""
        command = self.driver.execute_cdp_cmd
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        command("Emulation.setDeviceMetricsOverride", size)
        colours = {"name": "prefers-color-scheme", "value": scheme}
        command("Emulation.setEmulatedMedia", {"features": [colours]})
        command("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.logs("browser")  # what was there before is read away
        self.logs("performance")
        self.driver.get("about:blank")
        self.driver.get(self.url)

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
    path.write_text(page(ROOT / "docs/sample/full/report.md", ROOT / "workflow/templates"))
    logged = {"browser": "ALL", "performance": "ALL"}
    driver = pictures.chromium(**{"goog:loggingPrefs": logged})
    yield Browser(driver, path.as_uri())
    driver.quit()
