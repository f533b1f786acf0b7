"""What a process runs of the package: that, and nothing else, which its fingerprint was taken of.

Files may be edited at any moment, also between the hash of a module and its import, and a stale
`.pyc` may stand in for one. So a process that is asked for a fingerprint reads each source once:
the bytes that are hashed are the bytes that are compiled, however late. What it was not hashed with
it cannot import. Files that are edited while it runs therefore change nothing of it, and need not
be compared again at its end.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from convstudy.errors import StudyError
from convstudy.fingerprint import OUTSIDE, PACKAGE, closure, fingerprint, source


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(source(fullname), self.path)


class _Finder(MetaPathFinder):
    """Finds the modules of the package; once `hashed` is set, those alone."""

    hashed: set[str] | None = None

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(f"{PACKAGE}."):
            return None
        if self.hashed is not None and name not in self.hashed:
            raise StudyError(
                f"{name} was to be imported, and is not part of the fingerprint of this job's "
                "code. Name it in --uses."
            )
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path)
        return spec


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
    own = {name for name in sys.modules if name.split(".")[0] == PACKAGE}
    _finder.hashed = closure(entry, *uses) | OUTSIDE | own
