"""Config files as YAML 1.2 reads them: `1e-3` is a number, `010` is ten, `no` and `on` are words.

Snakemake has read the same files before, by YAML 1.1, in which `010` is eight, `1:30` is ninety and
`no` is false. What is read here replaces that.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from convstudy.errors import StudyError

Config = dict[str, Any]
_MOST = 100_000  # values, aliases written out: twenty times the config of this study

# The core schema of YAML 1.2. What is none of these is text, dates too.
_NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")
_BOOLEAN = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_INTEGER = re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(
    r"""(?: [-+]? (?: \.[0-9]+ | [0-9]+ (?:\.[0-9]*)? ) (?:[eE][-+]?[0-9]+)?
          | [-+]? \.(?:inf|Inf|INF)
          | \.(?:nan|NaN|NAN) )\Z""",
    re.X,
)


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]  # (it has no types)
    """Plain values by YAML 1.2, and keys as they are written, as in JSON always text."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012  (PyYAML's own place for them)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        self.flatten_mapping(node)  # keys named <<
        found = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(None, None, "a key that is no text", key.start_mark)
            found[key.value] = self.construct_object(value, deep=deep)
        return found

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        text = self.construct_scalar(node)
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


for _tag, _form, _first in (
    ("null", _NULL, ["~", "n", "N", ""]),
    ("bool", _BOOLEAN, list("tTfF")),
    ("int", _INTEGER, list("-+0123456789")),  # before floats, whose form has them too
    ("float", _FLOAT, list("-+.0123456789")),
    ("merge", re.compile(r"<<\Z"), ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _form, _first)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)


def whole(files: Iterable[Path], given: Mapping[str, Any]) -> Config:
    """The config of these files, each laid over those before it, and of `--config` over all.

    Raises `StudyError` for a file that cannot be read or says something twice.
    """
    config: Config = {}
    for path in files:
        lay_over(config, read(path))
    lay_over(config, {key: typed(value) for key, value in given.items()})
    return config


def lay_over(config: Config, changes: Mapping[str, Any]) -> None:
    """Change `config` in place, mappings key by key, as Snakemake does."""
    for key, value in changes.items():
        if isinstance(value, Mapping):
            inner = config.get(key)
            config[key] = inner if isinstance(inner, dict) else {}
            lay_over(config[key], value)
        else:
            config[key] = value


def typed(value: Any) -> Any:
    """A value of `--config`, in whose lists and mappings Snakemake leaves everything text."""
    if isinstance(value, Mapping):
        return {str(key): typed(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [typed(one) for one in value]
    if isinstance(value, str) and any(
        form.match(value) for form in (_BOOLEAN, _INTEGER, _FLOAT, _NULL)
    ):
        return yaml.load(value, _Loader)  # a subclass of CSafeLoader
    return value


def read(path: Path) -> Config:
    """What a config file says; `StudyError` names the file, the line and what is wrong."""
    text = _text(path)
    try:
        return _of_json(text, path) if text.lstrip().startswith("{") else _of_yaml(text, path)
    except RecursionError:
        raise StudyError(f"{path}: nests too deep to be read. Write it flatter.") from None


def refuse_unreadable(arguments: Sequence[str]) -> None:
    """End the process with a sentence if config.yaml or a `--configfile` cannot be read."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", action="extend", default=[])
    parser.add_argument("--directory", "-d", default=".")
    try:
        named, _ = parser.parse_known_args(arguments)
        for path in (Path(named.directory, "config.yaml"), *map(Path, named.configfile)):
            if path.is_file():  # where there is none, Snakemake says so
                read(path)
    except argparse.ArgumentError:
        pass  # which Snakemake says
    except StudyError as error:
        sys.exit(str(error))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StudyError(f"{path}: cannot be read ({error.strerror}).") from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise StudyError(f"{path}: is text in UTF-16. Save it as UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise StudyError(
            f"{path}, line {line}: has a character that is not UTF-8 (byte 0x"
            f"{content[error.start]:02x}; Latin-1 or another old encoding?). Save it as UTF-8."
        ) from None
    if "\0" in text:
        raise StudyError(f"{path}: has null bytes, so it is no text in UTF-8. Save it as UTF-8.")
    return text


def _of_json(text: str, path: Path) -> Config:
    """JSON, or YAML that begins with a brace."""
    try:
        found = json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, path))
    except ValueError:
        return _of_yaml(text, path)
    return dict(found)


def _once(pairs: list[tuple[str, Any]], path: Path) -> Config:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise StudyError(f"{path}: '{name}' stands twice; rename or delete one of them")
    return dict(pairs)


def _of_yaml(text: str, path: Path) -> Config:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise StudyError(f"{path}: is empty. Write settings into it, or leave the file out.")
        if not isinstance(root, yaml.MappingNode):
            raise StudyError(f"{path}: holds no settings, 'key: value', at its top level.")
        if (values := _values(root, {})) > _MOST:
            many = f"more than {_MOST} values" if values < float("inf") else "values without end"
            raise StudyError(f"{path}: its aliases (*name) make {many} of it; write them out")
        if repeated := [f"{path}, {said}" for said in _repeated(root)]:
            raise StudyError("\n".join(repeated))
        return dict(loader.construct_document(root))
    except yaml.MarkedYAMLError as error:
        raise StudyError(_in_words(error, path, text)) from None
    except (yaml.YAMLError, AttributeError, LookupError, ValueError) as error:  # of tags: !!int x
        raise StudyError(f"{path}: is no YAML ({' '.join(str(error).split())}).") from None
    finally:
        loader.dispose()


def _in_words(error: yaml.MarkedYAMLError, path: Path, text: str) -> str:
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    if mark is None:
        return f"{path}: is no YAML ({said})."
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return f"{path}, line {mark.line + 1}: is indented by a tab. Use spaces."
    return (
        f"{path}, line {mark.line + 1}, column {mark.column + 1}: is no YAML ({said}). "
        "Text that holds ': ', ' #' or begins with one of {}[]&*!|>'\"%@` belongs in quotes."
    )


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
            name, line = str(key.value), key.start_mark.line + 1
            if name in lines:
                yield (
                    f"line {line}: '{name}' stands in line {lines[name]} already; rename "
                    "or delete one of them"
                )
            lines[name] = line
            yield from _repeated(value)
