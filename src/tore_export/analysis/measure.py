"""Measure documents: tokens of each as a whole and by kind of element, and what could be saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeGuard

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.analysis.pieces import Pieces, cut
from tore_export.analysis.savings import NAMED, SAVED, candidates
from tore_export.chunks.spaces import ADDS_UP
from tore_export.documents.schema import Kind
from tore_export.tokens.openai import OpenAITokenizer
from tore_export.tokens.tokenizer import Tokenizer

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["Measures", "counts_type", "kind_names", "kinds_type", "measure", "measures_schema"]

RenderTables = Callable[[pa.ListArray], pa.Array]
"""Renders documents of one table each without HTML."""

_N_KINDS = len(Kind)


@dataclass(frozen=True)
class Measures:
    """Columns of what was measured, a row a document; types are those of `measures_schema`."""

    counts: pa.StructArray
    kinds: pa.ListArray
    saved: pa.StructArray
    named: pa.ListArray
    text_hash: pa.Array


def kind_names() -> list[str]:
    """Return the names of kinds as analyses spell them, in the order of their numbers.

    >>> kind_names()[:4]
    ['title', 'paragraph', 'list_item', 'table']
    """
    return [kind.name.lower() for kind in Kind]


def counts_type(encodings: Sequence[str]) -> pa.DataType:
    """Return the type of a document's tokens: one int64 for each encoding, by its name."""
    return pa.struct([pa.field(name, pa.int64()) for name in encodings])


def kinds_type(encodings: Sequence[str]) -> pa.DataType:
    """Return the type of a document's tokens by kind of element."""
    row = [pa.field("kind", pa.string()), pa.field("n_elements", pa.int64())]
    return pa.list_(pa.struct([*row, pa.field("counts", counts_type(encodings))]))


def measures_schema(encodings: Sequence[str]) -> dict[str, pa.DataType]:
    """Return the columns of Measures with their types."""
    return {
        "counts": counts_type(encodings),
        "kinds": kinds_type(encodings),
        "saved": pa.struct([pa.field(name, pa.int64()) for name in SAVED]),
        "named": pa.list_(NAMED),
        "text_hash": pa.binary(16),
    }


def measure(
    texts: pa.Array,
    blocks: pa.ListArray,
    elements: pa.ListArray,
    tokenizers: Sequence[Tokenizer],
    render_tables: RenderTables,
) -> Measures:
    """Measure rendered documents, none of which is null.

    `tokenizers` have different encodings; what could be saved is told in tokens of the first.
    """
    import numpy as np

    pieces = cut(texts, blocks)
    by_piece, totals = {}, {}
    for tokenizer in tokenizers:
        name = tokenizer.encoding
        by_piece[name] = _counts(pieces, tokenizer).to_numpy().astype(np.int64)
        totals[name] = _totals(pieces, by_piece[name], texts, tokenizer)
    schema = measures_schema(list(totals))
    flat = elements.flatten()
    kinds = np.full(len(pieces.elements), -1, np.int64)
    of_element = pieces.elements >= 0
    kinds[of_element] = flat.field("kind").to_numpy()[pieces.elements[of_element]]
    found = candidates(
        pieces, kinds, by_piece[tokenizers[0].encoding], tokenizers[0], flat, render_tables
    )
    return Measures(
        counts=_struct([pa.array(total) for total in totals.values()], schema["counts"]),
        kinds=_by_kind(pieces, kinds, by_piece, schema["kinds"]),
        saved=_struct([pa.array(found.saved[name]) for name in SAVED], schema["saved"]),
        named=found.named,
        text_hash=_hashes(texts),
    )


def _counts(pieces: Pieces, tokenizer: Tokenizer) -> pa.Array:
    if _adds_up(tokenizer):
        return tokenizer.count_pieces(pieces.texts, pieces.goes_on)
    return tokenizer.count_column(pieces.texts)


def _adds_up(tokenizer: Tokenizer) -> TypeGuard[OpenAITokenizer]:
    return isinstance(tokenizer, OpenAITokenizer) and tokenizer.encoding in ADDS_UP


def _totals(
    pieces: Pieces, counts: npt.NDArray[np.int64], texts: pa.Array, tokenizer: Tokenizer
) -> npt.NDArray[np.int64]:
    """Return the tokens of whole documents: the sums of their pieces where that is exact."""
    import numpy as np

    totals = pieces.sums(counts)
    if _adds_up(tokenizer):
        again = np.flatnonzero(pieces.loose)
    else:
        again = np.flatnonzero(np.diff(pieces.first) > 1)
    if len(again):
        totals[again] = tokenizer.count_column(texts.take(pa.array(again))).to_numpy()
    return totals


def _by_kind(
    pieces: Pieces,
    kinds: npt.NDArray[np.int64],
    by_piece: dict[str, npt.NDArray[np.int64]],
    kind: pa.DataType,
) -> pa.ListArray:
    import numpy as np

    chosen = np.flatnonzero(kinds >= 0)
    keys, inverse, n_elements = np.unique(
        pieces.documents[chosen] * _N_KINDS + kinds[chosen], return_inverse=True, return_counts=True
    )
    sums = []
    for counts in by_piece.values():
        summed = np.zeros(len(keys), np.int64)
        np.add.at(summed, inverse, counts[chosen])
        sums.append(pa.array(summed))
    row = kind.value_type
    values = pa.StructArray.from_arrays(
        [
            pa.array(kind_names()).take(pa.array(keys % _N_KINDS)),
            pa.array(n_elements.astype(np.int64)),
            _struct(sums, row.field("counts").type),
        ],
        fields=[row.field(i) for i in range(row.num_fields)],
    )
    bounds = np.arange(len(pieces.first)) * _N_KINDS
    offsets = np.searchsorted(keys, bounds).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=kind)


def _struct(columns: list[pa.Array], kind: pa.DataType) -> pa.StructArray:
    return pa.StructArray.from_arrays(columns, fields=[kind.field(i) for i in range(len(columns))])


def _hashes(texts: pa.Array) -> pa.Array:
    """Return a hash of each text, null for an empty one: no two of those are copies."""
    sizes = pc.binary_length(texts).to_pylist()
    views = texts.cast(pa.large_binary())
    found: list[Any] = [
        sha256(views[at].as_buffer()).digest()[:16] if size else None
        for at, size in enumerate(sizes)
    ]
    return pa.array(found, pa.binary(16))
