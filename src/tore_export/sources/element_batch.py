"""Elements of a batch of rows, read by column: no object is made of an element that only has a text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import Kind
from tore_export.sources.element_details import DETAILED
from tore_export.sources.elements import MAX_PAGE, language_of
from tore_export.sources.key_values import JOINED
from tore_export.sources.laid_out import LaidOut, Said, lay_out
from tore_export.sources.outline import MAX_DEPTH
from tore_export.sources.typed_elements import append_columns, kinds_of
from tore_export.sources.unit import Limits

__all__ = ["ElementBatch", "NotColumnarError"]

_COLUMNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "id": (("element_id",), ("id",)),
    "type": (("element_type",), ("type",), ("category",)),
    "text": (("text",),),
    "page": (("page_number",), ("page",), ("metadata", "page_number")),
    "parent": (("parent_id",), ("metadata", "parent_id")),
    "depth": (
        ("category_depth",),
        ("metadata", "category_depth"),
        ("metadata", "custom_fields", "category_depth"),
    ),
    "confidence": (
        ("confidence",),
        ("detection_class_prob",),
        ("metadata", "confidence"),
        ("metadata", "detection_class_prob"),
    ),
    "languages": (("languages",), ("metadata", "languages")),
    "size": (("metadata", "font_size"), ("metadata", "custom_fields", "font_size")),
}
"""Where a dialect may hold a value. Only one of these places may be there for the fast way."""

_SPEAKING = {
    int(Kind.TABLE): "cells headers table_metadata text_as_html caption",
    int(Kind.IMAGE): "image_url alt_text caption image_base64 image_data",
    int(Kind.KEY_VALUE): "key_value_pairs",
    int(Kind.FORMULA): "latex mathml formula_metadata",
    int(Kind.CODE): "code_metadata language",
}
_ALWAYS_SPEAKING = ("links", "link_urls", "emphasized_text_contents")


class NotColumnarError(Exception):
    """The elements, or those of one row, are not plain columns; `elements.py` reads them."""


class ElementBatch:
    """The column `elements` of a batch of rows, as one flat list a field.

    **Raises** NotColumnarError where its type is not that of one dialect.
    """

    def __init__(self, column: pa.Array) -> None:
        if not (pa.types.is_list(column.type) or pa.types.is_large_list(column.type)):
            raise NotColumnarError
        if not pa.types.is_struct(column.type.value_type):
            raise NotColumnarError
        values = column.flatten()
        if values.null_count:
            raise NotColumnarError
        self._column, self._values = column, values
        ids, types, texts = (self._texts(name) for name in ("id", "type", "text"))
        if ids is None or types is None or texts is None:
            raise NotColumnarError
        if self._field("size") is not None or self._at(("metadata", "orig_elements")) is not None:
            raise NotColumnarError
        kinds, always = self._speakers()
        self._said = Said(
            values=values,
            ids=ids,
            types=types,
            texts=texts,
            pages=self._of_type("page", pa.types.is_integer),
            parents=self._texts("parent"),
            depths=self._of_type("depth", pa.types.is_integer),
            confidences=self._of_type("confidence", pa.types.is_floating),
            languages=self._field("languages"),
            speaking_kinds=kinds,
            always_speaking=always,
            tables=self._tables(),
        )

    def laid_out(self, limits: Limits) -> LaidOut:
        """Return the rows that are plain as our own columns; see `lay_out`."""
        return lay_out(self._column, self._said, limits)

    @cached_property
    def _ends(self) -> list[int]:
        counts = self._column.value_lengths().fill_null(0).to_pylist()
        return list(accumulate(counts, initial=0))

    @cached_property
    def _lists(self) -> tuple[list[Any], ...]:
        """The same as lists, for rows that are not plain."""
        said = self._said
        return tuple(
            [None] * len(self._values) if array is None else array.to_pylist()
            for array in (
                said.ids,
                said.types,
                said.texts,
                said.pages,
                said.parents,
                said.depths,
                said.confidences,
            )
        )

    def count(self, row: int) -> int:
        """Return how many elements a row has."""
        n_elements: int = self._ends[row + 1] - self._ends[row]
        return n_elements

    def append(self, row: int, columns: ElementColumns, limits: Limits) -> tuple[int, str | None]:
        """Append a row's elements to the columns; return the number of warnings and the language.

        **Raises** NotColumnarError, before anything was appended, where a value is not as it should be.
        """
        start, end = self._ends[row], self._ends[row + 1]
        ids, names, texts, pages, parents, depths, confidences = (
            values[start:end] for values in self._lists
        )
        if (
            None in ids
            or "" in ids
            or None in names
            or None in texts
            or "" in parents
            or not _all_within(pages, 1, MAX_PAGE)
            or not _all_within(depths, 0, MAX_DEPTH)
            or not _all_within(confidences, 0, 1)
            or not JOINED.isdisjoint(names)
        ):
            raise NotColumnarError
        kinds, n_unknown = kinds_of(names)
        said = self._said
        always = said.always_speaking
        flags = [False] * len(kinds) if always is None else always[start:end].to_pylist()
        speaking = [
            place
            for place, (kind, speaks) in enumerate(zip(kinds, flags, strict=True))
            if speaks or kind in said.speaking_kinds
        ]
        n_warnings = append_columns(
            columns,
            kinds,
            ids=ids,
            texts=texts,
            pages=pages,
            parents=parents,
            depths=depths,
            confidences=confidences,
            speaking=speaking,
            speak=lambda place: {"metadata": None, **self._values[start + place].as_py()},
            limits=limits,
        )
        language = None
        if said.languages is not None and start < end:
            language = language_of(said.languages[start].as_py())
        return n_unknown + n_warnings, language

    def _field(self, name: str) -> pa.Array | None:
        """Return the one column that holds `name`."""
        found = [array for path in _COLUMNS[name] if (array := self._at(path)) is not None]
        if len(found) > 1:
            found = [array for array in found if array.null_count < len(array)] or found[:1]
        if len(found) > 1:
            raise NotColumnarError
        return found[0] if found else None

    def _at(self, path: tuple[str, ...]) -> pa.Array | None:
        array = self._values
        for name in path:
            if not pa.types.is_struct(array.type) or array.type.get_field_index(name) < 0:
                return None
            # flatten, not .field(): it carries the nulls of the struct above
            array = array.flatten()[array.type.get_field_index(name)]
        return None if pa.types.is_null(array.type) else array

    def _texts(self, name: str) -> pa.Array | None:
        return self._of_type(name, _is_text)

    def _of_type(self, name: str, is_right: Callable[[pa.DataType], bool]) -> pa.Array | None:
        array = self._field(name)
        if array is not None and not is_right(array.type):
            raise NotColumnarError
        return array

    def _tables(self) -> pa.Array | None:
        """Return the HTML of tables, if nothing else can be said of a table here."""
        html = self._at(("metadata", "text_as_html"))
        others = [*_SPEAKING[int(Kind.TABLE)].split(), "orig_elements"]
        others.remove("text_as_html")
        says_more = any(
            self._at((*path, name)) is not None for path in ((), ("metadata",)) for name in others
        )
        return html if html is not None and _is_text(html.type) and not says_more else None

    def _speakers(self) -> tuple[frozenset[int], pa.BooleanArray | None]:
        """Return the kinds that may have details here, and which elements of any kind have."""
        element = {field.name for field in self._values.type}
        at = self._values.type.get_field_index("metadata")
        metadata = set()
        if at >= 0:
            kind = self._values.type.field(at).type
            if not pa.types.is_struct(kind):
                raise NotColumnarError
            metadata = {field.name for field in kind}
        names = element | metadata
        kinds = frozenset(
            kind
            for kind in DETAILED
            if kind not in _SPEAKING or names & set(_SPEAKING[kind].split())
        )
        flags = None
        for name in _ALWAYS_SPEAKING:
            array = self._at(("metadata", name))
            if array is not None and array.null_count < len(array):
                flags = array.is_valid() if flags is None else pc.or_(flags, array.is_valid())
        return kinds, flags


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _all_within(values: list[Any], low: float, high: float) -> bool:
    found = set(values)
    found.discard(None)
    return not found or (min(found) >= low and max(found) <= high)
