"""report.md arranged for sheets of A4: what `convstudy pdf` and `convstudy docx` write.

pandoc reads the Markdown as GitHub does and hands over its blocks as JSON. What a screen folds or
scrolls is opened here and fitted: parts to unfold get a heading, figures their captions, tables
widths of columns and a size of type at which they fit.
"""

import html
import json
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from convstudy import language
from convstudy.errors import StudyError
from convstudy.report.widths import Fitted, fit

Block = dict[str, Any]

EXTRA = "Install them: pip install 'convstudy[export]'."
TEXT_WIDTH, TEXT_HEIGHT = 170.0, 235.0  # of a sheet of A4 without its margins and caption, in mm
_SUMMARY = re.compile(r"<summary[^>]*>(.*?)</summary>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_MARKDOWN = "gfm-emoji-autolink_bare_uris"  # in names `:smile:` and `https://…` are text


def converter() -> Callable[..., str]:
    """pandoc, of the extra `export`; raises `StudyError` where it is not installed."""
    try:
        import pypandoc
    except ImportError:
        raise StudyError(
            f"pandoc is missing, which writes report.pdf and report.docx. {EXTRA}"
        ) from None

    def convert(text: str, *, read: str, to: str, **more: Any) -> str:
        try:
            return str(pypandoc.convert_text(text, to, format=read, **more))
        except (OSError, RuntimeError) as error:
            raise StudyError(f"pandoc cannot write the report as {to}: {error}") from error

    return convert


def arranged(report: Path, convert: Callable[..., str]) -> dict[str, Any]:
    """pandoc's document of `report`: `meta` with title and language, `blocks` that fit on A4.

    Paths of figures stay relative to the folder of the report. Raises `StudyError` for a report
    or a figure that is missing.
    """
    document: dict[str, Any] = json.loads(convert(read_text(report), read=_MARKDOWN, to="json"))
    blocks = [*_opened(document["blocks"])]
    title, blocks = _title(blocks, report)
    blocks = [*_figures(blocks, report)]
    _number_headings(blocks)
    document["blocks"] = [*_tables(blocks)]
    document["meta"] = {
        "title": {"t": "MetaInlines", "c": title},
        "lang": {"t": "MetaString", "c": language.tag()},
    }
    return document


def read_text(path: Path) -> str:
    """Raise `StudyError` for a file that is missing."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to make it.") from None


def plain(node: Any) -> str:
    """The words of blocks or inlines, without their marks."""
    if isinstance(node, list):
        return "".join(map(plain, node))
    if not isinstance(node, dict):
        return ""
    kind, content = node.get("t"), node.get("c")
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind == "Str":
        return str(content)
    if kind in ("Code", "CodeBlock", "Math"):
        return str(content[1]) if isinstance(content, list) else ""
    return plain(content)


def _opened(blocks: list[Block]) -> Iterator[Block]:
    """Parts that a screen folds stand open below their summary; other tags go, their words stay."""
    for block in _without_tags(blocks):
        if block["t"] != "RawBlock":
            yield block
            continue
        markup = _COMMENT.sub("", block["c"][1])
        for number, part in enumerate(_SUMMARY.split(markup)):
            words = _words(part)
            if words:
                yield _paragraph([{"t": "Strong", "c": words}] if number % 2 else words)


def _without_tags(node: Any) -> Any:
    """The same, with line breaks for `<br>` and without other tags within a line."""
    if isinstance(node, list):
        kept = (one for one in node if not _is_tag(one))
        return [_without_tags(one) for one in kept]
    if not isinstance(node, dict):
        return node
    if node.get("t") == "RawInline":
        return {"t": "LineBreak"}
    return {key: _without_tags(value) for key, value in node.items()}


def _is_tag(node: Any) -> bool:
    inline = isinstance(node, dict) and node.get("t") == "RawInline"
    return inline and not re.match(r"<br\b", node["c"][1])


def _words(markup: str) -> list[Block]:
    found: list[Block] = []
    for word in html.unescape(_TAG.sub(" ", markup)).split():
        found += [{"t": "Space"}, {"t": "Str", "c": word}]
    return found[1:]


def _paragraph(inlines: list[Block]) -> Block:
    return {"t": "Para", "c": inlines}


def _title(blocks: list[Block], report: Path) -> tuple[list[Block], list[Block]]:
    """The first heading, which names the whole, and what comes after it."""
    if not blocks or blocks[0]["t"] != "Header":
        raise StudyError(f"{report} does not begin with a heading. Run snakemake again.")
    return blocks[0]["c"][2], blocks[1:]


def _figures(blocks: list[Block], report: Path) -> Iterator[Block]:
    """Paragraphs of one image as figures, emphasised paragraphs below them as their captions."""
    place = 0
    while place < len(blocks):
        image = _only(blocks[place], "Image")
        place += 1
        if image is None:
            yield blocks[place - 1]
            continue
        caption = _only(blocks[place], "Emph") if place < len(blocks) else None
        place += caption is not None
        yield _figure(image, caption["c"] if caption else None, report)


def _only(block: Block, kind: str) -> Block | None:
    """The one element of a paragraph, if it is of this kind."""
    if block["t"] != "Para" or [one["t"] for one in block["c"]] != [kind]:
        return None
    only: Block = block["c"][0]
    return only


def _figure(image: Block, caption: list[Block] | None, report: Path) -> Block:
    _, words, (source, _) = image["c"]
    width = _width(report.parent / unquote(source), report)
    attributes = ["", [], [["width", f"{width:.1f}mm"], ["alt", plain(words)]]]
    shown = {"t": "Image", "c": [attributes, words, [unquote(source), plain(words)]]}
    below = [{"t": "Plain", "c": caption}] if caption else []
    inside = [{"t": "Plain", "c": [shown]}]
    return {"t": "Figure", "c": [["", [], []], [None, below], inside]}


def _width(figure: Path, report: Path) -> float:
    """Width in mm at which a PNG file is no wider and no higher than a page."""
    _, width, height = png(figure, report)
    return float(min(TEXT_WIDTH, TEXT_HEIGHT * width / height))


def png(figure: Path, report: Path) -> tuple[bytes, int, int]:
    """A figure of a report, and its width and height in pixels; `StudyError` if it is no PNG."""
    data = figure.read_bytes() if figure.is_file() else b""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise StudyError(f"{report} shows {figure}, which is not a PNG file. Run snakemake again.")
    width, height = struct.unpack(">II", data[16:24])
    return data, width, height


def _number_headings(blocks: list[Block]) -> None:
    """Headings one level up, with names that no format takes amiss; links follow them.

    A link to nothing keeps its words: Typst would refuse the document for it.
    """
    names = {}
    for number, block in enumerate(one for one in blocks if one["t"] == "Header"):
        level, (old, classes, more), words = block["c"]
        names[old] = f"part-{number}"
        block["c"] = [max(1, level - 1), [names[old], classes, more], words]
    for link in all_of(blocks, "Link"):
        _, words, (target, title) = link["c"]
        known = names.get(unquote(target[1:]))
        if target.startswith("#") and known is None:
            link |= {"t": "Span", "c": [["", [], []], words]}
        elif target.startswith("#"):
            link["c"] = [["", [], []], words, [f"#{known}", title]]


def all_of(node: Any, kind: str) -> Iterator[Block]:
    if isinstance(node, dict):
        if node.get("t") == kind:
            yield node
        node = [*node.values()]
    if isinstance(node, list):
        for one in node:
            yield from all_of(one, kind)


def _tables(blocks: list[Block]) -> Iterator[Block]:
    """Each table in a part of its own that has its size of type."""
    for block in blocks:
        if block["t"] != "Table":
            yield block
            continue
        fits = fitted(block)
        for column, share in zip(block["c"][2], fits.shares, strict=True):
            column[:] = [_aligned(column[0]), {"t": "ColWidth", "c": share}]
        more = [["typst:text:size", f"{fits.points:g}pt"]]
        if fits.landscape:
            more.append(["landscape", "1"])
        yield {"t": "Div", "c": [["", ["table"], more], [block]]}


def fitted(table: Block) -> Fitted:
    """How a table fits, by what its cells say."""
    _, _, columns, (_, head), bodies, _ = table["c"]
    rows = [*head, *(row for body in bodies for row in (*body[2], *body[3]))]
    cells = [[plain(cell[4]) for cell in row[1]] for row in rows]
    return fit([[row[place] for row in cells] for place in range(len(columns))])


def _aligned(alignment: Block) -> Block:
    return {"t": "AlignLeft"} if alignment["t"] == "AlignDefault" else alignment
