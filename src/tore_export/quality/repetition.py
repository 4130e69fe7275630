"""Repetition: lines and runs of words that a document says again.

**Source** Rae et al. 2021, Scaling Language Models (arXiv 2112.11446), section A.1.1 and table A1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.quality.prose import Counts, Flags, Prose, Shares, share
from tore_export.quality.words import MIX, Numbers, Words, before, eight_bytes

__all__ = ["duplicate_lines", "repeated_ngrams"]

SHORTEST, LONGEST = 5, 10
"""What lies between is a length at which saying something again counts as a duplicate."""

POSITION_BITS = 28
"""Low bits of a key hold a place, the others a hash; a slice has fewer words than 2^28."""

POSITION_MASK = np.uint64((1 << POSITION_BITS) - 1)
STEP = np.uint64(0xD6E8FEB86659FD93)
HIGH_HALF = np.uint64(32)


def duplicate_lines(words: Words) -> dict[str, Shares]:
    """Return the share of a document's lines, and of their bytes, that repeat an earlier line."""
    prose = words.prose
    n_lines, sizes = np.diff(prose.lines), np.diff(prose.line_starts)
    documents = np.repeat(np.arange(prose.n_documents), n_lines)
    maybe = _alike(prose, sizes, documents)
    # equal texts get equal numbers, so nothing depends on a hash
    encoded = pc.dictionary_encode(prose.texts.take(pa.array(maybe)))
    numbers = encoded.indices.to_numpy().astype(np.int64)
    keys = documents.take(maybe) << 32 | numbers
    order = np.argsort(keys, kind="stable")
    again = np.flatnonzero(np.diff(keys.take(order)) == 0) + 1
    repeats = _flags(len(sizes), maybe.take(order.take(again)))
    total = np.diff(prose.document_starts)
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
    keys ^= (keys >> HIGH_HALF) + (documents << 32 | sizes).view(np.uint64) * STEP
    return np.sort(_grouped(keys, np.arange(len(sizes))).places)


def repeated_ngrams(words: Words) -> dict[str, Shares]:
    """Return how much of a document is one n-gram (n = 2, 3, 4) or n-grams said before (5 to 10).

    `top_n_gram` is the largest share of the document's bytes that the occurrences of one n-gram which
    occurs at least twice make up. `duplicated_n_grams` is the share of the bytes of words that lie in
    an n-gram which occurred earlier in the document, each byte counted once.

    An n-gram can only repeat where the (n-1)-grams at its first and second word repeat, so each step
    looks at what the step before has left over, and only sorts where that has to be told apart.
    """
    ids, starts, ends, firsts = words.ids, words.starts, words.ends, words.firsts
    bytes_before = words.bytes_before
    in_document, in_words = np.diff(words.prose.document_starts), words.n_bytes
    documents = np.repeat(np.arange(words.prose.n_documents), words.counts)

    found: dict[str, Shares] = {}
    # of the longest n-gram (5 to 10) that begins at a word and was there before
    lengths = np.zeros(len(ids), np.uint8)
    runs, settled = _pairs(ids, firsts, documents), firsts[:0]
    for n in range(2, LONGEST + 1):
        if n > 2:
            runs = runs.longer(ids, n, settled)
        if n <= 4:
            opens = runs.places.take(runs.opens)
            spans = ends.take(opens + (n - 1)) - starts.take(opens)
            largest = np.zeros(words.prose.n_documents, np.int64)
            np.maximum.at(largest, documents.take(opens), spans * runs.counts)
            found[f"top_{n}_gram"] = share(largest, in_document)
        else:
            lengths[runs.again] = n
        if n == SHORTEST:
            # most repeats are long: what repeats to the end needs no more looking
            to_the_end, runs = runs.settled(ids, firsts)
            lengths[to_the_end.again] = LONGEST
            settled = to_the_end.places
    places = np.flatnonzero(lengths > 0)
    longest = lengths.take(places)
    for n in range(SHORTEST, LONGEST + 1):
        again = places.compress(longest >= n)
        until = np.minimum(again + n, np.append(again[1:], len(ids)))
        covered = before(bytes_before.take(until) - bytes_before.take(again))
        of_document = np.diff(covered[np.searchsorted(again, firsts)])
        found[f"duplicated_{n}_grams"] = share(of_document, in_words)
    return found


