"""The one exception that users see, and how it speaks of names that are not known."""

import difflib
from collections.abc import Iterable


class StudyError(Exception):
    """A fault that the user can mend.

    The message names the file, key or URL, says what is wrong with it and what to do. The command
    line prints it without a traceback and exits with status 1; everything else is a bug of ours
    and keeps its traceback (in the rule's log).
    """


def nearest(word: object, known: Iterable[str]) -> str:
    """`; did you mean 'epochs'?`, or the legal values where nothing is near."""
    known = list(known)
    close = difflib.get_close_matches(str(word), known, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known: {', '.join(known)}" if known else ""
