"""report.html in a real browser: what a reader, a keyboard, a phone and a printer meet."""

import base64
import re

import pytest
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser

WIDTHS = (375, 768, 1024, 1440)
OPEN = "document.querySelector('dialog').open"


@pytest.mark.parametrize("width", WIDTHS)
def test_it_loads_without_a_complaint_or_a_request(browser, width):
    browser.open(width)
    assert browser.run("document.title") == "A comparative study of convolutional networks"
    assert browser.logs("browser") == []
    assert browser.requests() == set()
    assert browser.run("[...document.images].filter(i => i.src && !i.naturalWidth).length") == 0


def test_the_policy_stops_a_script_and_an_image_from_elsewhere(browser):
    browser.open()
    browser.run("""(() => {
      document.body.insertAdjacentHTML("beforeend",
        `<img src="https://example.invalid/x.png" onerror="window.hacked = 1">`);
      const script = document.createElement("script");
      script.textContent = "window.hacked = 1";
      document.body.append(script);
    })()""")
    refused = [entry["message"] for entry in browser.logs("browser")]
    assert len([one for one in refused if "Content Security Policy" in one]) >= 2
    assert browser.run("window.hacked") is None


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways_but_tables_in_their_boxes(browser, width):
    browser.open(width)
    assert browser.run("document.documentElement.scrollWidth") <= width
    browser.run("scrollTo(500, 0)")
    assert browser.run("scrollX") == 0
    if width == 375:
        wide = "[...document.querySelectorAll('.table')].filter(t => t.scrollWidth > t.clientWidth)"
        assert browser.run(f"{wide}.length") > 3


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [1024, 1200, 1280, 1440])
def test_on_a_desktop_no_table_scrolls_sideways(browser, in_russian, width, language):
    browser.open(width, url=in_russian if language == "ru" else None)
    assert browser.run("document.documentElement.lang") == language
    browser.unfold()
    tables = browser.run("""[...document.querySelectorAll('.table')].map((box) =>
      [box.ariaLabel, box.clientWidth, box.scrollWidth - box.clientWidth])""")
    assert len(tables) > 15
    assert all(shown for _, shown, _ in tables)
    assert [(name, more) for name, _, more in tables if more > 0] == []


def test_what_is_folded_opens_by_keyboard(browser):
    browser.open()
    assert not any(browser.run("[...document.querySelectorAll('main details')].map((o) => o.open)"))
    summary = browser.find("main summary")[0]
    (text,) = browser.find("main details:first-of-type li:first-child")
    assert not text.is_displayed()
    summary.send_keys(Keys.ENTER)
    assert text.is_displayed()


@pytest.mark.parametrize("width", [375, 1280])
def test_contents_lead_to_their_headings(browser, width):
    browser.open(width)
    if width == 375:
        (summary,) = browser.find("nav summary")
        summary.click()
    links = [link for link in browser.find("nav a") if link.is_displayed()]
    assert len(links) == 10
    links[5].click()
    heading = browser.find(f"[id='{browser.run('decodeURIComponent(location.hash)')[1:]}']")[0]
    assert heading.text == "4. Does dropout help under a modern recipe?"
    assert 0 <= browser.run("arguments[0].getBoundingClientRect().top", heading) < 100


def test_contents_stay_beside_the_text_where_there_is_room(browser):
    browser.open(1280)
    browser.run("scrollTo(0, 5000)")
    (side,) = browser.find("nav.side")
    assert browser.run("arguments[0].getBoundingClientRect().top", side) == 0
    assert not browser.find("nav.folded")[0].is_displayed()


def test_the_first_tab_leads_past_the_contents(browser):
    browser.open()
    browser.find("body")[0].send_keys(Keys.TAB)
    skip = browser.driver.switch_to.active_element
    assert skip.text == "Skip to the report"
    skip.send_keys(Keys.ENTER)
    assert browser.driver.switch_to.active_element.tag_name == "main"


def test_a_figure_opens_and_closes_by_mouse(browser):
    browser.open()
    browser.unfold()
    button = browser.find("figure button")[2]
    button.click()
    assert browser.run(OPEN)
    (large,) = browser.find("dialog img")
    small = button.find_element("css selector", "img")
    assert large.size["width"] > 1.1 * small.size["width"]
    assert browser.run("arguments[0].getBoundingClientRect().bottom <= innerHeight", large)
    assert large.get_attribute("alt") == small.get_attribute("alt")
    browser.find("dialog button")[0].click()
    assert not browser.run(OPEN)


def test_a_figure_opens_and_closes_by_keyboard_and_gives_the_focus_back(browser):
    browser.open()
    browser.unfold()
    button = browser.find("figure button")[2]
    button.send_keys(Keys.ENTER)
    assert browser.run(OPEN)
    assert browser.driver.switch_to.active_element.text == "Close"
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not browser.run(OPEN)
    assert browser.driver.switch_to.active_element == button


def test_paper_shows_what_a_screen_folds(browser):
    browser.open()
    folded = "[...document.querySelectorAll('main details')].filter((one) => !one.open).length"
    assert browser.run(folded) > 10
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run(folded) == 0


def test_no_figure_is_smaller_enlarged(browser):
    browser.open(1440)
    browser.unfold()
    sizes = browser.run("""[...document.querySelectorAll('figure button')].map((button) => {
      const small = button.querySelector('img').getBoundingClientRect();
      button.click();
      const large = document.querySelector('dialog img').getBoundingClientRect();
      document.querySelector('dialog').close();
      return [small.width, small.height, large.width, large.height];
    })""")
    assert len(sizes) > 10
    assert all(one[2] > one[0] and one[3] > one[1] for one in sizes)


