"""Repetition: lines and runs of words that a document says again.

**Source** Rae et al. 2021, Scaling Language Models (arXiv 2112.11446), section A.1.1 and table A1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.quality.alike import first_alike
from tore_export.quality.prose import (
    Bytes,
    Counts,
    Flags,
    Prose,
    Shares,
    before,
    differences,
    share,
)
from tore_export.quality.words import Numbers, Words, eight_bytes

__all__ = ["duplicate_lines", "repeated_ngrams"]

SHORTEST, LONGEST = 5, 10
"""What lies between is a length at which saying something again counts as a duplicate."""

MOST_AT_ONCE = 1 << 18
"""So many places times lengths are looked at together: it takes fewer calls, but more memory."""

STEP = np.uint64(0xD6E8FEB86659FD93)
HALF, NO_PAIR = np.uint64(32), np.uint64(0)


def duplicate_lines(words: Words) -> dict[str, Shares]:
    """Return the share of a document's lines, and of their bytes, that repeat an earlier line."""
    prose = words.prose
    n_lines, sizes = prose.n_lines, differences(prose.line_starts)
    documents = np.arange(prose.n_documents).repeat(n_lines)
    maybe = _alike(prose, sizes, documents)
    # equal texts get equal numbers, so nothing depends on a hash
    encoded = pc.dictionary_encode(prose.texts.take(pa.array(maybe)))
    numbers = encoded.indices.to_numpy().astype(np.int64)
    keys = documents.take(maybe) << 32 | numbers
    order = np.argsort(keys, kind="stable")
    again = (differences(keys.take(order)) == 0).nonzero()[0] + 1
    repeats = _flags(len(sizes), maybe.take(order.take(again)))
    total = differences(prose.document_starts)
    return {
        "dup_line_frac": share(prose.per_document(repeats), n_lines),
        "dup_line_char_frac": share(prose.per_document(repeats * sizes), total),
    }


def _alike(prose: Prose, sizes: Counts, documents: Counts) -> Counts:
    """Return the lines that begin and end as another line of their document, and are as long."""
    starts, ends = prose.line_starts[:-1], prose.line_starts[1:]
    beyond = ((8 - np.minimum(sizes, 8)) << 3).view(np.uint64)
    keys = (eight_bytes(prose.text, starts) << beyond) * STEP
    keys += eight_bytes(prose.text, ends - 8) >> beyond
    keys ^= (keys >> HALF) + (documents << 32 | sizes).view(np.uint64) * STEP
    firsts = first_alike(keys)
    again = firsts != np.arange(len(keys))
    again[firsts.compress(again)] = True
    found: Counts = again.nonzero()[0]
    return found


def repeated_ngrams(words: Words) -> dict[str, Shares]:
    """Return how much of a document is one n-gram (n = 2, 3, 4) or n-grams said before (5 to 10).

    `top_n_gram` is the largest share of the document's bytes that the occurrences of one n-gram which
    occurs at least twice make up. `duplicated_n_grams` is the share of the bytes of words that lie in
    an n-gram which occurred earlier in the document, each byte counted once.

    An n-gram can only repeat where the (n-1)-grams at its first and second word repeat, so each step
    looks at what the step before has left over.
    """
    lengths, shorter = _lengths(words)
    largest = share(_largest(words, shorter), differences(words.prose.document_starts))
    covered = share(_covered(words, lengths), words.n_bytes)
    return {
        **{f"top_{n}_gram": shares for n, shares in enumerate(largest, 2)},
        **{f"duplicated_{n}_grams": shares for n, shares in enumerate(covered, SHORTEST)},
    }


def _fives(words: Words) -> tuple[_Repeated, list[tuple[Counts, Counts]]]:
    """Return n-grams of SHORTEST words; and of shorter ones where each is first, and how many."""
    runs, shorter = _pairs(words), []
    for _ in range(2, SHORTEST):
        places, opens = runs.places, runs.opens
        first = places.compress(places == opens)
        shorter.append((first, np.bincount(opens).take(first)))
        # a document's last word begins no pair, so none goes on into the next document
        goes_on = differences(places) == 1
        keys = opens[:-1].compress(goes_on)
        keys <<= 32
        keys |= opens[1:].compress(goes_on)
        runs = _repeated(keys, places[:-1].compress(goes_on))
    return runs, shorter


def _largest(words: Words, ngrams: list[tuple[Counts, Counts]]) -> Counts:
    """Return the most bytes that the occurrences of one n-gram take, by n from 2 on and document."""
    opens = [at for at, _ in ngrams]
    last = [at + nth for nth, at in enumerate(opens, 1)]
    taken = words.ends.take(np.concatenate(last)) - words.starts.take(np.concatenate(opens))
    taken *= np.concatenate([times for _, times in ngrams])
    before_all = before(np.array([len(at) for at in opens]))[:-1, None]
    bounds = np.stack([at.searchsorted(words.firsts) for at in opens]) + before_all
    most = np.zeros((len(ngrams), words.prose.n_documents), np.int64)
    some = bounds[:, 1:] > bounds[:, :-1]
    if some.any():
        most[some] = np.maximum.reduceat(taken, bounds[:, :-1][some])
    return most


