"""Any text of the config is shown as it stands by each layer that has a markup of its own."""

import io
import re
import shlex
import subprocess
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from matplotlib.text import Text

from convstudy.config.study import load
from convstudy.errors import StudyError
from convstudy.figures import style
from convstudy.files import canonical_json
from convstudy.report import tables, words

import dry_run
from texts import FILES, FRAGMENTS, NAMES, REFUSED, UNSEEN, accepts, free, shown

TITLE = free()["sections", "*", "title"]
TEXT = (
    st.lists(st.sampled_from(FRAGMENTS) | st.characters(codec="utf-8"), min_size=1, max_size=8)
    .map("".join)
    .filter(lambda text: accepts(TITLE, text))
)
MARKDOWN = MarkdownIt("commonmark").enable("table")
# Where the templates have texts; TEXT stands for one.
PLACES = (
    *("## 2. TEXT", "# TEXT", "TEXT", "- TEXT", "1. TEXT", "TEXT and TEXT, TEXT.", "“TEXT” (TEXT)"),
    *("- **TEXT** has", "- **Failed:** TEXT, TEXT", "- *TEXT* It", "![of “TEXT”.](a.png)"),
    "| TEXT | b |\n|---|---:|\n| TEXT | TEXT |\n| TEXT (TEXT) | – |",
)


class Shape(HTMLParser):
    """Tags of a page, and what it says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.said += [value or "" for name, value in attrs if name == "alt"]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@settings(max_examples=300)
@given(TEXT)
def test_in_markdown(text):
    for place in PLACES:
        made = Shape(MARKDOWN.render(place.replace("TEXT", words.text(text))))
        plain = Shape(MARKDOWN.render(place.replace("TEXT", "word")))
        assert made.tags == plain.tags, place
        assert shown("".join(made.said)) == shown(
            "".join(plain.said).replace("word", shown(text))
        ), place


@pytest.mark.filterwarnings("ignore:Glyph .* missing")  # no font here has all writings
@settings(max_examples=40)
@given(TEXT)
def test_in_figures(text):
    with style.styled():
        figure = style.page(2)
        style.head(figure, text)
        axis = figure.subplots()
        axis.plot([1, 2], label=text)
        axis.set(xlabel=text, title=style.wrapped(text, 2, style.TEXT))
        axis.set_yticks([1, 2], [text, style.shortened(text, 20)])
        axis.legend()
        figure.savefig(io.BytesIO(), format="png", dpi=40)
    written = ["".join(one.get_text().split()) for one in figure.findobj(Text)]
    assert written.count("".join(text.split())) >= 5


@settings(max_examples=20)
@given(st.lists(TEXT, min_size=20, max_size=20))
def test_on_the_way_through_a_shell_line(all_):
    """As snakemake's :q quotes a slice, bash hands it over and a dry run is read."""
    quoted = shlex.quote(canonical_json(all_))
    handed = subprocess.run(
        ["bash", "-c", f"cat <<< {quoted}"], stdout=subprocess.PIPE, check=True
    ).stdout
    assert handed.decode() == canonical_json(all_) + "\n"
    line = f"a\nShell command: convstudy --log a --code b train --seed 0 <<< {quoted}\nb"
    (found,) = dry_run.commands(line)
    assert found.slice == all_


_COMMANDS = {
    r"\textbackslash ": "\\",
    r"\textasciitilde ": "~",
    r"\textasciicircum ": "^",
    "{}": "",
}


def of_latex(cell: str) -> str:
    """What LaTeX sets for a cell."""
    escaped = r"\\textbackslash |\\textasciitilde |\\textasciicircum |{}|\\[&%$#_{}]"
    left = re.sub(escaped, "", cell)
    assert not set("\\&%$#_{}~^") & set(left), cell
    return re.sub(escaped, lambda found: _COMMANDS.get(found[0], found[0][1:]), cell)


@settings(max_examples=200)
@given(TEXT)
def test_in_latex(text):
    frame = pd.DataFrame([{"title": text}] * 2)
    made = tables.latex("t", tables.Table(frame, lambda row: {"a": row["title"], "b": "c"}, "x"))
    rows = re.findall(r"^(.*) & c \\\\$", made, re.M)
    assert len(rows) == 2
    # Spaces and signs are spelt as LaTeX has them.
    spelt = text
    for sign, as_latex in {**tables._SIGNS, **tables._SPACES}.items():
        spelt = spelt.replace(sign, "")
        rows = [row.replace(as_latex, "") for row in rows]
    for row in rows:
        assert not row.startswith(("[", "*"))  # an option of the line break before it
        assert "".join(of_latex(row).split()) == "".join(spelt.split())


@pytest.mark.parametrize("path", sorted({*free()} - NAMES - FILES), ids=".".join)
def test_what_hides_or_turns_text_is_refused_everywhere(path):
    part = free()[path]
    passed = [one for one in REFUSED if accepts(part, f"a{one}b")]
    assert passed == (["\t", "\n"] if path[-1] == "about" else [])
    assert not [one for one in UNSEEN if accepts(part, one)]


@pytest.mark.parametrize("text", ["a\nb", "a\u202eb", "\N{ZERO WIDTH SPACE}"])
def test_a_refusal_names_the_key(config, text):
    config["datasets"]["mnist"]["title"] = text
    with pytest.raises(StudyError) as caught:
        load(config)
    assert f"datasets.mnist.title: {text!r} has a form that is not allowed here" in str(
        caught.value
    )
