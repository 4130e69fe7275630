"""Fingerprints of texts, which tell how similar two texts are without the texts.

A text is taken as the set of its shingles: each three words in a row, in lower case, where a word is
what quality's rules call one (a character by itself where words are not parted by spaces). The
similarity of two texts is that of these sets (Jaccard: shared shingles by all shingles of both), and
the share of places at which two fingerprints agree estimates it.

One pass over the words does: a hash of each shingle chooses one of 256 places and a number, and each
place keeps its smallest number. Places that no shingle chose borrow from others in an order fixed for
all texts. Of the number eight bits are kept: for the
same bytes, twice the places say more than twice the bits.

**Source** Li, Owen, Zhang, "One Permutation Hashing" (2012); Shrivastava, "Optimal Densification for
Fast and Accurate Minwise Hashing" (2017); Li, König, "b-Bit Minwise Hashing" (2010).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.quality.prose import NO_COUNTS, NO_FLAGS, PADDING, Bytes, Counts, Prose
from tore_export.quality.words import Numbers, Words, words_of

__all__ = ["FINGERPRINT", "PLACES", "SHINGLE_WORDS", "fingerprints_of"]

PLACES = 256
SHINGLE_WORDS = 3
FINGERPRINT = pa.binary(PLACES)
"""Arrow type of a fingerprint: a byte a place."""

SLICE_BYTES = 1 << 20
"""Texts are worked on in slices of about so many bytes; a longer one is cut, from its own beginning."""

SLICE_TEXTS = 1_000

SPARSE = 16
"""A text with at most so many filled places is filled from each of them in turn."""

EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
NUMBER_BITS = np.uint64(56)
NUMBER = np.uint64((1 << 56) - 1)
WEIGHTS = np.array([0x9FB21C651E98DF25, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F], np.uint64)
MIX = np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB], np.uint64)
SHIFTS = np.array([30, 27, 31], np.uint64)


def fingerprints_of(texts: pa.StringArray) -> pa.FixedSizeBinaryArray:
    """Return the fingerprint of each text; null for a text without a word, and for none.

    A text of fewer words than a shingle is one shingle. The same text has the same fingerprint in any
    batch, on any machine.

    **Rows** 1:1.

    >>> same = fingerprints_of(pa.array(["One little word more.", "one LITTLE word, more", "…"]))
    >>> same[0] == same[1], same[2].as_py()
    (True, None)
    """
    kept = np.empty((len(texts), PLACES), np.uint8)
    has_words = np.zeros(len(texts), np.bool_)
    for first, last, pieces in _slices(texts):
        numbers = np.full((last - first, PLACES), EMPTY, np.uint64)
        for words in pieces:
            _put_smallest(numbers, words)
        has_words[first:last] = _fill_empty(numbers)
        kept[first:last] = numbers & np.uint64(0xFF)
    valid = pa.array(has_words).buffers()[1]
    return pa.Array.from_buffers(FINGERPRINT, len(texts), [valid, pa.py_buffer(kept)])


def mixed(numbers: Numbers) -> Numbers:
    """Return a number for each in which every bit depends on every bit (splitmix64's last step).

    >>> int(mixed(np.array([1], np.uint64))[0])
    6238072747940578789
    """
    found: Numbers = numbers ^ (numbers >> SHIFTS[0])
    found *= MIX[0]
    found ^= found >> SHIFTS[1]
    found *= MIX[1]
    found ^= found >> SHIFTS[2]
    return found


def _slices(texts: pa.StringArray) -> Iterator[tuple[int, int, Iterable[Words]]]:
    """Yield texts from first to before last, with their words; a long text comes in pieces."""
    ended = pc.binary_join_element_wise(
        pc.utf8_lower(pc.fill_null(texts, "")), pa.scalar(""), pa.scalar("\n")
    )
    if not len(ended):
        return
    offsets: Counts = np.frombuffer(ended.buffers()[1], np.int32).astype(np.int64)
    offsets = offsets[ended.offset : ended.offset + len(ended) + 1]
    data = np.frombuffer(ended.buffers()[2], np.uint8)
    first = 0
    while first < len(ended):
        most = int(np.searchsorted(offsets, offsets[first] + SLICE_BYTES, "right")) - 1
        last = max(first + 1, min(most, first + SLICE_TEXTS))
        start, end = int(offsets[first]), int(offsets[last])
        if end - start <= SLICE_BYTES:
            starts = offsets[first : last + 1] - offsets[first]
            yield first, last, [_words(data[start:end], starts)]
        else:
            pieces = _pieces(data[start:end])
            yield first, last, (_words(piece, np.array([0, len(piece)])) for piece in pieces)
        first = last


def _pieces(text: Bytes) -> Iterator[Bytes]:
    """Cut one long text where a word ends, or a character where no word does."""
    start = 0
    while start < len(text):
        end = min(start + SLICE_BYTES, len(text))
        if end < len(text):
            tail = text[end - 1_000 : end]
            spaces = np.flatnonzero((tail == 0x20) | (tail == 0x0A))
            characters = np.flatnonzero((tail & 0xC0) != 0x80)
            cuts = spaces + 1 if len(spaces) else characters
            end -= len(tail) - int(cuts[-1])
        yield text[start:end]
        start = end


def _words(text: Bytes, starts: Counts) -> Words:
    padded = np.zeros(len(text) + 2 * PADDING, np.uint8)
    padded[PADDING:-PADDING] = text
    texts = np.arange(len(starts))
    none = pa.array([], pa.string())
    return words_of(Prose(padded, starts + PADDING, texts, none, NO_FLAGS, NO_COUNTS))


def _put_smallest(numbers: npt.NDArray[np.uint64], words: Words) -> None:
    """Put the shingles of texts into their rows of `numbers`."""
    ids, counts, firsts = words.ids, words.counts, words.firsts
    texts = np.repeat(np.arange(len(counts)), counts)
    beyond = SHINGLE_WORDS - 1
    short = np.flatnonzero((counts > 0) & (counts <= beyond))
    within = np.flatnonzero(texts[:-beyond] == texts[beyond:])
    hashes = ids[:-beyond] * WEIGHTS[0] if len(ids) > beyond else ids[:0]
    for place in range(1, SHINGLE_WORDS):
        hashes += ids[place : place + len(hashes)] * WEIGHTS[place]
    opened = ids[firsts[short]] * WEIGHTS[0]
    for place in range(1, beyond):
        there = np.flatnonzero(counts[short] > place)
        opened[there] += ids[firsts[short[there]] + place] * WEIGHTS[place]
    hashes = mixed(np.concatenate([hashes[within], opened]))
    places = np.concatenate([texts[within], short]) * PLACES
    places += (hashes >> NUMBER_BITS).astype(np.int64)
    np.minimum.at(numbers.reshape(-1), places, hashes & NUMBER)


def _fill_empty(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Fill places that no shingle chose, and tell which texts have any shingle."""
    filled = numbers != EMPTY
    n_filled = filled.sum(axis=1)
    _fill_sparse(numbers, filled, np.flatnonzero((n_filled > 0) & (n_filled <= SPARSE)))
    texts, places = np.nonzero(~filled & (n_filled > SPARSE)[:, None])
    step = 0
    while len(texts):
        lenders = _lenders()[0][places, step]
        found = filled[texts, lenders]
        numbers[texts[found], places[found]] = numbers[texts[found], lenders[found]]
        texts, places, step = texts[~found], places[~found], step + 1
    has_words: npt.NDArray[np.bool_] = n_filled > 0
    return has_words


def _fill_sparse(
    numbers: npt.NDArray[np.uint64], filled: npt.NDArray[np.bool_], texts: Counts
) -> None:
    """Do the same for texts with so few filled places that asking those costs less."""
    ranks = _lenders()[1]
    for first in range(0, len(texts), SLICE_TEXTS):
        some = texts[first : first + SLICE_TEXTS]
        owners, places = np.nonzero(filled[some])
        firsts = np.searchsorted(owners, np.arange(len(some) + 1))
        best = np.full((len(some), PLACES), PLACES, np.uint16)
        lent = np.zeros((len(some), PLACES), np.uint64)
        for nth in range(int(np.diff(firsts).max())):
            asked = np.flatnonzero(np.diff(firsts) > nth)
            lenders = places[firsts[asked] + nth]
            rank = ranks[lenders]
            better = rank < best[asked]
            best[asked] = np.where(better, rank, best[asked])
            lent[asked] = np.where(better, numbers[some[asked], lenders][:, None], lent[asked])
        numbers[some] = lent


@cache
def _lenders() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
    """Return the other places of each place in the order they are asked in, and that order by lender.

    The second says of each lender how early it is asked by each place; by itself first.
    """
    everyone = np.arange(PLACES * PLACES, dtype=np.uint64)
    order = np.argsort(mixed(everyone + MIX[0]).reshape(PLACES, PLACES), axis=1, kind="stable")
    order = order[order != np.arange(PLACES)[:, None]].reshape(PLACES, PLACES - 1)
    ranks = np.zeros((PLACES, PLACES), np.uint16)
    ranks[order, np.arange(PLACES)[:, None]] = np.arange(1, PLACES)
    return order, ranks
