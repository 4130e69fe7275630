"""Format: a document's elements become its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import BLOCK, Kind
from tore_export.errors import FormatError
from tore_export.formatters.column_form import ColumnFormatter
from tore_export.formatters.formatter import TextFormatter
from tore_export.formatters.registry import FormatterRegistry
from tore_export.stages.column_pieces import column_pieces
from tore_export.stages.column_texts import strings_over
from tore_export.stages.stage import combined, is_live, put

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.signedinteger]

__all__ = ["BLOCKS", "Format"]

BLOCKS = pa.list_(BLOCK)


@dataclass(frozen=True)
class Format:
    r"""Render each document's elements as one running text, and remember where each element lies.

    `format` names a formatter of running text, `options` are its options by name, as pairs.
    `blocks` holds one range of characters per element, in order: its text without the newlines before
    it; an element that was left out has an empty range.

    **Rows** 1:1; a rejected row gets null in both columns.
    **Reads / Writes** `elements`, `reject` → `text` (string), `blocks` (list<{start, end}>).
    **Raises** FormatError for an unknown format or option, or a format that is no running text.

    >>> from tore_export.documents.columns import DocumentRows
    >>> from tore_export.documents.element import Element
    >>> rows = DocumentRows(unit=0)
    >>> elements = [Element(Kind.TITLE, "A"), Element(Kind.RAW, "b")]
    >>> rows.elements = ElementColumns.from_elements([elements])
    >>> rows.elements.counts.clear()
    >>> rows.add("d", "d.tore")
    >>> Format()(rows.to_table()).select(["text", "blocks"]).to_pylist()
    [{'text': '# A\n\nb', 'blocks': [{'start': 0, 'end': 3}, {'start': 5, 'end': 6}]}]
    """

    format: str = "markdown"
    options: tuple[tuple[str, Any], ...] = ()

    reads: ClassVar[tuple[str, ...]] = ("elements", "reject")
    writes: ClassVar[tuple[str, ...]] = ("text", "blocks")
    version: ClassVar[int] = 2

    def __post_init__(self) -> None:
        _formatter(self.format, self.options)

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with text and blocks."""
        import numpy as np

        live = is_live(table)
        elements = combined(table["elements"])
        n_live = live.true_count
        if live.slice(0, n_live).true_count == n_live:
            elements = elements.slice(0, n_live)  # the mark at a unit's end is no reason to copy
        else:
            elements = elements.filter(live)
        pieces, lengths = self._pieces(elements)
        # rejected rows have no pieces, and are null over the same bytes
        n_pieces = np.zeros(len(live), np.int32)
        n_pieces[live.to_numpy(zero_copy_only=False)] = lengths
        offsets = np.append(np.int32(0), np.cumsum(n_pieces, dtype=np.int32))
        missing = None if n_live == len(live) else pc.invert(live)
        texts = strings_over(pieces, offsets, missing)
        return put(put(table, "text", texts), "blocks", _blocks(pieces, offsets, missing))

    def _pieces(self, elements: pa.ListArray) -> tuple[pa.StringArray, pa.Int64Array]:
        """Return one piece of text per element, and each document's number of elements."""
        values = elements.flatten()
        lengths = pc.fill_null(elements.value_lengths(), 0)
        kinds = values.field("kind")
        raw = pc.equal(kinds, pa.scalar(int(Kind.RAW), pa.int8()))
        if (
            pc.all(raw, min_count=0).as_py()
            and pc.all(pc.less_equal(lengths, 1), min_count=0).as_py()
        ):
            # documents that came as text are that text
            return pc.fill_null(pc.utf8_trim(values.field("text"), "\n"), ""), lengths
        formatter = _formatter(self.format, self.options)
        if isinstance(formatter, ColumnFormatter) and (form := formatter.column_form) is not None:
            pieces = column_pieces(formatter, form, elements)
            if pieces is not None:
                return pieces, lengths
        columns = ElementColumns.from_arrow(elements)
        plain = _plain(values.field("text"), formatter.needs_care)
        return pa.array(formatter.render(columns, plain), pa.string()), lengths


@lru_cache(maxsize=16)
def _formatter(name: str, options: tuple[tuple[str, Any], ...]) -> TextFormatter:
    formatter = FormatterRegistry().get(name, **dict(options))
    if not isinstance(formatter, TextFormatter):
        raise FormatError(
            "this format writes records, not running text",
            found=name,
            hint="use markdown or plaintext here",
        )
    return formatter


def _plain(texts: pa.StringArray, needs_care: str | None) -> Sequence[bool] | None:
    """Tell which texts a formatter may write as they are."""
    if needs_care is None:
        return None
    import polars as pl

    found = pl.Series(texts, dtype=pl.String).str.contains(needs_care)
    return (~found).fill_null(False).to_list()


def _blocks(
    pieces: pa.StringArray, offsets: Numbers, missing: pa.BooleanArray | None
) -> pa.ListArray:
    """Return where each piece's text, without the newlines before it, lies in its document's."""
    import numpy as np

    characters = pc.utf8_length(pieces).to_numpy().astype(np.int64)
    ends = np.concatenate([[0], np.cumsum(characters)])
    ends_here = ends[1:] - np.repeat(ends[offsets[:-1]], np.diff(offsets))
    starts_here = ends_here - characters + _newlines_before(pieces)
    ranges = pa.StructArray.from_arrays(
        [pa.array(starts_here, pa.int32()), pa.array(ends_here, pa.int32())], fields=list(BLOCK)
    )
    return pa.ListArray.from_arrays(pa.array(offsets), ranges, type=BLOCKS, mask=missing)


def _newlines_before(pieces: pa.StringArray) -> Numbers:
    """Return the number of newlines each piece begins with."""
    import numpy as np

    counted = np.zeros(len(pieces), np.int64)
    bounds, data = pieces.buffers()[1:]
    if data is None or not data.size:
        return counted
    octets = np.frombuffer(data, np.uint8)
    places = np.frombuffer(bounds, np.int32)[pieces.offset : pieces.offset + len(pieces) + 1]
    at, ends = places[:-1].copy(), places[1:]
    # hardly a piece has more than two, so three times all are looked at
    are_more = at < ends
    for _ in range(3):
        are_more &= octets[np.minimum(at, len(octets) - 1)] == ord("\n")
        counted += are_more
        at += are_more
        are_more &= at < ends
    going = np.flatnonzero(are_more)
    while len(going):
        going = going[octets[at[going]] == ord("\n")]
        counted[going] += 1
        at[going] += 1
        going = going[at[going] < ends[going]]
    return counted
