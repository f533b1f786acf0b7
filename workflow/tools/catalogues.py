"""What `make words` runs: bring every catalogue up to date with the words that the sources use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "workflow/locale"
_SHOWN = ("title", "says", "purpose", "about")  # keys whose texts the report shows
# As in convstudy.report.templates: a sentence has to be found as it is looked up.
_TEMPLATES = {
    **{"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"},
    "silent": "false",
}


def main() -> None:
    wanted = extracted()
    for path in paths():
        catalogue = read(path)
        catalogue.update(wanted, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        head, _, _ = path.read_bytes().partition(b"\n\n")
        with path.open("wb") as file:
            file.write(head + b"\n\n")
            write_po(file, catalogue, width=100, omit_header=True, include_lineno=False)
        missing = [message.id for message in catalogue if message.id and not translated(message)]
        print(f"{path.relative_to(ROOT)}: {len(wanted)} entries, {len(missing)} to translate")


def translated(message: Message) -> bool:
    """Whether it has words, in each of its plural forms."""
    return all(message.string if isinstance(message.string, tuple) else [message.string])


def paths() -> list[Path]:
    """All but the English one: the words of the sources are English."""
    return sorted(path for path in LOCALE.glob("*.po") if path.stem != "en")


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def extracted() -> Catalog:
    """Every text that reports and figures may show, with the files that it is from."""
    found = Catalog()
    sources: tuple[tuple[Any, str, dict[str, Any]], ...] = (
        (babel_extract, "workflow/templates/**/*.j2", _TEMPLATES),
        ("python", "src/convstudy/**/*.py", {}),
        (_data, "config.yaml", {}),
        (_data, "published.yaml", {}),
        (_data, "workflow/catalogue.yaml", {}),
        (_data, "overlays/*.yaml", {}),
    )
    for method, pattern, options in sources:
        for path in sorted(ROOT.glob(pattern)):
            for line, text, _, _ in extract_from_file(method, path, options=options):
                found.add(text, locations=[(str(path.relative_to(ROOT)), line)])
    return found


def _data(file: BinaryIO, *_: Any, **options: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """An extractor of Babel's: (line, function, text, comments) of a config's texts."""
    return _texts(yaml.compose(file, yaml.SafeLoader))


def _texts(node: yaml.Node) -> Iterator[tuple[int, str, str, list[str]]]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(value, yaml.ScalarNode) and key.value in _SHOWN:
            yield value.start_mark.line + 1, "gettext", value.value, []
        for one in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            yield from _texts(one)


if __name__ == "__main__":
    main()
