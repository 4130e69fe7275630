"""What a shard holds, kept small: numbers for its rows and documents, and what tells their texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pyarrow as pa

from tore_export.dedup.minhash import fingerprints_of
from tore_export.dedup.rows import (
    first_rows_of_documents,
    joined_runs,
    keys_of_documents,
    keys_of_rows,
)
from tore_export.dedup.written import Piece, tables_of
from tore_export.errors import StorageError
from tore_export.quality.prose import Counts
from tore_export.quality.words import Numbers
from tore_export.storage.files import open_write

__all__ = ["ShardContents", "contents_of"]

MOST_BYTES_OF_DOCUMENT = 256_000_000
IDENTITY = pa.schema([("doc_id", pa.string()), ("source", pa.string())])


@dataclass(frozen=True)
class ShardContents:
    """What a shard or a piece of it holds: rows, documents by number, what tells their texts, if asked.

    The numbers of its rows lie in a file at `path`, sorted; `bounds` are the places in it where ranges
    begin, and where the last one ends.
    """

    side: int
    rows: int
    bounds: Counts
    path: str
    documents: Numbers
    texts: pa.Table


def contents_of(
    shard: tuple[int, str, Piece, str],
    payload: pa.Schema,
    *,
    has_ids: bool,
    told_by: Sequence[str],
    n_ranges: int,
) -> ShardContents:
    """Read a shard, and keep the numbers of its rows in a file.

    `shard` is its side, its path, which piece of it is meant, and the path of the file; `payload` are
    the columns of a record. Where rows have ids they are gathered to documents. `told_by` (`text_hash`,
    `minhash`, none) is what is wanted of a document's text, which is the first column of `payload`, of
    all its rows in turn.

    **Raises** StorageError for a shard that cannot be read back.
    """
    side, path, piece, kept = shard
    identity = IDENTITY if has_ids else pa.schema([])
    names = [field for field in payload if field.name not in identity.names]
    schema = pa.schema([*identity, *names])
    rows: list[Numbers] = [np.zeros(0, np.uint64)]
    documents: list[Numbers] = [np.zeros(0, np.uint64)]
    texts = [_texts_of(pa.array([], pa.string()), told_by)]
    try:
        tables: Iterable[pa.Table] = tables_of(path, schema, piece)
        if told_by:
            tables = _by_document(tables)
        for table in tables:
            rows.append(keys_of_rows(table.select(payload.names)))
            if not has_ids:
                continue
            firsts = first_rows_of_documents(table)
            documents.append(keys_of_documents(table.take(pa.array(firsts))))
            if told_by:
                pieces = table[payload.names[0]].combine_chunks()
                whole = joined_runs(pieces, np.append(firsts, table.num_rows))
                texts.append(_texts_of(whole.cast(pa.string()), told_by))
    except (OSError, pa.ArrowException) as error:
        raise StorageError(
            "a shard cannot be read back",
            where=path,
            found=str(error).partition("\n")[0],
            hint="remove the output and make it again, or look at the disk",
        ) from error
    numbers = np.sort(np.concatenate(rows))
    edges = np.array([n * 2**64 // n_ranges for n in range(1, n_ranges)], np.uint64)
    with open_write(kept, synced=False) as stream:
        stream.write(numbers.tobytes())
    return ShardContents(
        side=side,
        rows=len(numbers),
        bounds=np.concatenate([[0], np.searchsorted(numbers, edges), [len(numbers)]]),
        path=kept,
        documents=np.concatenate(documents),
        texts=pa.concat_tables(texts),
    )


def _by_document(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Cut tables anew, so that none begins within a document, unless it is beyond all measure."""
    begun: list[pa.Table] = []
    for table in tables:
        n_begun = begun[-1].num_rows if begun else 0
        firsts = first_rows_of_documents(pa.concat_tables([*begun[-1:], table]))
        last = int(firsts[-1]) - n_begun if len(firsts) else 0
        if last > 0 or (begun and last == 0):
            yield pa.concat_tables([*begun, table.slice(0, last)]).combine_chunks()
            begun = []
        begun.append(table.slice(max(last, 0)))
        if sum(part.nbytes for part in begun) > MOST_BYTES_OF_DOCUMENT:
            yield pa.concat_tables(begun).combine_chunks()
            begun = []
    if begun:
        yield pa.concat_tables(begun).combine_chunks()


def _texts_of(texts: pa.StringArray, told_by: Sequence[str]) -> pa.Table:
    columns = {}
    if "text_hash" in told_by:
        hashes = [sha256(text.as_buffer()).digest()[:16] for text in texts]
        columns["text_hash"] = pa.array(hashes, pa.binary(16))
    if "minhash" in told_by:
        columns["minhash"] = fingerprints_of(texts)
    return pa.table(columns)