def _lengths(words: Words) -> tuple[Bytes, list[tuple[Counts, Counts]]]:
    """Return the length of the longest n-gram that begins at a word and was there before, if any.

    Lengths go from SHORTEST to LONGEST. Shorter n-grams are returned as `_fives` finds them.
    """
    fives, shorter = _fives(words)
    n_words = len(words.ids)
    lengths = np.zeros(n_words, np.uint8)
    lengths[fives.again] = SHORTEST
    # an n-gram is two of these, one at its first word and one that ends with it
    numbers = np.zeros(n_words + LONGEST, np.int64)
    numbers[fives.places] = fives.opens + 1
    # most repeats are long: where all go on alike to the end the steps between need no look
    to_the_end = LONGEST - SHORTEST
    last = numbers.take(fives.places + to_the_end)
    differs = (last == 0) | (last != numbers.take(fives.opens + to_the_end))
    apart = _flags(n_words, fives.opens.compress(differs)).take(fives.opens)
    lengths[fives.only(~apart).again] = LONGEST
    others = fives.only(apart)
    del fives, last, differs, apart
    # shorter ones first: the longest length is written last
    for sizes in _at_once(SHORTEST + 1, len(others.places)):
        _put(lengths, *_extended(others, numbers, sizes))
    return lengths, shorter


def _extended(fives: _Repeated, numbers: Counts, sizes: Counts) -> tuple[Numbers, Counts, Bytes]:
    """Return keys of n-grams of these sizes that may repeat, their places and their sizes."""
    last = numbers.take(fives.places + (sizes - SHORTEST))
    at = (last > 0).ravel().nonzero()[0]
    row, nth = np.divmod(at, max(len(fives.places), 1))
    keys = fives.opens.take(nth)
    keys <<= 32
    keys |= last.take(at)
    keys ^= row << 61
    return keys.view(np.uint64), fives.places.take(nth), sizes.astype(np.uint8).take(row)


def _put(lengths: Bytes, keys: Numbers, places: Counts, sizes: Bytes) -> None:
    """Put the sizes of n-grams where one of the same key and size was there before."""
    again = first_alike(keys) != np.arange(len(keys))
    lengths[places.compress(again)] = sizes.compress(again)


def _covered(words: Words, lengths: Bytes) -> Counts:
    """Return the bytes of words in n-grams that were there before, by n and document."""
    places = (lengths > 0).nonzero()[0]
    longest, at_once = lengths.take(places), _at_once(SHORTEST, len(places))
    return np.concatenate([_covered_by(words, places, longest, sizes) for sizes in at_once])


def _covered_by(words: Words, places: Counts, longest: Bytes, sizes: Counts) -> Counts:
    """Return the bytes covered by n-grams of these sizes."""
    long_enough = longest >= sizes
    counts = np.count_nonzero(long_enough, axis=1)
    row = np.arange(len(sizes)).repeat(counts)
    again = places.take(long_enough.ravel().nonzero()[0] - row * len(places))
    begins = words.bytes_before.take(again)
    covered = words.bytes_before.take(again + sizes.take(row))
    # what lies in the next one as well counts there
    until = np.append(begins[1:], 0)
    until[np.cumsum(counts).compress(counts > 0) - 1] = words.bytes_before[-1]
    np.minimum(covered, until, out=covered)
    covered -= begins
    again += row * len(words.ids)
    of_row = np.arange(len(sizes))[:, None] * len(words.ids)
    return differences(before(covered).take(again.searchsorted(words.firsts + of_row)))


def _at_once(first: int, n_places: int) -> Iterator[Counts]:
    """Yield all lengths from `first` to LONGEST, one a row; few at once where places are many."""
    most = max(1, MOST_AT_ONCE // max(n_places, 1))
    sizes = np.arange(first, LONGEST + 1)[:, None]
    return (sizes[start : start + most] for start in range(0, len(sizes), most))


@dataclass(frozen=True, slots=True)
class _Repeated:
    """N-grams that occur more than once in their document.

    `places` are all of theirs, ascending, `opens` for each of them where that n-gram is first.
    """

    places: Counts
    opens: Counts

    @property
    def again(self) -> Counts:
        """All places but the first of each n-gram."""
        return self.places.compress(self.places != self.opens)

    def only(self, kept: Flags) -> _Repeated:
        """Return those that are flagged."""
        return _Repeated(self.places.compress(kept), self.opens.compress(kept))


def _pairs(words: Words) -> _Repeated:
    """Find pairs of words that occur more than once in a document."""
    counts = words.counts
    keys = words.ids * STEP
    keys[:-1] += words.ids[1:]
    # a document's last word begins no pair
    keys[words.firsts[1:].compress(counts > 0) - 1] = NO_PAIR
    # each document has slots of its own, so near each other that they stay in the nearest cache
    bits = np.frexp(counts)[1].astype(np.int64) + 1
    begins = before(1 << bits)
    slots = keys >> (64 - bits).view(np.uint64).repeat(counts)
    slots += begins[:-1].view(np.uint64).repeat(counts)
    return _repeated(keys.view(np.int64), None, slots.view(np.int64), int(begins[-1]))


def _repeated(
    keys: Counts, places: Counts | None, slots: Counts | None = None, n_slots: int = 0
) -> _Repeated:
    """Return the places whose keys another place has, too; all places where they are None."""
    first = first_alike(keys.view(np.uint64), slots, n_slots)
    more = first != np.arange(len(first))
    more[first.compress(more)] = True
    kept = more.nonzero()[0]
    opens = first.take(kept)
    return (
        _Repeated(kept, opens)
        if places is None
        else _Repeated(places.take(kept), places.take(opens))
    )


def _flags(size: int, places: Counts) -> Flags:
    flags = np.zeros(size, np.bool_)
    flags[places] = True
    return flags
