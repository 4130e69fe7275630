"""Look for leaks in a dataset that was written: read it back, and see what lies on two sides.

Nothing is taken from what decided on the splits: which document is where is read from the shards, and
what belongs together from the facts and from the texts themselves. A task reads one shard, or some row
groups of a large one, and keeps 8 bytes a row in a file of its own, sorted; equal rows are then counted
in ranges of these numbers, so no task holds more than such a range. What is kept of each document, about
20 bytes and with near-duplicates a fingerprint, is held together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.dedup.clusters import Map, clusters_of
from tore_export.dedup.contents import ShardContents, contents_of
from tore_export.dedup.rows import keys_of_documents
from tore_export.dedup.written import WHOLE, pieces_of
from tore_export.quality.prose import Counts, Flags
from tore_export.results import LeakReport
from tore_export.storage.files import delete, join, open_read

__all__ = ["LeakCheck", "check_leaks"]

RANGE_ROWS = 2_000_000
MOST_EXAMPLES = 3
FINGERPRINTED = ("text_hash", "minhash")

ReadAgain = Callable[[Sequence[int]], Iterable[ShardContents]]
"""What reads shards once more, by number, for fingerprints of their texts."""


@dataclass(frozen=True)
class LeakCheck:
    """What is looked for, and where.

    `payload` are the columns of a record; `has_ids` whether rows say their document. `threshold` is the
    similarity from which on documents belong together; `is_text` says that a document's rows joined are
    its text: then its fingerprint is that of what was written, else that of the facts.
    `by_group` asks for groups. `folder` holds what is kept of the rows while it is looked at.
    """

    payload: pa.Schema
    folder: str
    has_ids: bool = True
    threshold: float | None = None
    is_text: bool = False
    by_group: bool = False
    is_inherited: bool = False


def check_leaks(
    shards: Sequence[tuple[str, str, int]],
    facts: Sequence[str],
    check: LeakCheck,
    n_rows: int,
    map: Map = map,
) -> LeakReport:
    """Read a dataset back and return what is in two splits.

    `shards` are (split, path, size) of all of it, `facts` its files of facts in input order, `n_rows`
    about how many rows there are. `map` carries out the reading, piece by piece.

    **Raises** StorageError where the disk refuses; what is found is for the caller to judge.
    """
    if not shards:
        return LeakReport(records=0, threshold=check.threshold, is_inherited=check.is_inherited)
    names = sorted({split for split, *_ in shards})
    n_ranges = 1 + n_rows // RANGE_ROWS
    contents = partial(contents_of, payload=check.payload, has_ids=check.has_ids, n_ranges=n_ranges)
    by_text = check.has_ids and check.is_text and check.threshold is not None
    # the text of a document is told whole, and may lie in two pieces
    pieces = [
        (names.index(split), path, piece)
        for split, path, size in shards
        for piece in ([WHOLE] if by_text else pieces_of(path, size))
    ]
    tasks = [
        (*piece, join(check.folder, f"rows-{number:06d}")) for number, piece in enumerate(pieces)
    ]

    def read_again(numbers: Sequence[int]) -> Iterable[ShardContents]:
        return map(partial(contents, told_by=FINGERPRINTED), [tasks[number] for number in numbers])

    try:
        told_by = ("text_hash",) if by_text else ()
        read: list[ShardContents] = list(map(partial(contents, told_by=told_by), tasks))
        ranges = [
            [(s.side, s.path, *s.bounds[n : n + 2].tolist()) for s in read] for n in range(n_ranges)
        ]
        equal: Counts = sum(
            map(partial(_equal_rows, n_sides=len(names)), ranges), np.zeros(len(names), int)
        )
        report = LeakReport(
            records=sum(shard.rows for shard in read),
            equal_records={name: n for name, n in zip(names, equal.tolist(), strict=True) if n},
            threshold=check.threshold,
            is_inherited=check.is_inherited,
        )
        if check.has_ids:
            report = _with_documents(report, read, facts, check, map, read_again)
        return report
    finally:
        for *_, kept in tasks:
            delete(kept)


def _equal_rows(shards: list[tuple[int, str, int, int]], n_sides: int) -> Counts:
    """Return how many rows of each side equal one of another, in one range of their numbers."""
    read = []
    for _, path, start, end in shards:
        with open_read(path) as stream:
            stream.seek(8 * start)
            read.append(np.frombuffer(stream.read(8 * (end - start)), np.uint64))
    sides = np.repeat([side for side, *_ in shards], [len(numbers) for numbers in read])
    torn, of_row = _torn(np.concatenate(read), sides)
    return np.bincount(sides[torn[of_row]], minlength=n_sides)


def _torn(keys: npt.NDArray[Any], sides: Counts) -> tuple[Flags, Counts]:
    """Tell which keys, in their order, are on more than one side; and which of them each row has."""
    _, of_row = np.unique(keys, return_inverse=True)
    least = np.full(int(of_row.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    most = np.full(len(least), -1)
    np.minimum.at(least, of_row, sides)
    np.maximum.at(most, of_row, sides)
    return least != most, of_row


def _with_documents(
    report: LeakReport,
    read: list[ShardContents],
    facts: Sequence[str],
    check: LeakCheck,
    map: Map,
    read_again: ReadAgain,
) -> LeakReport:
    """Return the report with what is found by documents."""
    documents = np.concatenate([shard.documents for shard in read])
    sides = np.repeat([shard.side for shard in read], [len(shard.documents) for shard in read])
    torn, _ = _torn(documents, sides)
    in_two = np.unique(documents)[torn]
    report = replace(report, documents=len(torn), split_documents=0, shared_ids=0)
    if not (len(in_two) or check.by_group or check.threshold is not None):
        return report
    known = pa.concat_tables(map(partial(_facts_of, check=check), facts))
    numbers = known["document"].to_numpy()
    distinct, counts = np.unique(numbers, return_counts=True)
    shared = np.isin(in_two, distinct[counts > 1])
    report = replace(report, split_documents=int((~shared).sum()), shared_ids=int(shared.sum()))
    wanted = in_two[~shared][:MOST_EXAMPLES].tolist()
    # which of the documents read each row of the facts is about
    order = np.argsort(documents, kind="stable")
    rows = order[np.minimum(np.searchsorted(documents[order], numbers), len(documents) - 1)]
    is_there = documents[rows] == numbers
    # an id in two splits says of none of its documents in which of them it is
    is_placed = is_there & ~np.isin(numbers, in_two)
    if check.by_group:
        is_placed_in_group = is_placed & known["group_of"].is_valid().to_numpy()
        groups = pc.fill_null(known["group_of"], 0).to_numpy()[is_placed_in_group]
        members = rows[is_placed_in_group]
        torn, of_member = _torn(groups, sides[members])
        report = replace(report, groups=int(torn.sum()))
        wanted += documents[members][torn[of_member]][:MOST_EXAMPLES].tolist()
    if check.threshold is not None:
        if check.is_text:
            # in input order, as they were compared when splits were decided
            _, first = np.unique(rows[is_there], return_index=True)
            members = rows[is_there][np.sort(first)]
            members = np.concatenate([members, np.setdiff1d(np.arange(len(documents)), members)])
            texts = _fingerprinted(read, known, read_again).take(pa.array(members))
        else:
            members, texts = rows[is_placed], known.filter(pa.array(is_placed))
        torn, of_member = _torn(clusters_of(texts, check.threshold, map), sides[members])
        report = replace(report, near_duplicates=int(torn.sum()))
        wanted += documents[members][torn[of_member]][:MOST_EXAMPLES].tolist()
    return replace(report, examples=_named(wanted, facts))


def _fingerprinted(read: list[ShardContents], known: pa.Table, read_again: ReadAgain) -> pa.Table:
    """Return hash and fingerprint of the text of each document that was read.

    A text that facts know by its hash has the fingerprint they say. Shards with another text, which is
    not what splits were decided on, are read once more.
    """
    hashes = pa.chunked_array([shard.texts["text_hash"].combine_chunks() for shard in read])
    at = pc.index_in(hashes, value_set=known["text_hash"].combine_chunks())
    texts = pa.table({"text_hash": hashes, "minhash": known["minhash"].take(at)})
    starts = np.cumsum([0, *(shard.texts.num_rows for shard in read)])
    bounds = list(pairwise(starts.tolist()))
    tables = [texts.slice(first, last - first) for first, last in bounds]
    is_known = at.is_valid().to_numpy()
    unknown = [n for n, (first, last) in enumerate(bounds) if not is_known[first:last].all()]
    for number, shard in zip(unknown, read_again(unknown), strict=True):
        tables[number] = shard.texts
    return pa.concat_tables(tables)


def _facts_of(path: str, check: LeakCheck) -> pa.Table:
    """Return what facts say of the documents that have records, in input order."""
    import pyarrow.parquet as pq

    columns = ["doc_id", "source", "n_records"]
    columns += ["group_of"] if check.by_group else []
    columns += ["text_hash", "minhash"] if check.threshold is not None else []
    with open_read(path) as stream:
        table = pq.read_table(stream, columns=columns, use_threads=False)
    table = table.filter(pc.greater(table["n_records"], 0))
    found = {"document": pa.array(keys_of_documents(table))}
    if check.by_group:
        found["group_of"] = _numbers_of(table["group_of"])
    if check.threshold is not None:
        found |= {name: table[name] for name in ("text_hash", "minhash")}
    return pa.table(found)


def _numbers_of(values: pa.ChunkedArray) -> pa.Array:
    """Return a number for each string, null for none."""
    encoded = values.combine_chunks().dictionary_encode()
    numbers = [
        int.from_bytes(sha256(value.encode()).digest()[:8], "little")
        for value in encoded.dictionary.to_pylist()
    ]
    return pa.array(numbers, pa.uint64()).take(encoded.indices)


def _named(wanted: list[int], facts: Sequence[str]) -> tuple[str, ...]:
    """Return the names of documents by number, as `source: doc_id`."""
    import pyarrow.parquet as pq

    found: list[str] = []
    for path in facts if wanted else ():
        with open_read(path) as stream:
            table = pq.read_table(stream, columns=["doc_id", "source"], use_threads=False)
        chosen = np.isin(keys_of_documents(table), np.array(wanted, np.uint64))
        rows = table.filter(pa.array(chosen)).to_pylist()
        found += [f"{row['source']}: {row['doc_id']}" for row in rows]
    return tuple(dict.fromkeys(found))