@dataclass(frozen=True, slots=True)
class _Runs:
    """Places of n-grams that occur more than once in their document, equal ones side by side.

    Within a run of equal n-grams places ascend; `counts` are the sizes of the runs.
    """

    places: Counts
    counts: Counts

    @property
    def opens(self) -> Counts:
        """The indices at which runs begin."""
        return np.cumsum(self.counts) - self.counts

    @property
    def numbers(self) -> Counts:
        """The number of each place's run."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @property
    def again(self) -> Counts:
        """All places but the first of each run."""
        others = np.ones(len(self.places), np.bool_)
        others[self.opens] = False
        return self.places.compress(others)

    def settled(self, ids: Numbers, firsts: Counts) -> tuple[_Runs, _Runs]:
        """Part the runs of SHORTEST-grams that are runs of LONGEST-grams as well from the others."""
        near_end = np.zeros(len(ids) + 1, np.bool_)
        for offset in range(1, LONGEST):
            near_end[np.maximum(firsts[1:] - offset, 0)] = True
        numbers, differs = self.numbers, near_end.take(self.places)
        opens = self.opens.take(numbers)
        for nth in range(SHORTEST, LONGEST):
            added = ids.take(self.places + nth, mode="clip")
            differs |= added != added.take(opens)
        others = _flags(len(self.counts), numbers.compress(differs))
        apart = others.take(numbers)
        return (
            _Runs(self.places.compress(~apart), self.counts.compress(~others)),
            _Runs(self.places.compress(apart), self.counts.compress(others)),
        )

    def longer(self, ids: Numbers, n: int, settled: Counts) -> _Runs:
        """Return the runs of n-grams, given that these are the runs of (n-1)-grams.

        `settled` are places of other (n-1)-grams that repeat.
        """
        # where the (n-1)-gram one further on does not repeat, the n-gram does not either; a
        # document's last word begins no pair that repeats, so none goes on into the next document
        repeated = _flags(len(ids) + 1, self.places)
        repeated[settled] = True
        kept = repeated.take(self.places + 1)
        counts = np.diff(before(kept).take(np.append(self.opens, len(kept))))
        several = counts > 1
        kept &= np.repeat(several, self.counts)
        runs = _Runs(self.places.compress(kept), counts.compress(several))
        return runs.told_apart(ids.take(runs.places + (n - 1)))

    def told_apart(self, values: Numbers) -> _Runs:
        """Return the runs of places that have equal values, too, given one value a place."""
        numbers = self.numbers
        differs = np.flatnonzero(values != values.take(self.opens).take(numbers))
        if not len(differs):
            return self
        mixed = _flags(len(self.counts), numbers.take(differs))
        # runs that all have the same value stay as they are
        is_apart = mixed.take(numbers)
        apart = np.flatnonzero(is_apart)
        keys = values.take(apart) ^ numbers.take(apart).view(np.uint64) * STEP
        told = _grouped(keys, self.places.take(apart))
        return _Runs(
            np.concatenate((self.places.compress(~is_apart), told.places)),
            np.concatenate((self.counts.compress(~mixed), told.counts)),
        )


def _flags(size: int, places: Counts) -> Flags:
    flags = np.zeros(size, np.bool_)
    flags[places] = True
    return flags


def _pairs(ids: Numbers, firsts: Counts, documents: Counts) -> _Runs:
    """Find equal pairs of words in each document."""
    values = ids * STEP
    values[:-1] += ids[1:]
    # half as wide sorts twice as fast: few pairs are taken for equal that are not, and told apart then
    bits = int(np.diff(firsts).max(initial=1)).bit_length()
    mask = np.uint32((1 << bits) - 1)
    begins = firsts.take(documents)
    keys = (values * MIX >> HIGH_HALF).astype(np.uint32)
    keys &= ~mask
    keys |= (np.arange(len(ids)) - begins).astype(np.uint32)
    # document by document: short sorts stay in the nearest cache. The last word begins no pair
    for start, end in pairwise(firsts.tolist()):
        keys[start : max(start, end - 1)].sort()
    members, counts = _equal(keys, mask, np.concatenate((firsts, firsts[firsts > 0] - 1)))
    places = (keys.take(members) & mask) + begins.take(members)
    return _Runs(places, counts).told_apart(values.take(places))


def _grouped(numbers: Numbers, places: Counts) -> _Runs:
    """Find places with equal numbers."""
    keys = numbers * MIX
    keys &= ~POSITION_MASK
    keys |= places.view(np.uint64)
    keys.sort()
    members, counts = _equal(keys, POSITION_MASK, places[:0])
    return _Runs((keys.take(members) & POSITION_MASK).view(np.int64), counts)


def _equal(
    keys: npt.NDArray[Any], mask: np.unsignedinteger[Any], borders: Counts
) -> tuple[Counts, Counts]:
    """Return where sorted keys are equal but for the bits of `mask`, and how many there are of each.

    Keys on two sides of a border are not equal.
    """
    same = np.zeros(len(keys) + 1, np.bool_)  # as the key before
    np.less_equal(keys[1:] ^ keys[:-1], mask, out=same[1:-1])
    same[borders] = False
    members = np.flatnonzero(same[:-1] | same[1:])
    opens = np.flatnonzero(~same.take(members))
    return members, np.diff(opens, append=len(members))
