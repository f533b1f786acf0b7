"""One string for the code that a job reaches, so that only edits which matter rerun it.

The fingerprint of some modules is a hash over the syntax trees of their import closure inside the
package and the study's folder, without comments, docstrings and layout. Snakemake itself does not
look into imported modules (shared by all its releases so far), so the rules hand this string over
as a parameter. The job computes it again of what it loads (`convstudy.loaded`).
"""

import ast
import hashlib
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from importlib.util import find_spec, resolve_name
from pathlib import Path

from convstudy.errors import StudyError

PACKAGE = "convstudy"

OUTSIDE = {f"{PACKAGE}.errors"}  # reached, and not counted: the words of faults


@cache
def fingerprint(*modules: str) -> str:
    """Hash of everything of ours or the study's that importing `modules` may run (16 hex digits).

    Modules that are imported by a name computed at run time (networks, layers, generators) are not
    seen from their importer; name them here too.
    """
    text = "".join(f"{name} {sha256}\n" for name, sha256 in parts(*modules).items())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def parts(*modules: str) -> dict[str, str]:
    """What goes into a fingerprint: each module that is reached, with its hash."""
    return {name: _hash(name) for name in sorted(closure(*modules))}


def closure(*modules: str) -> set[str]:
    """Names of all modules of the package and the study that are reached from `modules`.

    Raises `StudyError` for one that is not there.
    """
    reached: set[str] = set(OUTSIDE)
    waiting = [parent for name in modules for parent in _with_parents(name)]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            _hash(name)  # while its tree is there
            waiting += [parent for found in _imports(name) for parent in _with_parents(found)]
    return reached - OUTSIDE


@cache
def source(module: str) -> bytes:
    """A module's source as it was when this process first asked for it; later edits are not seen.

    Raises `StudyError` for a module that is not there.
    """
    try:
        return path_of(module).read_bytes()
    except FileNotFoundError:
        path = path_of(module)
        mend = "Put an empty one there." if path.name == "__init__.py" else "Mend its name."
        raise StudyError(f"{path}, the module {module}, is missing. {mend}") from None


@lru_cache(maxsize=8)  # a hundred of them would be 18 MB of every session
def tree(module: str) -> ast.Module:
    """A module's syntax tree; raises `StudyError` for one that is no Python, with its line."""
    try:
        return ast.parse(source(module))
    except (SyntaxError, ValueError) as error:  # ValueError: null bytes
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise StudyError(
            f"{path_of(module)}{line}: this is no Python ({error}). Mend it."
        ) from None


def is_ours(module: str) -> bool:
    """Whether a module is of this package."""
    return module.split(".")[0] == PACKAGE


def is_of_study(module: str) -> bool:
    """Whether a module lies in the study's folder, where jobs run; Python's own come first."""
    top = module.split(".")[0]
    return top != PACKAGE and top not in sys.stdlib_module_names and path_of(module).is_file()


@cache
def path_of(module: str) -> Path:
    """Where the module's source is, found without importing it."""
    names, folder = module.split("."), Path.cwd()
    if is_ours(module):
        package = find_spec(PACKAGE)
        assert package is not None and package.submodule_search_locations is not None
        names, folder = names[1:], Path(package.submodule_search_locations[0])
    path = Path(folder, *names)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _imports(module: str) -> frozenset[str]:
    """Modules of the package and the study that `module` imports anywhere, also in functions."""
    own = path_of(module)
    package = module if own.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in _statements(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            with suppress(ImportError):  # `from . import x` outside any package: Python will say so
                base = resolve_name("." * node.level + (node.module or ""), package)
                found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    of_study = not is_ours(module)  # the package itself imports nothing of a study
    return frozenset(
        name
        for name in found
        if (path_of(name).is_file() if is_ours(name) else of_study and is_of_study(name))
    )


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """All below `node`, expressions apart: a tenth of the time of `ast.walk`."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        children = getattr(node, field, None)
        for child in children if isinstance(children, list) else []:
            yield child
            yield from _statements(child)


def _with_parents(module: str) -> list[str]:
    parts = module.split(".")
    parents = [".".join(parts[:end]) for end in range(1, len(parts))]
    # A folder of a study needs no __init__.py.
    return [*(one for one in parents if is_ours(one) or is_of_study(one)), module]


@cache
def _hash(module: str) -> str:
    return hashlib.sha256(_spelt(tree(module)).encode()).hexdigest()


def _spelt(tree: ast.AST) -> str:
    """A syntax tree written down, alike in all supported Python versions.

    Empty fields are passed over (newer versions have more of them), and so are docstrings.
    """
    words: list[str] = []
    _spell(tree, words)
    return "".join(words)


def _spell(node: object, words: list[str]) -> None:
    """Each job spells some 30 modules before it starts, hence one list of words for all."""
    if isinstance(node, ast.AST):
        words.append(f"({type(node).__name__}")
        for name in node._fields:
            value = _counted(node, name)
            if value is not None and value != []:
                words.append(f" {name}=")
                _spell(value, words)
        words.append(")")
    elif isinstance(node, list):
        words.append("[")
        for one in node:
            _spell(one, words)
        words.append("]")
    else:
        words.append(repr(node))


def _counted(node: ast.AST, name: str) -> object:
    """What counts of a field: no docstring, no way to write a literal."""
    value = None if name in ("kind", "type_comment") else getattr(node, name, None)
    if isinstance(value, list):
        if name == "body":
            return value[_has_docstring(node) :]
        if isinstance(node, ast.JoinedStr):
            return [part for part in value if not _is_empty_text(part)]
    return value


def _is_empty_text(node: ast.expr) -> bool:
    """Python 3.12.1 and some others end a nested format with one (`f"{x:>{n}}"`)."""
    return isinstance(node, ast.Constant) and node.value == ""


def _has_docstring(node: ast.AST) -> bool:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None
