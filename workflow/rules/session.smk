"""What `make report` and `make why` know of earlier sessions; no job depends on it."""

import sys

sys.path.append(str(_workflow / "tools"))
import session


onstart:
    session.keep(CODE)
