"""report.pdf and report.docx say what report.md says, and nothing of it runs off the page."""

import re
import shutil
import sys
import zipfile
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convstudy import language
from convstudy.errors import StudyError
from convstudy.report import docx, paper, pdf, widths

from checkout import ROOT

pytest.importorskip("pypandoc", reason="the extra `export` is not installed")
pytest.importorskip("typst", reason="the extra `export` is not installed")

FULL = ROOT / "docs/sample/full"
STYLE = ROOT / "workflow/templates/report.typ"
PIXEL = FULL / "results/full/figures/mnist/comparison.png"


def written(folder, text):
    report = folder / "report.md"
    report.write_text(text)
    (folder / "a figure.png").write_bytes(PIXEL.read_bytes())
    return report


def typeset(report):
    convert = paper.converter()
    return pdf.typeset(paper.arranged(report, convert), convert)


def words(report):
    """What a reader of the document sees, and its markup."""
    output = report.parent / "made.docx"
    docx.write(report, output)
    body = zipfile.ZipFile(output).read("word/document.xml").decode()
    lines = re.sub(r"<[^>]+>", "", body.replace("</w:p>", "\n"))
    return unescape(lines), body


def numbers(text):
    return re.findall(r"\d[\d.,]*\d|\d", text)


def test_the_document_holds_every_number_of_the_report_in_the_same_order(tmp_path):
    shutil.copytree(FULL, tmp_path / "full", ignore=shutil.ignore_patterns("*.xz"))
    said, _ = words(tmp_path / "full/report.md")
    said = re.sub(r"^\s*Figure\s+\d+:", "", said, flags=re.M)
    text = (FULL / "report.md").read_text()
    text = re.sub(r"!\[[^]]*\]\([^)]*\)|^\|[-|:]+\|$", "", text, flags=re.M)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    assert len(numbers(text)) > 500
    assert numbers(said) == numbers(unescape(text))


def test_pages_are_numbered_and_of_a4_and_the_same_file_each_time(tmp_path):
    report = written(tmp_path, "# Study\n\n" + "Words. " * 2000)
    made = pdf.pages(report, STYLE)
    assert made.startswith(b"%PDF") and made == pdf.pages(report, STYLE)
    boxes = set(re.findall(rb"/MediaBox ?\[([^]]*)\]", made))
    assert boxes == {b"0 0 595.2756 841.8898"}
    _, body = words(report)
    (size,) = re.findall(r"<w:pgSz[^>]*>", body)
    assert 'w:w="11906"' in size and 'w:h="16838"' in size and "<w:footerReference" in body
    footer = zipfile.ZipFile(tmp_path / "made.docx").read("word/footer1.xml").decode()
    assert 'w:instr="PAGE"' in footer and 'w:instr="NUMPAGES"' in footer


def test_what_a_screen_folds_stands_open_under_its_summary(tmp_path):
    text = "# Study\n\n<details>\n<summary>Behind <b>it</b> &amp; more</summary>\n\n"
    text += "| a | b |\n|---|---:|\n| one<br>two | 1.25 |\n\n</details>\n\nAfter.\n"
    report = written(tmp_path, text)
    assert "Behind it & more" in words(report)[0]
    source = typeset(report)
    assert source.index("#strong[Behind it & more]") < source.index("1.25") < source.index("After.")
    assert "summary" not in source and "br>" not in source


def test_figures_fit_the_page_and_keep_their_captions_and_words(tmp_path):
    report = written(tmp_path, "# S\n\n![What “it” shows](a%20figure.png)\n\n*A caption.*\n")
    source = typeset(report)
    assert 'image("/a figure.png", alt: "What “it” shows", width: 170mm)' in source
    assert "caption: [\n    A caption." in source
    assert pdf.pages(report, STYLE)


@pytest.mark.parametrize("link", ["#1-part", "#nowhere", "#часть"])
def test_links_within_the_report_lead_somewhere_or_are_words(tmp_path, link):
    report = written(tmp_path, f"# S\n\n[words]({link})\n\n## 1. Part\n\n## Часть\n")
    assert "words" in typeset(report) and pdf.pages(report, STYLE)


def test_a_report_in_another_language_says_figure_in_it(tmp_path):
    report = written(tmp_path, "# Изучение\n\n![Что](a%20figure.png)\n\n*Подпись.*\n")
    with language.speaking(ROOT / "workflow/locale/ru.po"):
        said, _ = words(report)
        assert pdf.pages(report, STYLE)
    assert "Figure" not in said and "Подпись." in said


@pytest.mark.parametrize("gone", ["pypandoc", "typst"])
def test_a_missing_extra_is_named(tmp_path, monkeypatch, gone):
    monkeypatch.setitem(sys.modules, gone, None)
    with pytest.raises(StudyError, match=re.escape("pip install 'convstudy[export]'")):
        pdf.pages(written(tmp_path, "# S\n"), STYLE)


def test_a_figure_that_is_missing_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"gone\.png"):
        typeset(written(tmp_path, "# S\n\n![it](gone.png)\n"))


cells = st.text("abcdefg 0123456789", max_size=40)


@settings(max_examples=60)
@given(
    st.integers(1, 24).flatmap(
        lambda n: st.lists(st.lists(cells, min_size=1), min_size=n, max_size=n)
    )
)
def test_columns_fill_no_more_than_the_page(columns):
    fitted = widths.fit(columns)
    assert len(fitted.shares) == len(columns)
    assert sum(fitted.shares) <= 1 + 1e-9 and min(fitted.shares) > 0
    assert fitted.points in widths.SIZES


def test_a_wide_table_gets_smaller_type_and_then_a_page_on_its_side():
    narrow = widths.fit([["a"], ["1.25"]])
    wide = widths.fit([["parameters"]] * 9)
    widest = widths.fit([["parameters"]] * 14)
    assert (narrow.points, narrow.landscape) == (max(widths.SIZES), False)
    assert (wide.points < narrow.points, wide.landscape) == (True, False)
    assert widest.landscape
