"""Cut documents that have more tokens than a record may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.chunks.chunker import Chunker
from tore_export.documents.schema import CHUNK
from tore_export.errors import DocumentError
from tore_export.stages.stage import combined, is_live, put, reject, spread
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.portable import TokenizerRef

if TYPE_CHECKING:
    from tore_export.chunks.cut import Cut
    from tore_export.chunks.structure import Structure

__all__ = ["CHUNKS", "Chunk"]

CHUNKS = pa.list_(CHUNK)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Cut each document's text into chunks of at most `max_tokens`, by its structure.

    A document of no more tokens is one chunk, as it is; one without text has none. The options are
    those of `Chunker`.

    **Rows** 1:1; a rejected row gets null. A document one of whose code points alone has more tokens
    is rejected by the rule `code_point_over_max_tokens`.
    **Reads** text, blocks, elements, n_tokens, reject. **Writes** `chunks` (list<struct>), reject.
    **Raises** TokenizerError for an unknown name, ConfigError for options that leave no room.

    >>> table = pa.table({
    ...     "text": ["One two three. Four five six. Seven."], "n_tokens": [10],
    ...     "blocks": pa.nulls(1, pa.list_(pa.struct({"start": pa.int32(), "end": pa.int32()}))),
    ...     "elements": pa.nulls(1, pa.list_(pa.struct({"kind": pa.int8(), "level": pa.int16()}))),
    ...     "reject": pa.nulls(1),
    ... })
    >>> [chunk["text"] for chunk in Chunk("gpt-4", 8)(table)["chunks"][0].as_py()]
    ['One two three. Four five six.', ' Seven.']
    """

    tokenizer: TokenizerRef = "gpt-3.5-turbo"
    max_tokens: int = 512
    overlap: int = 0
    headings: bool = False
    table_header: bool = False
    min_fill: float = 0.9

    reads: ClassVar[tuple[str, ...]] = ("text", "blocks", "elements", "n_tokens", "reject")
    writes: ClassVar[tuple[str, ...]] = ("chunks", "reject")
    version: ClassVar[int] = 4

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with `chunks`."""
        chunker = Chunker(
            TokenizerManager().get(self.tokenizer),
            self.max_tokens,
            self.overlap,
            self.headings,
            self.table_header,
            self.min_fill,
        )
        live = is_live(table)
        chosen = table.filter(live) if live.false_count else table
        texts = combined(chosen["text"]).to_pylist()
        n_tokens = combined(chosen["n_tokens"]).fill_null(0).to_pylist()
        large = [i for i, n in enumerate(n_tokens) if n > self.max_tokens]
        structures = _structures(chosen, texts, large)
        found = iter(chunker.cuts(structures, [n_tokens[i] for i in large]))
        columns = _Columns()
        errors: dict[int, DocumentError] = {}
        place = 0
        for i, text in enumerate(texts):
            if n_tokens[i] <= self.max_tokens:
                columns.add_whole(text, n_tokens[i])
                continue
            cuts = next(found)
            if isinstance(cuts, DocumentError):
                errors[i] = cuts
                cuts = []
            columns.add(structures[place], cuts)
            place += 1
        table = put(table, "chunks", spread(columns.to_arrow(), live))
        return self._reject(table, live, errors)

    def _reject(
        self, table: pa.Table, live: pa.BooleanArray, errors: dict[int, DocumentError]
    ) -> pa.Table:
        if not errors:
            return table
        rows = pc.indices_nonzero(live).to_pylist()
        entries: list[dict[str, Any] | None] = [None] * table.num_rows
        for i, error in errors.items():
            entries[rows[i]] = {
                "stage": "chunk",
                "rule": error.rule,
                "threshold": float(self.max_tokens),
                "detail": str(error),
            }
        return reject(table, entries)


def _structures(table: pa.Table, texts: list[str], large: Sequence[int]) -> list[Structure]:
    """Return the structures of the documents at the places `large`."""
    from tore_export.chunks.structure import Structure

    chosen = pa.array(large, pa.int64())
    blocks = combined(table["blocks"]).take(chosen)
    elements = combined(table["elements"]).take(chosen)
    ranges, values = blocks.flatten(), elements.flatten()
    starts, ends = (_numbers(ranges.field(name), np.int64) for name in ("start", "end"))
    kinds = _numbers(values.field("kind"), np.int8)
    levels = _numbers(values.field("level").fill_null(0), np.int16)
    offsets = np.concatenate([[0], np.cumsum(blocks.value_lengths().fill_null(0).to_numpy())])
    known = blocks.is_valid().to_pylist()
    return [
        Structure.of(texts[i], starts[a:b], ends[a:b], kinds[a:b], levels[a:b])
        if there
        else Structure.of(texts[i])
        for i, (a, b), there in zip(large, pairwise(offsets.tolist()), known, strict=True)
    ]


def _numbers(column: pa.Array, kind: type[np.integer[Any]]) -> Any:
    return column.to_numpy(zero_copy_only=False).astype(kind)


class _Columns:
    """The chunks of all documents, one list a column."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, int, int, int, int, int | None, int | None]] = []
        self.ends = [0]

    def add_whole(self, text: str | None, n_tokens: int) -> None:
        """Add a document that is one chunk, or none where it has no text."""
        if text:
            self.rows.append((text, 0, len(text), 0, len(text), n_tokens, None, None))
        self.ends.append(len(self.rows))

    def add(self, structure: Structure, cuts: Sequence[Cut]) -> None:
        """Add a document that was cut."""
        for prefix, start, end, suffix, n_tokens in cuts:
            first, last = structure.elements_of(start, end)
            begin = len(prefix)
            text = prefix + structure.text[start:end] + suffix
            own_end = begin + end - start
            self.rows.append((text, start, end, begin, own_end, n_tokens, first, last))
        self.ends.append(len(self.rows))

    def to_arrow(self) -> pa.ListArray:
        """Return the column `chunks`."""
        columns = zip(*self.rows, strict=True) if self.rows else [()] * CHUNK.num_fields
        arrays = [
            pa.array(column, field.type) for column, field in zip(columns, CHUNK, strict=True)
        ]
        chunks = pa.StructArray.from_arrays(arrays, fields=list(CHUNK))
        return pa.ListArray.from_arrays(pa.array(self.ends, pa.int32()), chunks, type=CHUNKS)
