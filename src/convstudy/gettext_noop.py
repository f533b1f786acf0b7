"""Marks words that are kept in English, in files or tables, and translated where they are shown."""


def N_(text: str) -> str:  # noqa: N802  (gettext's own name, which the extraction looks for)
    """`text` itself; `make words` finds it by this call."""
    return text
