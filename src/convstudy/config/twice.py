"""What YAML silently makes of keys that stand twice (the last) and of aliases (copies)."""

from collections.abc import Iterator
from pathlib import Path

import yaml

_MOST = 100_000  # values, aliases written out: twenty times the config of this study


def repeated_keys(path: Path) -> Iterator[str]:
    """A sentence for each, with both lines; none for a file that is no YAML, which others say.

    Only one for a file whose aliases would never end, or make far more of it than anybody wrote.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return
    if _values(root, {}) > _MOST:
        yield f"{path}: its aliases (*name) make more than {_MOST} values of it; write them out"
        return
    yield from (f"{path}, {said}" for said in _repeated(root))


def _values(node: yaml.Node | None, counted: dict[int, float]) -> float:
    """How many values `node` stands for; what stands within itself for infinitely many."""
    if not isinstance(node, yaml.CollectionNode):
        return 1
    if id(node) not in counted:
        counted[id(node)] = float("inf")
        pairs = isinstance(node, yaml.MappingNode)
        inner = [one for pair in node.value for one in pair] if pairs else node.value
        counted[id(node)] = 1 + sum(_values(one, counted) for one in inner)
    return counted[id(node)]


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