def test_on_a_phone_a_figure_opens_larger_than_the_screen_and_scrolls(browser):
    browser.open(375, 812)
    browser.find("figure button")[0].click()
    (large,) = browser.find("dialog img")
    assert large.size["width"] > 700
    assert browser.run("arguments[0].getBoundingClientRect().left", large) == 0
    (dialog,) = browser.find("dialog")
    browser.run("arguments[0].scrollTo(200, 0)", dialog)
    assert browser.run("arguments[0].scrollLeft", dialog) == 200


def column(table, number):
    cells = table.find_elements("css selector", f"tbody tr > :nth-child({number})")
    return [cell.text for cell in cells]


def header(table, number):
    return table.find_element("css selector", f"thead th:nth-child({number})")


def seconds(cell):
    """`47.0 s`, `1 min 13 s`"""
    *_, minutes, rest = [0.0, *map(float, re.findall(r"[\d.]+", cell))]
    return 60 * minutes + rest


def test_a_table_sorts_by_what_its_cells_say(browser):
    browser.open(1440)
    browser.unfold()
    [times] = [one for one in browser.find("main table") if "training, median run" in one.text]
    before = column(times, 4)
    head = header(times, 4)
    head.find_element("css selector", "button").click()
    in_order = sorted(before, key=seconds)
    assert in_order != sorted(before)  # as words they have another order
    assert column(times, 4) == in_order != before
    assert head.get_attribute("aria-sort") == "ascending"
    head.find_element("css selector", "button").send_keys(Keys.ENTER)
    assert column(times, 4) == in_order[::-1]
    assert head.get_attribute("aria-sort") == "descending"
    header(times, 1).find_element("css selector", "button").click()
    assert column(times, 1) == sorted(column(times, 1), key=str.lower)
    assert head.get_attribute("aria-sort") is None


def test_tables_sort_from_six_rows_on(browser):
    browser.open()
    tables = browser.run("""[...document.querySelectorAll('main table')].map((table) =>
      [table.tBodies[0].rows.length, table.querySelectorAll('thead button').length,
       table.tHead.rows[0].cells.length])""")
    assert {rows > 5 for rows, _, _ in tables} == {True, False}
    for rows, buttons, columns in tables:
        assert buttons == (columns if rows > 5 else 0)


@pytest.mark.parametrize(
    ("language", "cells"),
    [
        ("en", ["98.54 ± 0.12", "98.6 ± 3.00", "99 %", "1,234", "567,434", "4.241 M", "13.6 M"]),
        ("ru", ["98,54 ± 0,12", "98,6 ± 3,00", "99 %", "1\u00a0234", "567\u202f434", "4,241 млн"]),
        ("en", ["9.5 s", "2 min 6 s", "12 min 0 s", "1 h 0 min"]),
        ("ru", ["9,5 с", "2 мин 6 с", "12 мин 0 с", "1 ч 0 мин"]),
        ("en", ["-3.10", "\u22121.20", "+0.02", "+10.00"]),
        ("en", ["2.2e-16", "3.1e-12", "0.5"]),
        ("en", ["9 of 10", "12 of 12"]),
    ],
)
def test_numbers_are_ordered_by_value_in_both_languages(browser, language, cells):
    """Cells in falling order and some without a value; the page's own script sorts them."""
    browser.open()
    empty = ["–", *["–"] * (4 - len(cells))]  # a table sorts from six rows on
    rows = "".join(f"<tr><td>{cell}</td></tr>" for cell in (*empty, *cells[::-1], ""))
    found = browser.run(
        """((language, rows, script) => {
          document.documentElement.lang = language;
          document.querySelector("main").innerHTML = `<table><thead><tr><th class="number">x</th>
            </tr></thead><tbody>${rows}</tbody></table>`;
          (0, eval)(`(() => {${script}})()`);
          const texts = () => [...document.querySelectorAll("td")].map((cell) => cell.textContent);
          const button = document.querySelector("th button");
          button.click();
          const rising = texts();
          button.click();
          return [rising, texts()];
        })(...arguments)""",
        language,
        rows,
        browser.run("document.scripts[0].textContent"),
    )
    assert found == [[*cells, *empty, ""], [*cells[::-1], *empty, ""]]


def colours(browser):
    return [
        browser.run(f"getComputedStyle(document.querySelector('{one}')).backgroundColor")
        for one in ("html", "figure img")
    ]


def test_dark_is_dark_and_figures_stay_on_white(browser):
    browser.open(scheme="light")
    assert colours(browser) == ["rgb(255, 255, 255)", "rgb(255, 255, 255)"]
    browser.open(scheme="dark")
    page, figure = colours(browser)
    assert max(map(int, re.findall(r"\d+", page))) < 40
    assert figure == "rgb(255, 255, 255)"


def test_without_scripts_everything_is_there_but_the_extras(browser):
    browser.open(scripts=False)
    assert browser.find("figure img")[0].is_displayed()
    assert browser.find("figure button, thead button") == []
    browser.open()


def test_it_prints_to_pages_of_paper(browser):
    browser.open()
    printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    pdf = base64.b64decode(printed["data"])
    assert pdf.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
    assert 15 < pages < 45  # with what a screen folds
