"""What `make report` and `make why` know of earlier sessions; no job depends on it."""

import sys

sys.path.append(str(_workflow / "tools"))
import failures
import session


onstart:
    session.keep(CODE)


onerror:
    print("What failed:", *failures.messages(log), sep="\n\n", file=sys.stderr)
