"""report.html says what report.md says, needs no other file, and takes no markup from anybody."""

import itertools
import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from PIL import Image

from convstudy.config import slices
from convstudy.config.study import load
from convstudy.errors import StudyError
from convstudy.report.context import gather
from convstudy.report.html import main, page
from convstudy.report.render import render

from checkout import ROOT, study_config

TEMPLATES = ROOT / "workflow/templates"
QUICK, FULL = ROOT / "docs/sample/quick", ROOT / "docs/sample/full"
PIXEL = QUICK / "results/quick/figures/mnist/comparison.png"


class Page(HTMLParser):
    """Tags with their attributes, and the text of what a reader sees."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "link", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "main" in self.open:
            self.words.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def of_markdown(folder, text):
    """The page of a report of this text, with a figure beside it."""
    shutil.copyfile(PIXEL, folder / "figure.png")
    (folder / "report.md").write_text(text)
    return page(folder / "report.md", TEMPLATES)


@pytest.fixture(scope="module")
def sample():
    return Page(page(QUICK / "report.md", TEMPLATES))


@pytest.mark.parametrize("report", [QUICK, FULL], ids=["quick", "full"])
def test_the_page_holds_every_number_of_the_report_in_the_same_order(report):
    """Images, where links lead to, and the lines below the heads of tables apart."""
    not_shown = r"!\[[^]]*\]\([^)]*\)|(?<=\])\(#[^)]*\)|^\|[-|:]+\|$"
    markdown = re.sub(not_shown, "", (report / "report.md").read_text(), flags=re.M)
    numbers = re.findall(r"[\d.,]*\d", markdown)
    assert len(numbers) > 500
    words = Page(page(report / "report.md", TEMPLATES)).words
    assert re.findall(r"[\d.,]*\d", " ".join(words)) == numbers


def test_the_page_needs_no_other_file(sample):
    images = sample.all("img")
    links = [one["href"] for one in (*sample.all("a"), *sample.all("link"))]
    assert all(one["src"].startswith("data:image/png;base64,") for one in images if "src" in one)
    assert all(one.startswith("#") or one == "data:," for one in links)
    assert not [one for one in sample.all("script") if one]
    (policy,) = [one["content"] for one in sample.all("meta") if "http-equiv" in one]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")


def test_every_link_of_the_contents_leads_to_its_heading(sample):
    headings = [one["id"] for one in sample.all("h2")]
    assert len(headings) == len(set(headings)) == 10
    links = [one["href"] for one in sample.all("a")]
    assert links[:21] == ["#report", *2 * [f"#{one}" for one in headings]]


def test_every_link_of_the_text_leads_to_a_section(sample):
    links = [one["href"] for one in sample.all("a")][21:]
    assert len(links) > 15
    assert len(set(links)) > 3
    assert set(links) <= {f"#{one['id']}" for one in sample.all("h2")}


def test_what_is_folded_says_so_and_what_was_found_is_not(sample):
    assert len(sample.all("details")) == len(sample.all("summary")) > 10
    assert not [one for one in (*sample.all("details"), *sample.all("summary")) if one]
    main = sample.tags[[tag for tag, _ in sample.tags].index("main") :]
    tags = [tag for tag, _ in main]
    assert tags.index("h1") < tags.index("h2") < tags.index("table") < tags.index("details")


def test_figures_have_captions_and_say_in_words_what_they_show(sample):
    figures = [one for one in sample.all("img") if one["alt"]]
    assert len(figures) == len(sample.all("figure")) == len(sample.all("figcaption")) == 28
    runs = json.loads((QUICK / "results/quick/comparisons.json").read_text())["mnist"]
    for row in runs["experiments"]:
        accuracy = f"{100 * row['metrics']['test_accuracy']['mean']:.2f} %"
        assert sum(accuracy in one["alt"] for one in figures) >= 2


def test_tables_name_their_rows_and_columns(sample):
    assert all(one["scope"] in ("row", "col") for one in sample.all("th"))
    assert len(sample.all("table")) == len([o for o in sample.all("div") if o["tabindex"] == "0"])


@pytest.fixture
def written(tmp_path):
    """The sample as it was written: what `convstudy html` is given, and the folder."""
    shutil.copytree(QUICK, tmp_path, dirs_exist_ok=True)
    files = {"report": "report.md", "results": "results/quick", "output": "report.html"}
    words = [f"--{key}={tmp_path / name}" for key, name in files.items()]
    return [*words, f"--templates={TEMPLATES}"], tmp_path


def test_a_report_becomes_a_page_as_it_was_written(written):
    words, folder = written
    main(words)
    assert (folder / "report.html").read_text() == page(folder / "report.md", TEMPLATES)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("report.md", "report.md is not the report that was written with"),
        ("results/quick/figures/mnist/curves.png", "curves.png is not the figure that"),
    ],
)
def test_what_was_edited_by_hand_becomes_no_page(written, file, said):
    words, folder = written
    with (folder / file).open("ab") as edited:
        edited.write(b" ")
    with pytest.raises(StudyError, match=said):
        main(words)
    assert not (folder / "report.html").exists()


def test_a_report_that_is_not_there(written):
    words, folder = written
    (folder / "report.md").unlink()
    with pytest.raises(StudyError, match=r"report.md is missing\. Run snakemake again"):
        main(words)


EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "](javascript:alert(1))",
    "![x](https://example.invalid/x.png)",
    "[x](https://example.invalid)",
    "<https://example.invalid>",
    "[a]: https://example.invalid",
    "</title></style></script><b>",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "**bold** _em_ `code` ~~gone~~ $x$",
    "| a | b |",
    "- item",
    "+ item",
    "1. item",
    "12) item",
    "# heading",
    "> quote",
    "---",
    "===",
    "```",
    "\\",
    "{{ 7 * 7 }} {% raw %}",
    "<details>",
    "</details>",
    "<summary>a</summary>",
]


def report_with(folder, config, words):
    """report.md of the sample, every name and sentence of the user's replaced."""
    for kind in ("experiments", "sections", "datasets"):
        for one in config[kind].values():
            one["title"] = words
    for said in (*config["claims"].values(), *config["published"]["statements"]):
        said["says"] = words
    for one in (*config["sections"].values(), *config["scales"].values()):
        one |= {name: words for name in ("about", "purpose") if name in one}
    shutil.copytree(QUICK, folder, dirs_exist_ok=True)
    results = folder / "results/quick"
    for path in [*(folder / "data/prepared").iterdir(), *results.glob("errors/*.json")]:
        record = json.loads(path.read_text())
        record["title"] = words
        record.pop("seal", None)
        lists = [record.get("confusion", {}).get("pairs", []), record.get("recalls", [])]
        for one in itertools.chain(*lists, record.get("mistakes", [])):
            one |= {name: words for name in ("true", "predicted", "class") if name in one}
        path.write_text(json.dumps(record))
    study = json.loads(json.dumps(slices.reporting(load(config))))
    values = gather(study, results, folder / "data/prepared", folder / "report.md")
    (folder / "report.md").write_text(render(TEMPLATES, values))
    return Page(page(folder / "report.md", TEMPLATES))


