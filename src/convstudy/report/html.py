"""`convstudy html`: report.md as one page that needs nothing else, no network included."""

import argparse
import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin

from convstudy import language
from convstudy.files import write_text
from convstudy.gettext_noop import N_
from convstudy.language import gettext as _
from convstudy.report.folds import folds_plugin
from convstudy.report.paper import png, read_text
from convstudy.report.record import check_origin
from convstudy.report.templates import environment_of

# As the templates spell them, before a colon at the start of a claim's sentence.
_VERDICTS = {
    "supported": N_("Supported"),
    "contradicted": N_("Contradicted"),
    "equivalent": N_("No relevant difference"),
}


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy html", description=__doc__)
    parser.add_argument("--report", required=True, type=Path, help="report.md")
    parser.add_argument("--results", required=True, type=Path, help="results/<scale>")
    parser.add_argument("--templates", required=True, type=Path)
    parser.add_argument("--words", type=Path, help="catalogue of the language; without it English")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(argv)
    with language.speaking(options.words):
        made = page(options.report, options.templates)
    check_origin(options.report, options.results)
    write_text(options.output, made)


def page(report: Path, templates: Path) -> str:
    """What `report` says, as HTML in the language that is spoken.

    Raises `StudyError` where a figure is not a PNG file. The Markdown is parsed without raw HTML,
    so that the tags of the page are those made here. Its policy lets the browser load nothing and
    run no script but the page's own.
    """
    options = {"html": False, "xhtmlOut": False}
    markdown = MarkdownIt("commonmark", options).enable("table")
    markdown.use(anchors_plugin, max_level=3)  # the ids that GitHub gives to headings
    markdown.use(folds_plugin)
    tokens = markdown.parse(read_text(report))
    _make_figures(tokens)
    _name_cells(tokens)
    _mark_verdicts(tokens)
    tokens = [*_in_boxes(tokens)]
    for image in _images(tokens):
        image.attrs |= _embedded(report.parent / unquote(str(image.attrs["src"])), report)
    style, script = (read_text(templates / name) for name in ("report.css", "report.js"))
    template = environment_of(templates, escaping=True).get_template("report.html.j2")
    return template.render(
        language=language.tag(),
        headings=_headings(tokens),
        body=Markup(markdown.renderer.render(tokens, markdown.options, {})),
        style=Markup(style),
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _hash(text: str) -> str:
    """Base64 SHA-256, by which a Content-Security-Policy knows a style or script."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _images(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from (child for child in token.children or [] if child.type == "image")


def _embedded(figure: Path, report: Path) -> dict[str, Any]:
    """Attributes of an image that holds its own bytes; its size keeps the text from jumping."""
    data, width, height = png(figure, report)
    source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return {"src": source, "width": width, "height": height}


def _headings(tokens: list[Token]) -> list[dict[str, str]]:
    """Tag, id and text of each heading."""
    return [
        {"tag": token.tag, "id": str(token.attrs["id"]), "text": _plain(tokens[place + 1])}
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [])


def _make_figures(tokens: list[Token]) -> None:
    """Paragraphs of one image become figures, emphasised paragraphs below them their captions."""
    for place in range(len(tokens)):
        if not _is_only(tokens[place : place + 2], "image"):
            continue
        opening, _, closing = tokens[place : place + 3]
        opening.tag = closing.tag = "figure"
        below = tokens[place + 3 : place + 6]
        if _is_only(below[:2], "em_open", "em_close"):
            below[0].tag = below[2].tag = "figcaption"
            below[1].children = [child for child in below[1].children or [] if child.level]
            tokens[place + 2 : place + 6] = [*below, closing]


def _is_only(start: list[Token], *kinds: str) -> bool:
    """Whether a paragraph starts here that holds one element: these tokens at its top level."""
    if [token.type for token in start] != ["paragraph_open", "inline"]:
        return False
    children = [child for child in start[1].children or [] if not child.level]
    return [child.type for child in children if child.type != "text" or child.content] == [*kinds]


def _name_cells(tokens: list[Token]) -> None:
    """The first cell of a row names it. Alignment by class: the policy forbids styles in tags."""
    for place, token in enumerate(tokens):
        if token.type in ("th_open", "td_open"):
            if token.attrs.pop("style", None) == "text-align:right":
                token.attrs["class"] = "number"
            if token.type == "th_open":
                token.attrs["scope"] = "col"
            elif tokens[place - 1].type == "tr_open":
                token.tag = tokens[place + 2].tag = "th"
                token.attrs["scope"] = "row"


def _mark_verdicts(tokens: list[Token]) -> None:
    """What was decided gets the colour that figures give it; words stay what says it."""
    classes = {f"{_(word)}:": name for name, word in _VERDICTS.items()}
    for token in tokens:
        children = token.children or []
        for place, child in enumerate(children[:-1]):
            if child.type == "strong_open" and children[place + 1].content in classes:
                child.attrs["class"] = classes[children[place + 1].content]


def _in_boxes(tokens: list[Token]) -> Iterator[Token]:
    """Each table in a box in which it scrolls, also by keyboard.

    An emphasised paragraph above it is its caption, by which the box is called too.
    """
    number, caption = 0, list[Token]()
    for place, token in enumerate(tokens):
        starts = _is_only(tokens[place : place + 2], "em_open", "em_close")
        if starts and [one.type for one in tokens[place + 3 : place + 4]] == ["table_open"]:
            caption = tokens[place : place + 3]
        if any(token is one for one in caption):
            continue
        if token.type == "table_open":
            number += 1
            label = _plain(caption[1]) if caption else _("Table %(number)s") % {"number": number}
            box: dict[str, str | int | float] = {
                "class": "table",
                "role": "region",
                "aria-label": label,
                "tabindex": "0",
            }
            yield Token("box_open", "div", 1, box, block=True)
        yield token
        if token.type == "table_open" and caption:
            caption[0].tag = caption[2].tag = "caption"
            caption[1].children = [one for one in caption[1].children or [] if one.level]
            yield from caption
            caption = []
        if token.type == "table_close":
            yield Token("box_close", "div", -1, block=True)
