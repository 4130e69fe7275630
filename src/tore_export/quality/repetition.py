"""Repetition: lines and runs of words that a document says again.

**Source** Rae et al. 2021, Scaling Language Models (arXiv 2112.11446), section A.1.1 and table A1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc

from tore_export.quality.prose import Counts, Shares, share
from tore_export.quality.words import MIX, Numbers, Words, before

__all__ = ["duplicate_lines", "repeated_ngrams"]

SHORTEST, LONGEST = 5, 10
"""What lies between is a length at which saying something again counts as a duplicate."""

POSITION_BITS = 28
"""Low bits of a key hold a place, the others a hash; a slice has fewer words than 2^28."""

POSITION_MASK = np.uint64((1 << POSITION_BITS) - 1)
STEP = np.uint64(0xD6E8FEB86659FD93)


def duplicate_lines(words: Words) -> dict[str, Shares]:
    """Return the share of a document's lines, and of their bytes, that repeat an earlier line."""
    prose = words.prose
    # equal texts get equal numbers, so nothing depends on a hash
    numbers = pc.dictionary_encode(prose.texts).indices.to_numpy(zero_copy_only=False)
    n_lines = np.diff(prose.lines)
    documents = np.repeat(np.arange(prose.n_documents, dtype=np.uint64), n_lines)
    order = np.argsort(documents << np.uint64(32) | numbers.astype(np.uint64), kind="stable")
    again = (np.diff(numbers[order]) == 0) & (np.diff(documents[order]) == 0)
    repeats = np.zeros(len(order), np.bool_)
    repeats[order[1:][again]] = True
    sizes = np.diff(prose.line_starts)
    total = np.diff(prose.document_starts)
    return {
        "dup_line_frac": share(prose.per_document(repeats), n_lines),
        "dup_line_char_frac": share(prose.per_document(repeats * sizes), total),
    }


def repeated_ngrams(words: Words) -> dict[str, Shares]:
    """Return how much of a document is one n-gram (n = 2, 3, 4) or n-grams said before (5 to 10).

    `top_n_gram` is the largest share of the document's bytes that the occurrences of one n-gram which
    occurs at least twice make up. `duplicated_n_grams` is the share of the bytes of words that lie in
    an n-gram which occurred earlier in the document, each byte counted once.

    An n-gram can only repeat where the (n-1)-grams at its first and second word repeat, so each step
    looks at what the step before has left over, and only sorts where that has to be told apart.
    """
    ids, starts, sizes, firsts = words.ids, words.starts, words.sizes, words.firsts
    bytes_before = words.bytes_before
    in_document, in_words = np.diff(words.prose.document_starts), words.n_bytes

    found: dict[str, Shares] = {}
    # of the longest n-gram (5 to 10) that begins at a word and was there before
    lengths = np.zeros(len(ids), np.uint8)
    runs, settled = _pairs(ids, firsts), firsts[:0]
    for n in range(2, LONGEST + 1):
        if n > 2:
            runs = runs.longer(ids, n, settled)
        if n <= 4:
            opens = runs.places[runs.opens]
            spans = starts[opens + n - 1] + sizes[opens + n - 1] - starts[opens]
            largest = np.zeros(words.prose.n_documents, np.int64)
            of_runs = spans * runs.counts
            np.maximum.at(largest, np.searchsorted(firsts, opens, "right") - 1, of_runs)
            found[f"top_{n}_gram"] = share(largest, in_document)
        else:
            lengths[runs.again] = n
        if n == SHORTEST:
            # most repeats are long: what repeats to the end needs no more looking
            to_the_end, runs = runs.settled(ids, firsts)
            lengths[to_the_end.again] = LONGEST
            settled = to_the_end.places
    places = np.flatnonzero(lengths)
    longest = lengths[places]
    for n in range(SHORTEST, LONGEST + 1):
        again = places[longest >= n]
        until = np.minimum(again + n, np.append(again[1:], len(ids)))
        covered = before(bytes_before[until] - bytes_before[again])
        of_document = np.diff(covered[np.searchsorted(again, firsts)])
        found[f"duplicated_{n}_grams"] = share(of_document, in_words)
    return found


