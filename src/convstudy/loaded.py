"""What a process runs of the package and of the study: only what its fingerprint was taken of.

Files may be edited at any moment, also between the hash of a module and its import, and a stale
`.pyc` may stand in for one. So a process that is asked for a fingerprint reads each source once:
the bytes that are hashed are the bytes that are compiled, however late. What it was not hashed with
it cannot import. Files that are edited while it runs therefore change nothing of it, and need not
be compared again at its end.
"""

import sys
from collections.abc import Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from convstudy.errors import StudyError
from convstudy.fingerprint import (
    OUTSIDE,
    closure,
    fingerprint,
    is_of_study,
    is_ours,
    path_of,
    source,
)


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(source(fullname), self.path)


class _Finder(MetaPathFinder):
    """Finds the modules of package and study; once `hashed` is set, those alone."""

    hashed: set[str] | None = None

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not is_ours(name):
            return self._of_study(name, path)
        if self.hashed is not None and name not in self.hashed:
            raise StudyError(
                f"{name} was to be imported, and is not part of the fingerprint of this job's "
                "code. Name it in --uses."
            )
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path)
        return spec

    def _of_study(self, name: str, path: Sequence[str] | None) -> ModuleSpec | None:
        """A module in the study's folder, if nothing that is installed has its name."""
        if name.partition(".")[0] not in _names_in_folder():
            return None
        if self.hashed is None:
            wanted = is_of_study(name) and PathFinder.find_spec(name, path) is None
        else:
            wanted = name in self.hashed
        file = path_of(name)
        if wanted:
            inside = [str(file.parent)] if file.name == "__init__.py" else None
            loader = _Loader(name, str(file))
            return spec_from_file_location(
                name, file, loader=loader, submodule_search_locations=inside
            )
        if file.name == "__init__.py" and any(
            one.startswith(f"{name}.") for one in self.hashed or ()
        ):
            spec = ModuleSpec(name, None, is_package=True)  # a folder without __init__.py
            spec.submodule_search_locations = [str(file.parent)]
            return spec
        return None


@cache
def _names_in_folder() -> set[str]:
    """Asked at each of a thousand imports: what may be a module of the study at all."""
    return {path.stem for path in Path.cwd().iterdir()}


_finder = _Finder()


def watch() -> None:
    """From now on load modules of the package from the bytes that fingerprints are taken of."""
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def check(asked: str, entry: str, *uses: str) -> None:
    """Make sure that `entry`, and what it imports by the names `uses`, is the code asked for.

    Raises `StudyError` if its fingerprint is another; and, from now on, where something is imported
    that it does not hold.
    """
    found = fingerprint(entry, *uses)
    if found != asked:
        raise StudyError(
            f"the code of this job is {found}, and {asked} was asked for: it was edited after "
            "Snakemake had started. Nothing was computed; run snakemake again."
        )
    # What is loaded already is the dispatcher's, which decides nothing.
    own = {name for name in sys.modules if is_ours(name)}
    _finder.hashed = closure(entry, *uses) | OUTSIDE | own
