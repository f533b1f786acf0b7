"""The one exception that users see."""


class StudyError(Exception):
    """A fault that the user can mend.

    The message names the file, key or URL, says what is wrong with it and what to do. The command
    line prints it without a traceback and exits with status 1; everything else is a bug of ours
    and keeps its traceback (in the rule's log).
    """