def skeleton(made):
    """Tags and attributes without what may differ between titles."""
    free = ("alt", "id", "href")
    return [(t, {k: v for k, v in one.items() if k not in free}) for t, one in made.tags]


@pytest.fixture(scope="module")
def innocent(tmp_path_factory):
    folder = tmp_path_factory.mktemp("innocent")
    return report_with(folder, study_config(), "a name")


@pytest.mark.parametrize("words", EVIL)
def test_names_and_sentences_of_the_user_are_shown_as_they_are(tmp_path, config, innocent, words):
    made = report_with(tmp_path, config, words)
    assert skeleton(made) == skeleton(innocent)
    assert made.text.count(words) == innocent.text.count("a name") > 50
    images = [one["alt"] for one in made.all("img")]
    assert sum(words in alt for alt in images) == 27  # all but that of all claims
    ids = {f"#{one['id']}" for _, one in made.tags if "id" in one}
    assert {one["href"] for one in made.all("a")} <= ids


def test_only_bare_folds_are_taken_from_the_text(tmp_path):
    fold = "<details>\n<summary>More <b>of</b> *it*</summary>\n\n- one\n\n</details>\n"
    made = Page(of_markdown(tmp_path, f"# A\n\n{fold}\n<details open onclick=x>\n\n</details >\n"))
    assert [one for tag, one in made.tags if tag == "details"] == 2 * [{}]  # the contents, and it
    assert made.text == "A More <b>of</b> it one <details open onclick=x> </details >"


