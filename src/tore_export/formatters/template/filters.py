"""The filters of templates: those of Jinja that end and stay small, and those of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from jinja2 import Undefined
from jinja2.filters import FILTERS as JINJA

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import TemplateError
from tore_export.formatters.table import format_table
from tore_export.formatters.template.document import DocumentValue, SectionValue, elements_of
from tore_export.formatters.template.elements import ElementValue, TableValue
from tore_export.formatters.template.limits import ACTIVE
from tore_export.formatters.template.methods import check_width
from tore_export.formatters.template.texts import (
    center,
    escape,
    format_percent,
    in_pieces,
    indent,
    join,
    replace_all,
    slug,
    total,
    truncate_words,
    wordcount,
    wordwrap,
)
from tore_export.formatters.template.values import Value, text_of

__all__ = ["FILTERS", "INTERNAL"]

_TAKEN_OVER = (
    "abs batch capitalize count d default dictsort filesizeformat first float groupby int items last "
    "length list lower map max min reject rejectattr reverse round select selectattr slice sort title "
    "trim truncate unique upper urlencode wordcount"
)
_OF_LISTS = frozenset(
    [
        *("batch", "first", "groupby", "join", "last", "list", "map", "max", "min", "reject"),
        *("rejectattr", "reverse", "select", "selectattr", "slice", "sort", "sum", "unique"),
    ]
)
MAX_GROUPS = 100_000
MAX_DIGITS = 20


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def counted(*values: Any, **options: Any) -> Any:
        budget = ACTIVE.get()
        budget.tick()
        return budget.held(function(*values, **options))

    return counted


def _over_items(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of a list that counts the items it takes from what is no list yet."""
    place = int(hasattr(function, "jinja_pass_arg"))

    @wraps(function)
    def walked(*values: Any, **options: Any) -> Any:
        head, rest = values[:place], values[place:]
        if rest:
            rest = (_walked(rest[0]), *rest[1:])
        return function(*head, *rest, **options)

    return walked


def _walked(value: Any) -> Any:
    budget = ACTIVE.get()
    if isinstance(value, str):
        budget.room(80 * len(value))
        return value
    if not isinstance(value, Iterator):
        return value

    def items() -> Iterator[Any]:
        for item in value:
            budget.tick(64)
            yield item

    return items()


def _at_most(place: int, name: str, most: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of Jinja with a bound on one of its numbers."""

    @wraps(function)
    def bounded(*values: Any, **options: Any) -> Any:
        number = options.get(name, values[place] if len(values) > place else 0)
        if not isinstance(number, int) or abs(number) > most:
            raise TemplateError(f"{name} is too large", found=number, allowed=f"up to {most:,}")
        return function(*values, **options)

    return bounded


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
    "title": in_pieces(JINJA["title"]),
    "tojson": tojson,
    "truncate_words": truncate_words,
    "urlencode": in_pieces(JINJA["urlencode"]),
    "wordcount": wordcount,
    "wordwrap": wordwrap,
}

FILTERS: dict[str, Callable[..., Any]] = {
    name: _counted(_over_items(function) if name in _OF_LISTS else function)
    for name, function in sorted(
        {**{name: JINJA[name] for name in _TAKEN_OVER.split()}, **_OWN}.items()
    )
}
"""Every filter a template has."""

INTERNAL: dict[str, Callable[..., Any]] = {
    " concat": _counted(_concat),
    " slice": _counted(_slice),
    " held": _counted(_held),
}
"""What operators become; no template can spell these names."""
