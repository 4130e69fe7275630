"""Elements of a Parquet batch, read by column: no dict is made of an element that only has a text."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import pyarrow as pa

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import Kind
from tore_export.sources.element_details import DETAILED
from tore_export.sources.elements import MAX_PAGE, language_of
from tore_export.sources.key_values import JOINED
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
        self._values = column.flatten()
        self._ends = list(accumulate(column.value_lengths().fill_null(0).to_pylist(), initial=0))
        if self._values.null_count:
            raise NotColumnarError
        n = len(self._values)
        ids, types, texts = (self._list(name, _is_text) for name in ("id", "type", "text"))
        if ids is None or types is None or texts is None:
            raise NotColumnarError
        self._ids, self._types, self._texts = ids, types, texts
        self._pages = self._list("page", pa.types.is_integer) or [None] * n
        self._parents = self._list("parent", _is_text) or [None] * n
        self._depths = self._list("depth", pa.types.is_integer) or [None] * n
        self._confidences = self._list("confidence", pa.types.is_floating) or [None] * n
        self._languages = self._field("languages")
        if self._field("size") is not None or self._at(("metadata", "orig_elements")) is not None:
            raise NotColumnarError
        self._speaking_kinds, self._always = self._speakers()

    def count(self, row: int) -> int:
        """Return how many elements a row has."""
        n_elements: int = self._ends[row + 1] - self._ends[row]
        return n_elements

    def append(self, row: int, columns: ElementColumns, limits: Limits) -> tuple[int, str | None]:
        """Append a row's elements to the columns; return the number of warnings and the language.

        **Raises** NotColumnarError, before anything was appended, where a value is not as it should be.
        """
        start, end = self._ends[row], self._ends[row + 1]
        ids, names = self._ids[start:end], self._types[start:end]
        texts, pages = self._texts[start:end], self._pages[start:end]
        parents, depths = self._parents[start:end], self._depths[start:end]
        confidences = self._confidences[start:end]
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
        speaking = [p for p, kind in enumerate(kinds) if kind in self._speaking_kinds]
        if self._always is not None:
            speaking = sorted(
                {*speaking, *(p for p in range(end - start) if self._always[start + p])}
            )
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
        if self._languages is not None and start < end:
            language = language_of(self._languages[start].as_py())
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

    def _list(self, name: str, is_right: Any) -> list[Any] | None:
        array = self._field(name)
        if array is None:
            return None
        if not is_right(array.type):
            raise NotColumnarError
        values: list[Any] = array.to_pylist()
        return values

    def _speakers(self) -> tuple[frozenset[int], list[bool] | None]:
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
                found = array.is_valid().to_pylist()
                flags = (
                    found if flags is None else [a or b for a, b in zip(flags, found, strict=True)]
                )
        return kinds, flags


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _all_within(values: list[Any], low: float, high: float) -> bool:
    found = set(values)
    found.discard(None)
    return not found or (min(found) >= low and max(found) <= high)
