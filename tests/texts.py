"""Free texts of a config: of all characters that some layer takes for its own."""

import random
import unicodedata
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from jsonschema import Draft202012Validator

from convstudy.config.schema.whole import Config

# Snakemake, Python and YTE; Jinja; LaTeX, mathtext and Typst; the shell; YAML; Markdown; HTML.
FRAGMENTS = (
    *("{", "}", "{a}", "{{x}}", "{wildcards.seed}", "%", "%s", "%(n)s", "%%", "?x", "{%", "%}"),
    *("{{", "}}", "{#", "#}", "{% raw %}", "$", "$x$", "$$", "\\", "\\n", "\\frac{", "^", "_", "_i_"),
    *("\\(", "#let x", "$(id)", "`id`", "'", "''", '"', "&&", ";", "<<<", "EOF", "!", "!!", "~"),
    *(": ", " #", "@", "&x", "*x", "? ", "[", "]", ",", "- ", "--- ", "=", "===", "+ ", "# "),
    *("*", "**b**", "***", "`", "```", "~~c~~", "|", "| a |", "![", "](x)", "(", ")", "[^n]", "...", ". "),
    *("<", ">", "<b>", "</b>", "<details>", "</summary>", "<!--", "-->", "]]>", "&", "&amp;", "&lt;"),
    *("https://a.invalid", "a@b.invalid", ":smile:", "/", "…", "–", "\\|", "\\\\", "\\*"),
    # Spaces of all kinds, characters without width, accents to be combined, other writings.
    *(" ", "  ", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}", "\N{ZERO WIDTH SPACE}"),
    *("\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NO-BREAK SPACE}", "\N{SOFT HYPHEN}", "e\u0301", "й"),
    *("\N{COMBINING LONG STROKE OVERLAY}", "👩\u200d🔬", "日本語", "שלום", "مرحبا", "ﷺ", "\ufffd"),
)  # fmt: skip
# What the direction of text or the end of a line hangs on, and what no text holds: refused.
REFUSED = (
    *("\0", "\a", "\t", "\n", "\r", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u061c", "\u200e"),
    *("\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"),
)  # fmt: skip
_PROBE = "a text, {any}"
SCHEMA = Config.model_json_schema()

NAMES = {
    tuple(one.split("."))
    for one in [
        "scale",
        "stand_ins.*",
        "scales.*.stand_ins.*",
        "scales.*.without.*",
        "scales.*.without_claims.*",
        "scales.*.without_sections.*",
        "scales.*.recipe.name",
        "scales.*.recipes.*.name",
        "scales.*.experiments.*.recipe.name",
        "experiments.*.dataset",
        "experiments.*.recipe.name",
        "sections.*.experiments.*",
        "sections.*.figures.activations.experiments.*",
        "sections.*.figures.kernels.experiments.*",
        "sections.*.figures.grid.of",
        "claims.*.section",
        "claims.*.of",
        "claims.*.than",
        "claims.*.among.*",
        "claims.*.across.*",
        "claims.*.claims.*",
        "datasets.*.torchvision.name",
        "published.datasets.*.format",
        "published.experiments.*.dataset",
    ]
}  # of what stands elsewhere in the config or in a library: another is refused
FILES = {
    ("data_mirror",),
    *(
        ("datasets", "*", key, *more)
        for key, *more in (("folder",), ("mirrors", "*"), ("ignore", "*"))
    ),
}
# What nobody sees by itself.
UNSEEN = ("", " ", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}\ufeff", "\N{SOFT HYPHEN}", "\u3164 ")

Path = tuple[str, ...]  # of a schema: * is any key of a mapping, or any item of a list


class Texts:
    """Gives texts, each unlike every other, which hold all fragments between them.

    Without digits, which a claim's title may only have where its test has them.
    """

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        deck = list(FRAGMENTS)
        self._draw.shuffle(deck)
        self._deck = cycle(deck)
        self.given: dict[Path, list[str]] = {}

    def __call__(self, path: str, *more: str) -> str:
        """One for what stands at `path` of the schema; `more` is in it."""
        there = tuple(path.split("."))
        number = sum(map(len, self.given.values()))
        mark = "z" + "".join("abcdefghij"[int(digit)] for digit in f"{number:02}") + "z"
        parts = [mark, *more, *(next(self._deck) for _ in range(7))]
        self._draw.shuffle(parts)
        text = "".join(parts)
        self.given.setdefault(there, []).append(text)
        return text


def shown(text: str) -> str:
    """How it stands on a page: white space as a browser has it, marks of isolation aside.

    In NFC, as the names of classes are everywhere.
    """
    plain = " ".join(text.translate({0x2068: None, 0x2069: None}).split())
    return unicodedata.normalize("NFC", plain)


def free() -> dict[Path, dict[str, Any]]:
    """Where a config may hold any text, and the part of the schema there."""
    return {
        path: one
        for path, one in _parts(SCHEMA, ())
        if one.get("type") == "string" and accepts(one, _PROBE)
    }


def accepts(part: dict[str, Any], text: str) -> bool:
    """Whether a part of the schema lets that text in."""
    return bool(Draft202012Validator(part).is_valid(text))


def paths() -> set[Path]:
    """Every key of a config."""
    return {path for path, _ in _parts(SCHEMA, ()) if path}


def _parts(one: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    if not isinstance(one, dict):
        return
    yield path, one
    if "$ref" in one:
        yield from _parts(SCHEMA["$defs"][one["$ref"].rpartition("/")[2]], path)
    for other in (*one.get("anyOf", ()), *one.get("oneOf", ())):
        yield from _parts(other, path)
    for key, value in one.get("properties", {}).items():
        yield from _parts(value, (*path, key))
    below = [one.get("items"), one.get("additionalProperties")]
    for value in (*below, *one.get("patternProperties", {}).values()):
        yield from _parts(value, (*path, "*"))
