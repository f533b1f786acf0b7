"""`convstudy pdf`: report.md as sheets of A4, set by Typst."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

from convstudy import language
from convstudy.errors import StudyError
from convstudy.files import replacing
from convstudy.report.paper import EXTRA, all_of, arranged, converter, plain, read_text
from convstudy.report.record import check_origin


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy pdf", description=__doc__)
    parser.add_argument("--report", required=True, type=Path, help="report.md")
    parser.add_argument("--results", required=True, type=Path, help="results/<scale>")
    parser.add_argument("--style", required=True, type=Path, help="report.typ")
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(argv)
    check_origin(options.report, options.results)
    with language.speaking(options.words):
        made = pages(options.report, options.style)
    with replacing(options.output) as temporary:
        temporary.write_bytes(made)


def pages(report: Path, style: Path) -> bytes:
    """What `report` says, as a tagged PDF in the language that is spoken.

    Raises `StudyError` where the extra `export` is not installed, and for a report or figure that
    is missing or damaged.
    """
    try:
        import typst
    except ImportError:
        raise StudyError(f"Typst is missing, which sets report.pdf. {EXTRA}") from None
    setter: Any = typst  # its types do not know that bytes are no sequence of paths
    convert = converter()
    document = arranged(report, convert)
    source = typeset(document, convert)
    values = {"title": plain(document["meta"]["title"]["c"]), "language": language.tag()}
    whole = f"{read_text(style)}\n{source}".encode()
    try:
        # No fonts but Typst's own and no date: the same report is the same file everywhere.
        made = setter.compile(
            whole,
            root=str(report.parent.resolve()),
            ignore_system_fonts=True,
            sys_inputs=values,
            timestamp=0,
        )
    except RuntimeError as error:
        raise StudyError(f"Typst cannot set {report}: {error}. Please report this.") from error
    return bytes(made)


def typeset(document: dict[str, Any], convert: Any) -> str:
    """The document in Typst's language; images with the words that stand for them."""
    document["blocks"] = [part for block in document["blocks"] for part in _turned(block)]
    source = convert(json.dumps(document), read="json", to="typst")
    said = {image["c"][2][0]: plain(image["c"][1]) for image in all_of(document, "Image")}

    def with_words(found: re.Match[str]) -> str:
        path = json.loads(found[1])
        words = f", alt: {json.dumps(said[path], ensure_ascii=False)}" if path in said else ""
        return f"image({json.dumps('/' + path, ensure_ascii=False)}{words}"

    return re.sub(r'\bimage\(("(?:[^"\\]|\\.)*")', with_words, source)


def _turned(block: dict[str, Any]) -> list[dict[str, Any]]:
    """A table that is too wide for an upright page has one that lies; headings stay with theirs."""
    if block["t"] == "Para" and [one["t"] for one in block["c"]] in (["Emph"], ["Strong"]):
        return [_raw("#block(sticky: true)["), block, _raw("]")]
    if block["t"] != "Div" or ["landscape", "1"] not in block["c"][0][2]:
        return [block]
    return [_raw("#page(flipped: true)["), block, _raw("]")]


def _raw(source: str) -> dict[str, Any]:
    return {"t": "RawBlock", "c": ["typst", source]}