def test_html_in_the_report_itself_is_text(tmp_path):
    made = Page(of_markdown(tmp_path, "# A\n\n<b onclick=x>bold</b>\n\n<script>x</script>\n"))
    assert not made.all("b")
    assert made.text == "A <b onclick=x>bold</b> <script>x</script>"


@pytest.mark.parametrize(
    "line",
    [
        "<details onclick=x>",
        "<details open>",
        "<DETAILS>",
        "text <details>",
        "<details> text",
        "<summary>one",
        "<summary onclick=x>one</summary>",
        "</details><script>x</script>",
    ],
)
def test_of_a_fold_only_the_bare_tags_are_taken(tmp_path, line):
    made = Page(of_markdown(tmp_path, f"# A\n\n{line}\n"))
    assert len(made.all("details")) == 1  # that of the contents
    assert made.text == f"A {line}"


def test_the_words_of_a_fold_are_markdown_without_tags(tmp_path):
    text = "# A\n\n<details>\n<summary>a **b** <i>c</i></summary>\n\ntext\n\n</details>\n\nafter\n"
    html = of_markdown(tmp_path, text)
    assert (
        "<details><summary>a <strong>b</strong> &lt;i&gt;c&lt;/i&gt;</summary>"
        "<p>text</p></details><p>after</p>"
    ) in html.replace("\n", "")


@pytest.mark.parametrize(
    "target",
    ["https://example.invalid/x.png", "//example.invalid/x.png", "report.md", "none.png", "."],
)
def test_an_image_that_is_not_a_png_file_beside_the_report_is_refused(tmp_path, target):
    with pytest.raises(StudyError, match=r"report\.md shows .* which is not a PNG file"):
        of_markdown(tmp_path, f"# A\n\n![a]({target})\n")


def test_a_link_cannot_run_a_script(tmp_path):
    made = Page(of_markdown(tmp_path, "# A\n\n[a](javascript:x) [b](data:text/html,x)\n"))
    assert made.text == "A [a](javascript:x) [b](data:text/html,x)"


def test_a_verdict_has_the_class_by_which_it_is_coloured(tmp_path):
    made = Page(
        of_markdown(
            tmp_path,
            "# Title\n\n- **Supported:** one.\n- **Contradicted:** two.\n- **No relevant difference:** three.\n"
            "- **Not decided:** four.\n- **Supported** five.\n",
        )
    )
    found = [one.get("class") for one in made.all("strong")]
    assert found == ["supported", "contradicted", "equivalent", None, None]


def test_a_figure_takes_only_an_emphasised_paragraph_below_it_as_its_caption(tmp_path):
    text = (
        "# A\n\n![one](figure.png)\n\n*Its **own** caption.*\n\n![two](figure.png)\n\nA *text*.\n"
    )
    html = re.sub(r"data:image[^\"]+", "…", of_markdown(tmp_path, text))
    with Image.open(PIXEL) as figure:
        size = 'width="{}" height="{}"'.format(*figure.size)
    assert (
        f'<figure><img src="…" alt="one" {size}>'
        "<figcaption>Its <strong>own</strong> caption.</figcaption>\n</figure>\n"
        f'<figure><img src="…" alt="two" {size}></figure>\n<p>A <em>text</em>.</p>\n'
    ).replace("\n", "") in html.replace("\n", "")


def test_an_emphasised_paragraph_is_the_caption_of_a_table_below_it_alone(tmp_path):
    table = "| a |\n|---|\n| b |\n"
    text = f'# A\n\n*Its "own" <b>.*\n\n{table}\nText.\n\n{table}\n*The end.*\n'
    made = of_markdown(tmp_path, text)
    assert [one["aria-label"] for one in Page(made).all("div")] == ['Its "own" <b>.', "Table 2"]
    assert made.count("<caption>") == 1
    assert "<table><caption>Its &quot;own&quot; &lt;b&gt;.</caption>" in made.replace("\n", "")
    assert "<p><em>The end.</em></p>" in made


def test_a_report_that_is_missing_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"report\.md is missing"):
        page(tmp_path / "report.md", TEMPLATES)
