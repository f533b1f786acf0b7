"""How templates are read, be it for Markdown or for HTML."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from convstudy import language


def environment_of(folder: Path, *, escaping: bool) -> Environment:
    """The templates of a folder, in the language; HTML wants escaping.

    A value that a template asks for and nobody computed is a fault.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=escaping,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        language.gettext, language.ngettext, newstyle=False
    )
    return environment
