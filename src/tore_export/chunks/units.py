"""Units: the places where a text may be cut, with the tokens before each, from few batched counts.

Texts are laid one after the other, so that everything is found in all of them by one pass over columns.
What is larger than it has to be is divided further: lines and sentences into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tore_export.chunks.boundaries import line_strengths, weak_places
from tore_export.chunks.characters import Character, character_table
from tore_export.chunks.frames import row_ends
from tore_export.chunks.spaces import Spaces
from tore_export.chunks.strength import Strength
from tore_export.chunks.structure import MODES, Structure
from tore_export.documents.schema import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

    from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["Units", "units_of"]

SMALL = 4  # tokens; units of so few are words from the start


@dataclass(frozen=True)
class Units:
    """Of one text: places in ascending order, from 0 to its end, and what is known of each.

    `tokens` are those of the units before it, counted apart; `n_unsafe` how many of the places before
    it are such that counts of both sides need not add up.
    """

    places: memoryview
    tokens: memoryview
    strengths: bytes
    safe: bytes
    n_unsafe: memoryview


def units_of(documents: Sequence[Structure], tokenizer: Tokenizer, largest: int) -> list[Units]:
    """Return the units of each document; those of more than `largest` tokens are single words."""
    texts = [document.text for document in documents]
    joined = "\n" + "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    classes = character_table()[codes]
    begins = np.array(list(accumulate((len(text) + 1 for text in texts), initial=1)), np.int64)
    ends = begins[1:] - 1
    begins = begins[:-1]
    spaces = Spaces.of(codes, classes)
    places, strengths, words = _places(documents, begins, ends, codes, classes, spaces)
    words = words[words < places[-1]]
    count = _Counter(joined, codes, tokenizer)
    if largest <= SMALL:
        places, strengths = _with_words(places, strengths, words)
        counts = count(places)
    else:
        counts = count(places)
        large = counts > largest
        if large.any() and len(words):
            piece = np.searchsorted(places, words, side="right") - 1
            inside = words[large[piece] & (words > places[piece])]
            divided, strengths = _with_words(places, strengths, inside)
            parent = np.searchsorted(places, divided[:-1], side="right") - 1
            again = large[parent]
            fresh = counts[parent]
            fresh[again] = count(divided, again)
            places, counts = divided, fresh
    safe = spaces.is_safe(places, codes, classes)
    first, last = np.searchsorted(places, begins), np.searchsorted(places, ends)
    safe[first] = safe[last] = True
    tokens = np.concatenate([[0], np.cumsum(counts)])
    n_unsafe = np.concatenate([[0], np.cumsum(~safe)])[:-1]
    found = []
    for a, b, begin in zip(first.tolist(), (last + 1).tolist(), begins.tolist(), strict=True):
        own: npt.NDArray[np.int64] = places[a:b] - begin
        found.append(
            Units(
                own.data,
                (tokens[a:b] - tokens[a]).data,
                strengths[a:b].tobytes(),
                safe[a:b].tobytes(),
                n_unsafe[a:b].data,
            )
        )
    return found


def _places(
    documents: Sequence[Structure],
    begins: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    codes: npt.NDArray[np.uint32],
    classes: npt.NDArray[np.uint8],
    spaces: Spaces,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8], npt.NDArray[np.int64]]:
    """Return the places between lines, sentences and blocks with their strengths, and those of words."""
    sizes = [len(document.starts) for document in documents]
    shift = np.repeat(begins, sizes)
    starts = np.concatenate([document.starts for document in documents]) + shift
    block_ends = np.concatenate([document.ends for document in documents]) + shift
    kinds = np.concatenate([document.kinds for document in documents])
    block = np.searchsorted(starts, spaces.cuts, side="right") - 1
    within = (block >= 0) & (spaces.cuts < block_ends[block])
    modes = np.where(within, MODES[kinds[block]], MODES[Kind.RAW]).astype(np.int8)
    cuts, run_strengths, wide, wide_strengths = line_strengths(
        codes, classes, spaces, modes, np.where(within, block, -1 - block)
    )
    strong = run_strengths > Strength.WORD
    # an element begins where the white space before it is cut
    run = np.searchsorted(spaces.begins, starts, side="right") - 1
    in_line = (classes[starts - 1] == Character.SPACE) & (spaces.ends[run] >= starts)
    block_places = np.where(in_line, np.minimum(spaces.cuts[run], starts), starts)
    block_strengths = np.concatenate([document.strengths() for document in documents])
    raw = (kinds == Kind.RAW) & (spaces.cuts[run] == starts)
    own = run_strengths[run]
    kept = raw & ((own == Strength.WORD) | (own > Strength.BLOCK))
    block_strengths = np.where(kept, own, block_strengths)
    rows = [
        begin + row
        for document, begin in zip(documents, begins.tolist(), strict=True)
        for frame in document.frames
        for row in row_ends(document.text, frame.start, frame.end)
    ]
    places, strengths = _merged(
        (cuts[strong], run_strengths[strong]),
        (wide, wide_strengths),
        (np.array(rows, np.int64), np.full(len(rows), Strength.ROW, np.int8)),
        (block_places, block_strengths),
        (begins, np.full(len(begins), Strength.DOCUMENT, np.int8)),
        (ends, np.full(len(ends), Strength.DOCUMENT, np.int8)),
    )
    for low, high in _heads_and_tails(documents, begins):
        at = np.searchsorted(low, places) - 1
        demoted = (at >= 0) & (places <= high[at]) & (strengths < Strength.BLOCK)
        strengths[demoted] = Strength.WORD
    return places, strengths, weak_places(classes, spaces, run_strengths)


def _heads_and_tails(
    documents: Sequence[Structure], begins: npt.NDArray[np.int64]
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Return ranges (low, high] in which a chunk ends badly: a table's head, a fence that closes."""
    ranges = np.array(
        [
            (frame.start + begin, frame.head_end + begin, frame.tail - 1 + begin, frame.end + begin)
            for document, begin in zip(documents, begins.tolist(), strict=True)
            for frame in document.frames
        ],
        np.int64,
    )
    if not len(ranges):
        return []
    return [(ranges[:, 0], ranges[:, 1]), (ranges[:, 2], ranges[:, 3] - 1)]


