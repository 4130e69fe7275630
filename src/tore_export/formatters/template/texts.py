"""Filters of templates that make one text of another, none of which grows uncounted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from jinja2 import Undefined, pass_environment
from jinja2.filters import make_attrgetter

from tore_export.errors import TemplateError
from tore_export.formatters.template.limits import ACTIVE
from tore_export.formatters.template.methods import check_width, formatted, joined, replaced
from tore_export.formatters.template.values import text_of
from tore_export.formatters.terminal import wrap

__all__ = [
    "center",
    "escape",
    "format_percent",
    "in_pieces",
    "indent",
    "join",
    "replace_all",
    "slug",
    "total",
    "truncate_words",
    "wordcount",
    "wordwrap",
]

_NOT_WORD = re.compile(r"[\W_]+")
_WORD = re.compile(r"\w+")
_SHOWN = re.compile(r"\S+")


def center(value: Any, width: int = 80) -> str:
    """Return a text in the middle of a line."""
    check_width(width)
    return text_of(value).center(width)


def indent(value: Any, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    """Return a text with its lines moved right: all but the first and blank ones, unless asked for."""
    check_width(width if isinstance(width, int) else 0)
    margin = " " * width if isinstance(width, int) else str(width)
    ACTIVE.get().pieces(text_of(value), "\n")
    lines = text_of(value).split("\n")
    ACTIVE.get().room(len(lines) * len(margin))
    shown = [margin + line if blank or line.strip() else line for line in lines]
    return "\n".join(shown if first else [lines[0], *shown[1:]])


@pass_environment
def join(environment: Any, values: Iterable[Any], d: str = "", attribute: Any = None) -> str:
    """Return values as one text with `d` between them."""
    if attribute is not None:
        values = map(make_attrgetter(environment, attribute), values)
    return joined(text_of(d), (ACTIVE.get().text(text_of(value)) for value in values))


def format_percent(value: str, *values: Any, **named: Any) -> str:
    """Return `value % values`."""
    return formatted(text_of(value), named or values)


def escape(value: Any) -> str:
    """Return a text for HTML."""
    import html

    return html.escape(text_of(value))


def replace_all(value: Any, old: str, new: str, count: int = -1) -> str:
    """Return a text with `old` replaced by `new`."""
    return replaced(text_of(value), text_of(old), text_of(new), count)


@pass_environment
def total(environment: Any, values: Iterable[Any], attribute: Any = None, start: float = 0) -> Any:
    """Return the sum of numbers."""
    if attribute is not None:
        values = map(make_attrgetter(environment, attribute), values)
    found = start
    for value in values:
        if isinstance(value, Undefined):
            str(value)
        if not isinstance(value, int | float):
            raise TemplateError("only numbers are added up", found=type(value).__name__)
        found += value
    return found


def wordwrap(value: Any, width: int = 79) -> str:
    """Return a text with its lines broken to fit `width` terminal cells."""
    text = text_of(value)
    # between wide characters a line may break anywhere
    ACTIVE.get().pieces(text) if text.isascii() else ACTIVE.get().room(64 * len(text))
    return wrap(text, max(int(width), 1))


def wordcount(value: Any) -> int:
    """Return the number of words of a text."""
    return sum(1 for _ in _WORD.finditer(text_of(value)))


def in_pieces(function: Callable[..., str]) -> Callable[..., str]:
    """Return a filter of Jinja that takes a text apart, which counts that first."""

    @wraps(function)
    def counted(value: Any) -> str:
        text = text_of(value) if not isinstance(value, dict) else value
        ACTIVE.get().room(20 * len(text))
        return function(text)

    return counted


def truncate_words(value: Any, n: int = 50, end: str = " …") -> str:
    """Return the first `n` words of a text, and `end` if there are more."""
    text, place = text_of(value), 0
    for number, word in enumerate(_SHOWN.finditer(text)):
        if number >= n:
            return text[:place] + end
        place = word.end()
    return text


def slug(value: Any) -> str:
    """Return a text as part of an address: lower case, words joined by hyphens."""
    return _NOT_WORD.sub("-", text_of(value).casefold()).strip("-")
