"""What would shorten documents: which elements, and how many tokens each would save."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.analysis.pieces import Pieces
from tore_export.documents.schema import FURNITURE, Kind
from tore_export.tokens.tokenizer import Tokenizer

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "CAPTION_TOKENS",
    "LARGE_TOKENS",
    "MOST_NAMED",
    "NAMED",
    "REPEAT_TOKENS",
    "SAVED",
    "Candidates",
    "candidates",
]

REPEAT_TOKENS = 8
"""A text of fewer tokens may stand twice in a document for a reason: a name, a unit, a yes."""

CAPTION_TOKENS = 64
"""What a caption, or the words for an image, take before they are called long."""

LARGE_TOKENS = 256
"""Elements of fewer tokens are not listed among the largest."""

MOST_NAMED = 10
"""So many elements are named for each reason."""

SAVED = ("furniture", "repeat", "html_table", "long_caption")
"""Reasons whose savings are summed for each document."""

_EXCERPT = 60

_LINE_ENDS = 3
"""So many at the end of a piece are looked for one by one: formatters write two."""

_BYTES = 8
"""A piece looks like another by a byte at either end and at the eighths between."""

_PRIME = 1_099_511_628_211

NAMED = pa.struct(
    [
        pa.field("what", pa.string()),
        pa.field("element_id", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("page", pa.int32()),
        pa.field("copies", pa.int64()),
        pa.field("n_tokens", pa.int64()),
        pa.field("saved", pa.int64()),
        pa.field("excerpt", pa.string()),
    ]
)
"""An element that is named: why, which, its tokens, and those that would be saved."""

Numbers = Any  # numpy's array of int64; the module is loaded where it is used


@dataclass(frozen=True)
class Candidates:
    """`saved`: tokens by reason, a number a document; `named`: up to MOST_NAMED elements a reason."""

    saved: dict[str, Numbers]
    named: pa.ListArray


@dataclass(frozen=True)
class _Found:
    """Pieces found for one reason; `copies` is 1 but for repeats."""

    what: str
    pieces: Numbers
    saved: Numbers
    copies: Numbers


def candidates(
    pieces: Pieces,
    kinds: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    tokenizer: Tokenizer,
    elements: pa.StructArray,
    render_tables: Callable[[pa.ListArray], pa.Array],
) -> Candidates:
    """Find what could be saved in each document; `kinds` and `counts` are of the pieces."""
    import numpy as np

    documents = pieces.documents
    is_furniture = np.isin(kinds, list(FURNITURE))
    furniture = np.flatnonzero(is_furniture)
    captions = np.flatnonzero(
        np.isin(kinds, [Kind.CAPTION, Kind.IMAGE]) & (counts > CAPTION_TOKENS)
    )
    large = np.flatnonzero((counts >= LARGE_TOKENS) & (kinds >= 0))
    found = [
        _found("furniture", furniture, counts[furniture]),
        _repeats(pieces, documents, counts, np.flatnonzero(~is_furniture & (kinds >= 0))),
        _html_tables(pieces, kinds, counts, tokenizer, elements, render_tables),
        _found("long_caption", captions, counts[captions] - CAPTION_TOKENS),
        _found("large", large, counts[large]),
    ]
    n_documents = len(pieces.first) - 1
    saved = {}
    for one in found[:-1]:
        saved[one.what] = np.zeros(n_documents, np.int64)
        np.add.at(saved[one.what], documents[one.pieces], one.saved)
    return Candidates(saved, _named(found, pieces, documents, kinds, counts, elements))


def _found(what: str, pieces: Numbers, saved: Numbers) -> _Found:
    import numpy as np

    return _Found(what, pieces, saved, np.ones(len(pieces), np.int64))


def _repeats(pieces: Pieces, documents: Numbers, counts: Numbers, chosen: Numbers) -> _Found:
    """Find texts that stand in a document again; the first is named, the others are saved."""
    import numpy as np

    chosen = _looking_alike(pieces, documents, chosen[counts[chosen] >= REPEAT_TOKENS])
    if not len(chosen):
        return _found("repeat", chosen, counts[chosen])
    # the last piece of a document has no blank line behind it
    texts = pc.utf8_rtrim(pieces.texts.take(pa.array(chosen)), characters="\n")
    codes = pc.dictionary_encode(texts).indices.to_numpy().astype(np.int64)
    n_codes = codes.max() + 1
    _, first, inverse, copies = np.unique(
        documents[chosen] * n_codes + codes,
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    tokens = np.zeros(len(first), np.int64)
    np.add.at(tokens, inverse, counts[chosen])
    again = copies > 1
    named = chosen[first[again]]
    return _Found("repeat", named, tokens[again] - counts[named], copies[again])


def _looking_alike(pieces: Pieces, documents: Numbers, chosen: Numbers) -> Numbers:
    """Return those pieces of which the document has another of the same length and of some same bytes.

    Texts that are the same look alike, and few others do: whole texts of these alone are compared.
    """
    import numpy as np

    if not len(chosen):
        return chosen
    _, offsets, data = pieces.texts.buffers()
    octets = np.frombuffer(data, np.uint8)
    bounds = np.frombuffer(offsets, np.int64)
    begins, lengths = bounds[chosen], bounds[chosen + 1] - bounds[chosen]
    on = np.arange(len(chosen))
    for _ in range(_LINE_ENDS):
        on = on[lengths[on] > 0]
        on = on[octets[begins[on] + lengths[on] - 1] == ord("\n")]
        lengths[on] -= 1
    if len(on):
        bare = pc.utf8_rtrim(pieces.texts.take(pa.array(chosen[on])), characters="\n")
        lengths[on] = pc.binary_length(bare).to_numpy()
    keys = documents[chosen].astype(np.uint64) * _PRIME + lengths.astype(np.uint64)
    for part in range(_BYTES + 1):
        keys = keys * _PRIME + octets[begins + np.maximum(lengths - 1, 0) * part // _BYTES]
    order = np.argsort(keys)
    same = keys[order[1:]] == keys[order[:-1]]
    alike = np.append(False, same) | np.append(same, False)
    return np.sort(chosen[order[alike]])


def _html_tables(
    pieces: Pieces,
    kinds: Numbers,
    counts: Numbers,
    tokenizer: Tokenizer,
    elements: pa.StructArray,
    render_tables: Callable[[pa.ListArray], pa.Array],
) -> _Found:
    """Find tables that were written as HTML and are shorter between pipes."""
    import numpy as np

    tables = np.flatnonzero(kinds == Kind.TABLE)
    is_html = pc.starts_with(
        pc.utf8_ltrim_whitespace(pieces.texts.take(pa.array(tables))), "<table"
    )
    tables = tables[is_html.to_numpy(zero_copy_only=False).astype(bool)]
    if not len(tables):
        return _found("html_table", tables, counts[tables])
    alone = pa.ListArray.from_arrays(
        pa.array(np.arange(len(tables) + 1), pa.int32()),
        elements.take(pa.array(pieces.elements[tables])),
    )
    saved = counts[tables] - tokenizer.count_column(render_tables(alone)).to_numpy()
    return _found("html_table", tables[saved > 0], saved[saved > 0])


def _named(
    found: list[_Found],
    pieces: Pieces,
    documents: Numbers,
    kinds: Numbers,
    counts: Numbers,
    elements: pa.StructArray,
) -> pa.ListArray:
    """Return the elements that would save most, up to MOST_NAMED a document and reason."""
    import numpy as np

    at = np.concatenate([one.pieces for one in found])
    reason = np.repeat(np.arange(len(found)), [len(one.pieces) for one in found])
    saved = np.concatenate([one.saved for one in found])
    copies = np.concatenate([one.copies for one in found])
    order = np.lexsort((at, -saved, reason, documents[at]))
    group = documents[at[order]] * len(found) + reason[order]
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    rank = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
    order = order[rank < MOST_NAMED]
    at, reason = at[order], reason[order]
    chosen = pa.array(pieces.elements[at])
    excerpts = pc.utf8_trim_whitespace(pieces.texts.take(pa.array(at)))
    names = pa.array([kind.name.lower() for kind in Kind])
    values = pa.StructArray.from_arrays(
        [
            pa.array([one.what for one in found]).take(pa.array(reason)),
            elements.field("id").take(chosen),
            names.take(pa.array(kinds[at])),
            elements.field("page").take(chosen),
            pa.array(copies[order], pa.int64()),
            pa.array(counts[at], pa.int64()),
            pa.array(saved[order], pa.int64()),
            pc.utf8_slice_codeunits(excerpts, 0, _EXCERPT).cast(pa.string()),
        ],
        fields=list(NAMED),
    )
    offsets = np.searchsorted(documents[at], np.arange(len(pieces.first))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=pa.list_(NAMED))
