"""Keys that stand twice in a YAML file, of which YAML silently takes the last."""

from collections.abc import Iterator
from pathlib import Path

import yaml


def repeated_keys(path: Path) -> Iterator[str]:
    """A sentence for each, with both lines; none for a file that is no YAML, which others say."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return
    yield from (f"{path}, {said}" for said in _repeated(root))


def _repeated(node: yaml.Node | None) -> Iterator[str]:
    if isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _repeated(one)
    if isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in lines:
                yield (
                    f"line {line}: '{key.value}' stands in line {lines[key.value]} already; rename "
                    "or delete one of them"
                )
            lines[key.value] = line
            yield from _repeated(value)
