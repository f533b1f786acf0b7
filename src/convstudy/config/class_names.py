"""One spelling per class: data name them, and claims of the config name them again."""

import unicodedata


def class_name(given: str) -> str:
    """In NFC (macOS writes é as two code points), without spaces around it."""
    return unicodedata.normalize("NFC", given).strip()