def _merged(
    *parts: tuple[npt.NDArray[np.int64], npt.NDArray[np.int8]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8]]:
    """Return all places once, ascending, with the strength that the last of the parts gives each."""
    places = np.concatenate([part[0] for part in parts])
    strengths = np.concatenate([part[1] for part in parts])
    order = np.argsort(places, kind="stable")
    places, strengths = places[order], strengths[order]
    last = np.append(places[1:] != places[:-1], True)
    return places[last], strengths[last].astype(np.int8)


def _with_words(
    places: npt.NDArray[np.int64],
    strengths: npt.NDArray[np.int8],
    words: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8]]:
    return _merged((words, np.full(len(words), Strength.WORD, np.int8)), (places, strengths))


class _Counter:
    """Counts the pieces of a text between places, without a string for each."""

    def __init__(self, text: str, codes: npt.NDArray[np.uint32], tokenizer: Tokenizer) -> None:
        # a lone surrogate is one code point; what holds one is counted again as a whole
        self.data = text.encode("utf-8", "replace")
        self.ends: npt.NDArray[np.int64] | None = None
        if len(self.data) > len(codes):
            sizes = (codes > 0x7F).astype(np.int8) + (codes > 0x7FF) + (codes > 0xFFFF) + 1
            sizes[(codes >= 0xD800) & (codes < 0xE000)] = 1
            self.ends = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        self.tokenizer = tokenizer

    def __call__(
        self, places: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.int64]:
        """Return the tokens of each piece between two places, or of those chosen."""
        offsets = places if self.ends is None else self.ends[places]
        pieces = pa.LargeStringArray.from_buffers(
            len(places) - 1, pa.py_buffer(np.ascontiguousarray(offsets)), pa.py_buffer(self.data)
        )
        if chosen is not None:
            pieces = pieces.filter(pa.array(chosen))
        known = pieces.dictionary_encode()
        if len(known.dictionary) * 2 < len(pieces):
            counts = self.tokenizer.count_column(known.dictionary).to_numpy(zero_copy_only=False)
            found: npt.NDArray[np.int64] = counts[known.indices.to_numpy()]
            return found
        counted: npt.NDArray[np.int64] = self.tokenizer.count_column(pieces).to_numpy(
            zero_copy_only=False
        )
        return counted
