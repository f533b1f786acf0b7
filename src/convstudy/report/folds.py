"""Parts of report.md that a page folds: lines of `<details>`, `<summary>…</summary>`, `</details>`.

The templates write them, and GitHub shows them. They are the only tags that a page takes from the
Markdown, and nothing else about them: no attribute, no other tag. Names of users are escaped.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

_LINE = re.compile(r"<details>|</details>|<summary>(.+)</summary>")


def folds_plugin(markdown: MarkdownIt) -> None:
    """Read these lines as blocks."""
    markdown.block.ruler.before("paragraph", "fold", _fold, {"alt": ["paragraph", "blockquote"]})


def _fold(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    source = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    found = _LINE.fullmatch(source.rstrip())
    if not found:
        return False
    if not silent:
        state.line = line + 1
        if found[1] is None:
            if source.startswith("</"):
                state.push("details_close", "details", -1)
            else:
                state.push("details_open", "details", 1)
        else:
            state.push("summary_open", "summary", 1)
            inline = state.push("inline", "", 0)
            inline.content, inline.children = found[1], []
            state.push("summary_close", "summary", -1)
    return True
