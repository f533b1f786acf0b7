"""The language that reports and figures are written in: words by a catalogue, numbers by CLDR.

A catalogue is a gettext file (`workflow/locale/<language>.po`). It is read as it is, so that nobody
has to compile it; its header says which language it is. The words of the sources are English.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import get_decimal_symbol, get_group_symbol
from babel.support import NullTranslations, Translations

from convstudy.errors import StudyError


class Language(NamedTuple):
    """How numbers and lists are written, and the words."""

    locale: Locale
    words: NullTranslations


_ENGLISH = Language(Locale("en", "GB"), NullTranslations())
_spoken = ContextVar("_spoken", default=_ENGLISH)


@contextmanager
def speaking(catalogue: Path | None) -> Iterator[None]:
    """Write in the language of a catalogue within the block; in English without one."""
    before = _spoken.set(_read(catalogue)) if catalogue else None
    try:
        yield
    finally:
        if before:
            _spoken.reset(before)


def _read(path: Path) -> Language:
    """Raise `StudyError` for a file that is missing or is not a catalogue of a known language."""
    compiled = BytesIO()
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        if catalogue.locale is None:
            raise ValueError("its header names no Language")
        write_mo(compiled, catalogue)
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. See docs/languages.md for new languages.") from None
    except (PoFileError, UnknownLocaleError, UnicodeDecodeError, ValueError) as error:
        raise StudyError(f"{path} is no catalogue of words ({error}). Mend it.") from None
    compiled.seek(0)
    return Language(catalogue.locale, Translations(compiled))


def gettext(text: str) -> str:
    """The words for `text`; itself where the catalogue has none. Imported as `_`."""
    return _spoken.get().words.gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The words for `one` or `many` that go with `count`."""
    return _spoken.get().words.ngettext(one, many, count)


def tag() -> str:
    """`en` or `ru`: what a page calls its language."""
    return _spoken.get().locale.language


def number(value: float, form: str = ",.0f") -> str:
    """Python's digits with the signs of the language: `1,234.5`, `1 234,5`."""
    return localised(format(value, form))


def localised(digits: str) -> str:
    """A number that Python wrote, with the signs of the language; a minus is none of CLDR's.

    That of English and Russian is there a hyphen, which lines break at and nobody prints.
    """
    locale = _spoken.get().locale
    signs: dict[str, str | int | None] = {
        ",": get_group_symbol(locale),
        ".": get_decimal_symbol(locale),
        "-": "\N{MINUS SIGN}",
    }
    return digits.translate(str.maketrans(signs))


def value_in_words(value: str) -> str:
    """A value of a setting, from a file: `0.001`, `0,001`; of a word what the catalogue has."""
    try:
        float(value)
    except ValueError:
        return gettext(value)
    return localised(value)


def layer_in_words(name: str) -> str:
    """A layer by its module's name: `first convolution`, `stage 2`; of others `layer a.b`."""
    group, _, place = name.partition(".")
    if name == "features.0":
        return gettext("first convolution")
    if group == "stages" and place.isdecimal():
        return gettext("stage %(number)s") % {"number": 1 + int(place)}
    return gettext("layer %(name)s") % {"name": name}


def listing(values: Sequence[object], last: str = "and") -> str:
    """`a, b and c`; `last` is "and" or "or"."""
    styles: dict[str, Literal["standard", "or"]] = {"and": "standard", "or": "or"}
    return format_list([str(value) for value in values], styles[last], _spoken.get().locale)
