"""What sessions leave for `make report` and `make why`, and their last words; no job needs it."""

import sys

sys.path.append(str(_workflow / "tools"))
import failures
import session


onstart:
    session.keep(CODE)


onerror:
    if failed := list(failures.messages(log)):
        print("What failed:", *failed, sep="\n\n", file=sys.stderr)
