"""The filters of templates: those of Jinja that end and stay small, and those of documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from itertools import islice
from typing import Any

from jinja2 import Undefined, pass_environment
from jinja2.filters import FILTERS as JINJA
from jinja2.filters import make_attrgetter

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import TemplateError
from tore_export.formatters.table import format_table
from tore_export.formatters.template_document import DocumentValue, SectionValue, elements_of
from tore_export.formatters.template_elements import ElementValue, TableValue
from tore_export.formatters.template_limits import ACTIVE
from tore_export.formatters.template_methods import check_width, formatted, joined, replaced
from tore_export.formatters.template_values import Value, text_of
from tore_export.formatters.terminal import wrap

__all__ = ["FILTERS", "INTERNAL"]

_TAKEN_OVER = (
    "abs batch capitalize count d default dictsort filesizeformat first float groupby int items last "
    "length list lower map max min reject rejectattr reverse round select selectattr slice sort title "
    "trim truncate unique upper urlencode wordcount"
)
_NOT_WORD = re.compile(r"[\W_]+")
MAX_GROUPS = 100_000
MAX_DIGITS = 20


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def counted(*values: Any, **options: Any) -> Any:
        budget = ACTIVE.get()
        budget.tick()
        return budget.held(function(*values, **options))

    return counted


def _at_most(place: int, name: str, most: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of Jinja with a bound on one of its numbers."""

    @wraps(function)
    def bounded(*values: Any, **options: Any) -> Any:
        number = options.get(name, values[place] if len(values) > place else 0)
        if not isinstance(number, int) or abs(number) > most:
            raise TemplateError(f"{name} is too large", found=number, allowed=f"up to {most:,}")
        return function(*values, **options)

    return bounded


def center(value: Any, width: int = 80) -> str:
    """Return a text in the middle of a line."""
    check_width(width)
    return text_of(value).center(width)


def indent(value: Any, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    """Return a text with its lines moved right: all but the first and blank ones, unless asked for."""
    check_width(width if isinstance(width, int) else 0)
    margin = " " * width if isinstance(width, int) else str(width)
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
    return wrap(text_of(value), max(int(width), 1))


def truncate_words(value: Any, n: int = 50, end: str = " …") -> str:
    """Return the first `n` words of a text, and `end` if there are more."""
    words = list(islice(re.finditer(r"\S+", text_of(value)), n + 1))
    if len(words) <= n:
        return text_of(value)
    return text_of(value)[: words[n - 1].end() if n > 0 else 0] + end


def slug(value: Any) -> str:
    """Return a text as part of an address: lower case, words joined by hyphens."""
    return _NOT_WORD.sub("-", text_of(value).casefold()).strip("-")


def tojson(value: Any, indent: int | None = None) -> str:
    """Return a value as JSON: one line, unless `indent` is given."""
    import msgspec

    if isinstance(value, list | tuple | dict):
        ACTIVE.get().size(value)
    data = msgspec.json.encode(value, enc_hook=_as_data)
    if indent:
        check_width(indent * 100)
        data = msgspec.json.format(data, indent=indent)
    return data.decode()


def _as_data(value: Any) -> Any:
    if isinstance(value, Value):
        return value.plain()
    if isinstance(value, Undefined):
        str(value)
    raise TemplateError("this is not JSON", found=type(value).__name__)


def markdown(value: Any) -> str:
    """Return a document, section, table, element or a list of them as Markdown."""
    return _written(value, "markdown")


def plaintext(value: Any) -> str:
    """Return a document, section, table, element or a list of them as plain text."""
    return _written(value, "plaintext")


def _written(value: Any, style: str) -> str:
    if isinstance(value, Value):
        return value.written(style)
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TemplateError(
            f"only what is of a document is written as {style}",
            found=type(value).__name__,
            allowed="document, sections, tables, elements",
        )
    values = list(value)
    places = elements_of(values)
    if len(places) != len(values):
        raise TemplateError(
            f"only what is of a document is written as {style}",
            allowed="sections, tables, elements",
        )
    if not places:
        return ""
    document = places[0][0]
    columns = ElementColumns()
    for column, own in zip(columns.lists(), document.columns.lists(), strict=True):
        for _, start, end in places:
            column.extend(own[start:end])
    columns.counts.append(len(columns))
    return document.render_columns(style, columns)[0]


def heading(value: Any, level: int | None = None) -> str:
    """Return a section's heading, or a text, as a heading of Markdown."""
    document: DocumentValue = ACTIVE.get().document
    if isinstance(value, SectionValue):
        element = value.heading_element
        if element is None:
            return ""
        at = element.at
        columns = ElementColumns(counts=[1])
        for column, own in zip(columns.lists(), document.columns.lists(), strict=True):
            column.append(own[at])
        columns.levels[0] = level or value.level
    else:
        title = Element(Kind.TITLE, text_of(value), level=level or 1)
        columns = ElementColumns.from_elements([[title]])
    return document.render_columns("markdown", columns)[0]


def table(value: Any, style: str = "markdown", **options: Any) -> str:
    """Return a table, of a document or rows of texts, in a style of `format_table`."""
    if isinstance(value, ElementValue) and not isinstance(value, TableValue):
        value = value.table
    if isinstance(value, TableValue):
        if options.get("caption") is True:
            options["caption"] = value.caption
        return value.formatted(style, **options)
    if value is None or isinstance(value, Value):
        raise TemplateError("this is no table", found=getattr(value, "kind_name", "none"))
    return format_table(value, style, **options)


def n_tokens(value: Any) -> int | None:
    """Return the number of tokens of a text; none where nobody counts."""
    count = ACTIVE.get().document.rendering.count
    return None if count is None else count([text_of(value)])[0]


def _concat(first: Any, *others: Any) -> str:
    return ACTIVE.get().joined(map(text_of, (first, *others)))


def _slice(value: Any, start: Any, stop: Any, step: Any) -> Any:
    return value[start:stop:step]


def _held(value: Any) -> Any:
    return value


_OWN: dict[str, Callable[..., Any]] = {
    "batch": _at_most(1, "linecount", MAX_GROUPS, JINJA["batch"]),
    "slice": _at_most(2, "slices", MAX_GROUPS, JINJA["slice"]),
    "round": _at_most(1, "precision", MAX_DIGITS, JINJA["round"]),
    "center": center,
    "e": escape,
    "escape": escape,
    "format": format_percent,
    "format_table": table,
    "heading": heading,
    "indent": indent,
    "join": join,
    "markdown": markdown,
    "n_tokens": n_tokens,
    "plaintext": plaintext,
    "replace": replace_all,
    "slug": slug,
    "string": text_of,
    "sum": total,
    "tojson": tojson,
    "truncate_words": truncate_words,
    "wordwrap": wordwrap,
}

FILTERS: dict[str, Callable[..., Any]] = {
    name: _counted(_OWN.get(name) or JINJA[name]) for name in sorted({*_TAKEN_OVER.split(), *_OWN})
}
"""Every filter a template has."""

INTERNAL: dict[str, Callable[..., Any]] = {
    " concat": _counted(_concat),
    " slice": _counted(_slice),
    " held": _counted(_held),
}
"""What operators become; no template can spell these names."""