@dataclass(frozen=True, slots=True)
class _Runs:
    """Places of n-grams that occur more than once in their document, equal ones side by side.

    Within a run of equal n-grams places ascend; `opens` are the indices at which runs begin.
    """

    places: Counts
    opens: Counts

    @property
    def counts(self) -> Counts:
        return np.diff(self.opens, append=len(self.places))

    @property
    def again(self) -> Counts:
        """All places but the first of each run."""
        return np.delete(self.places, self.opens)

    def settled(self, ids: Numbers, firsts: Counts) -> tuple[_Runs, _Runs]:
        """Part the runs of SHORTEST-grams that are runs of LONGEST-grams as well from the others."""
        near_end = np.zeros(len(ids) + 1, np.bool_)
        for offset in range(1, LONGEST):
            near_end[np.maximum(firsts[1:] - offset, 0)] = True
        differs, counts = near_end[self.places], self.counts
        for nth in range(SHORTEST, LONGEST):
            added = ids[np.minimum(self.places + nth, len(ids) - 1)]
            differs |= added != np.repeat(added[self.opens], counts)
        others = np.diff(before(differs)[np.append(self.opens, len(differs))]) > 0
        apart = np.repeat(others, counts)
        return (
            _Runs(self.places[~apart], _opens(counts[~others])),
            _Runs(self.places[apart], _opens(counts[others])),
        )

    def longer(self, ids: Numbers, n: int, settled: Counts) -> _Runs:
        """Return the runs of n-grams, given that these are the runs of (n-1)-grams.

        `settled` are places of other (n-1)-grams that repeat.
        """
        # where the (n-1)-gram one further on does not repeat, the n-gram does not either; a
        # document's last word begins no pair that repeats, so none goes on into the next document
        repeated = np.zeros(len(ids) + 1, np.bool_)
        repeated[self.places] = repeated[settled] = True
        kept = repeated[self.places + 1]
        counts = np.diff(before(kept)[np.append(self.opens, len(kept))])
        kept &= np.repeat(counts > 1, self.counts)
        places, counts = self.places[kept], counts[counts > 1]
        # runs that all go on with the same word stay as they are, others are told apart
        added = ids[places + n - 1]
        number = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
        opens = _opens(counts)
        mixed = np.zeros(len(counts), np.bool_)
        mixed[number[np.flatnonzero(added != np.repeat(added[opens], counts))]] = True
        apart = np.repeat(mixed, counts)
        told = _grouped(added[apart] ^ number[apart] * STEP, places[apart])
        whole = places[~apart]
        counts = counts[~mixed]
        return _Runs(
            np.concatenate((whole, told.places)),
            np.concatenate((_opens(counts), told.opens + len(whole))),
        )


def _opens(counts: Counts) -> Counts:
    """Return where runs of so many members begin."""
    return np.cumsum(counts) - counts


def _pairs(ids: Numbers, firsts: Counts) -> _Runs:
    """Find equal pairs of words in each document."""
    keys = ids * STEP
    keys[:-1] += ids[1:]
    _to_keys(keys, np.arange(len(keys), dtype=np.uint64))
    # document by document: short sorts stay in the nearest cache. The last word begins no pair
    for start, end in pairwise(firsts.tolist()):
        keys[start : max(start, end - 1)].sort()
    return _equal(keys, np.concatenate((firsts, firsts[firsts > 0] - 1)))


def _grouped(numbers: Numbers, places: Counts) -> _Runs:
    """Find places with equal numbers."""
    _to_keys(numbers, places.astype(np.uint64))
    numbers.sort()
    return _equal(numbers, places[:0])


def _to_keys(numbers: Numbers, places: Numbers) -> None:
    """Turn numbers into keys, in place: the high bits of a hash, and the place."""
    numbers *= MIX
    numbers &= ~POSITION_MASK
    numbers |= places


def _equal(keys: Numbers, borders: Counts) -> _Runs:
    """Return the runs of keys with equal hashes; none goes across a border."""
    same = np.zeros(len(keys) + 1, np.bool_)  # as the key before
    np.less_equal(keys[1:] ^ keys[:-1], POSITION_MASK, out=same[1:-1])
    same[borders] = False
    members = np.flatnonzero(same[:-1] | same[1:])
    return _Runs((keys[members] & POSITION_MASK).astype(np.int64), np.flatnonzero(~same[members]))
