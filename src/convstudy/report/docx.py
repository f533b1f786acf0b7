"""`convstudy docx`: report.md as a document for Word and LibreOffice."""

import argparse
import json
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from convstudy import language
from convstudy.errors import StudyError
from convstudy.files import replacing
from convstudy.report.paper import all_of, arranged, converter, fitted
from convstudy.report.record import check_origin
from convstudy.report.widths import SIZES, Fitted

Edits = dict[str, Callable[[str], str]]

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MARGIN = 'w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"'  # 20 mm
_SECTION = (
    f'<w:sectPr><w:footerReference xmlns:r="{_DOCUMENT}" w:type="default" r:id="rId99"/>'
    '<w:footnotePr><w:numRestart w:val="eachSect"/></w:footnotePr>'
    '<w:pgSz w:w="11906" w:h="16838"/>'  # A4
    f'<w:pgMar {_MARGIN} w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
)
_FONT = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/>'
_STYLE = (
    '<w:style w:type="paragraph" w:customStyle="1" w:styleId="{id}">'
    '<w:name w:val="{name}"/><w:basedOn w:val="Compact"/>'
    '<w:rPr><w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr></w:style>'
)
_RELATION = f'<Relationship Type="{_DOCUMENT}/footer" Id="rId99" Target="footer1.xml"/>'
_CONTENT_TYPE = f'<Override PartName="/word/footer1.xml" ContentType="{_OFFICE}.footer+xml"/>'
_TEXT_WIDTH = 11906 - 2 * 1134
_HEADINGS = {"Title": 36, "Heading1": 30, "Heading2": 25, "Heading3": 22}  # half points


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy docx", description=__doc__)
    parser.add_argument("--report", required=True, type=Path, help="report.md")
    parser.add_argument("--results", required=True, type=Path, help="results/<scale>")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(argv)
    check_origin(options.report, options.results)
    with language.speaking(options.words), replacing(options.output) as temporary:
        write(options.report, temporary)


def write(report: Path, output: Path) -> None:
    """What `report` says, as a document in the language that is spoken.

    Raises `StudyError` where the extra `export` is not installed, and for a report or figure that
    is missing or damaged.
    """
    convert = converter()
    document = arranged(report, convert)
    tables = [fitted(table) for table in all_of(document, "Table")]
    with tempfile.TemporaryDirectory() as folder:
        style, made = Path(folder, "style.docx"), Path(folder, "report.docx")
        _style(style)
        convert(
            json.dumps(document),
            read="json",
            to="docx+native_numbering",
            outputfile=str(made),
            extra_args=["--resource-path", str(report.parent), "--reference-doc", str(style)],
        )
        _edit(made, output, {"word/document.xml": lambda text: _sized(text, tables)})


def _sized(document: str, tables: list[Fitted]) -> str:
    """The document with its tables as wide as they are and in their size of type.

    pandoc's own columns are those of a page of another size.
    """
    left = iter(tables)

    def sized(found: re.Match[str]) -> str:
        fits = next(left)
        widths = [round(_TEXT_WIDTH * share) for share in fits.shares]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        table = _replaced(r"<w:tblGrid>.*?</w:tblGrid>", f"<w:tblGrid>{grid}</w:tblGrid>", found[0])
        whole = f'<w:tblW w:type="dxa" w:w="{sum(widths)}"/>'
        table = _replaced(r"<w:tblW [^>]*/>", whole, table)
        return table.replace('w:val="Compact"', f'w:val="{_style_of(fits.points)}"')

    return re.sub(r"<w:tbl>.*?</w:tbl>", sized, document, flags=re.DOTALL)


def _style_of(points: float) -> str:
    return f"Table{round(10 * points)}"


def _edit(before: Path, after: Path, edits: Edits, more: dict[str, str] | None = None) -> None:
    """Write `before` with some of its files edited and some more to `after`."""
    with (
        zipfile.ZipFile(before) as source,
        zipfile.ZipFile(after, "w", zipfile.ZIP_DEFLATED) as edited,
    ):
        for name in source.namelist():
            content = source.read(name)
            edit = edits.get(name)
            edited.writestr(name, edit(content.decode()) if edit else content)
        for name, text in (more or {}).items():
            edited.writestr(name, text)


def _style(path: Path) -> None:
    """pandoc's own styles for A4, with page numbers and smaller type; written to `path`."""
    import pypandoc

    asked = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    try:
        done = subprocess.run(asked, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise StudyError(f"pandoc has no styles for a document ({error}).") from error
    own = path.with_suffix(".own")
    own.write_bytes(done.stdout)
    edits: Edits = {
        "word/document.xml": lambda text: _replaced(r"<w:sectPr>.*?</w:sectPr>", _SECTION, text),
        "word/styles.xml": _smaller,
        "word/_rels/document.xml.rels": lambda text: _before("</Relationships>", _RELATION, text),
        "[Content_Types].xml": lambda text: _before("</Types>", _CONTENT_TYPE, text),
    }
    _edit(own, path, edits, {"word/footer1.xml": _footer()})


def _smaller(styles: str) -> str:
    """10.5 points in the text, headings to match, one style for each size of tables."""
    styles = _replaced(r"<w:rFonts\s[^>]*Theme[^>]*/>", _FONT, styles)
    styles = _replaced(r'(?<=<w:sz w:val=")24(?=")', "21", styles, count=1)
    styles = _replaced(r'w:before="180" w:after="180"', 'w:before="80" w:after="120"', styles)
    for name, half in _HEADINGS.items():
        pattern = rf'(w:styleId="{name}">(?:(?!</w:style>).)*?<w:sz w:val=")\d+'
        styles = _replaced(pattern, rf"\g<1>{half}", styles)
    tables = (
        _STYLE.format(id=_style_of(points), name=f"Table {points:g}", half=round(2 * points))
        for points in SIZES
    )
    return _before("</w:styles>", "".join(tables), styles)


def _replaced(pattern: str, by: str, text: str, count: int = 0) -> str:
    found, times = re.subn(pattern, by, text, count=count, flags=re.DOTALL)
    if not times:
        raise StudyError("pandoc's styles are not as expected: install the versions of the lock.")
    return found


def _before(end: str, more: str, text: str) -> str:
    return _replaced(re.escape(end), more + end, text)


def _footer() -> str:
    """The page and how many there are; whoever opens the document counts them."""
    fields = [
        f'<w:fldSimple w:instr="{name}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        for name in ("PAGE", "NUMPAGES")
    ]
    between = '<w:r><w:t xml:space="preserve"> / </w:t></w:r>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{_WORD}">'
        f'<w:p><w:pPr><w:jc w:val="right"/></w:pPr>{between.join(fields)}</w:p></w:ftr>'
    )
