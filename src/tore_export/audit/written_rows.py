"""Rows of an output by their place, or by their document: only the shards that hold them are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tore_export.errors import DocumentError
from tore_export.sinks.shards import JoinReceipt
from tore_export.sources.lines import lines_of
from tore_export.sources.opened import Opened
from tore_export.sources.unit import InputFile
from tore_export.storage.files import join, list_files, open_read, read_bytes, stat
from tore_export.storage.layout import Layout

__all__ = ["Row", "Shard", "lines_with", "manifest_of", "rows_at", "rows_of_document", "shards_of"]

_NUMBERED = re.compile(r"([\w.]+)-\d{5}-of-\d{5}\.(?:parquet|jsonl|jsonl\.zst)")
_MOST_BYTES = 1_000_000_000

Row = tuple[str, int, dict[str, Any]]
"""Path of the shard, number from 1, values."""


class Shard(NamedTuple):
    """A file of rows; `n_rows` where the receipts say it."""

    split: str
    path: str
    n_rows: int | None = None


def shards_of(layout: Layout, splits: Sequence[str] = ()) -> list[Shard]:
    """Return the shards of an output in the order of their rows; `splits` are those there may be."""
    if layout.is_file:
        paths = [(split, layout.shard(split, 0, 1, layout.suffix or "")) for split in splits]
        return [Shard(split, path) for split, path in paths if stat(path) is not None]
    known = {
        receipt.path.rpartition("/")[2]: receipt.rows
        for info in list_files(layout.receipts)
        if info.path.rpartition("/")[2].startswith("join-")
        for receipt in [msgspec.json.decode(read_bytes(info.path), type=JoinReceipt)]
    }
    found = []
    for info in list_files(layout.data):
        name = info.path.rpartition("/")[2]
        numbered = _NUMBERED.fullmatch(name)
        if numbered is not None:
            found.append(Shard(numbered[1], info.path, known.get(name)))
    return found


def rows_at(shards: Sequence[Shard], split: str, first: int, count: int) -> Iterator[Row]:
    """Yield `count` rows of a split from place `first` on."""
    for shard in [shard for shard in shards if shard.split == split]:
        path = shard.path
        if count <= 0:
            return
        if shard.n_rows is not None and first >= shard.n_rows:
            first -= shard.n_rows
            continue
        if path.endswith(".parquet"):
            with open_read(path) as stream:
                parquet = pq.ParquetFile(stream)
                n_rows = parquet.metadata.num_rows
                found = _of_parquet(parquet, first, count) if first < n_rows else []
        else:
            # how many rows a shard of lines has is known when they are counted
            lines = _lines(path)
            n_rows = sum(1 for _ in islice(lines, first))
            found = [_decoded(line) for line in islice(lines, count)] if n_rows == first else []
        yield from ((path, first + at + 1, row) for at, row in enumerate(found))
        count -= len(found)
        first = 0 if found else first - n_rows


def _of_parquet(parquet: Any, first: int, count: int) -> list[dict[str, Any]]:
    groups: list[int] = []
    start = begin = 0
    for number in range(parquet.num_row_groups):
        n_rows = parquet.metadata.row_group(number).num_rows
        if start + n_rows > first and start < first + count:
            begin = begin if groups else start
            groups.append(number)
        start += n_rows
    rows: list[dict[str, Any]] = (
        parquet.read_row_groups(groups).slice(first - begin, count).to_pylist()
    )
    return rows


def rows_of_document(shards: Sequence[Shard], doc_id: str) -> Iterator[tuple[str, Row]]:
    """Yield (split, row) of a document's rows, by their column `doc_id`, from all shards."""
    for split, path, _ in shards:
        if path.endswith(".parquet"):
            with open_read(path) as stream:
                parquet = pq.ParquetFile(stream)
                if "doc_id" not in parquet.schema_arrow.names:
                    continue
                start = 0
                for number in range(parquet.num_row_groups):
                    ids = parquet.read_row_group(number, columns=["doc_id"])["doc_id"]
                    places = pc.indices_nonzero(pc.equal(ids, doc_id))
                    if len(places):
                        rows = parquet.read_row_group(number).take(places).to_pylist()
                        for place, row in zip(places.to_pylist(), rows, strict=True):
                            yield split, (path, start + place + 1, row)
                    start += len(ids)
        else:
            for number, row in lines_with(path, doc_id):
                yield split, (path, number, row)


def lines_with(path: str, doc_id: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (number, row) of the lines of a file that are of a document."""
    wanted = msgspec.json.encode(doc_id)
    for number, line in enumerate(_lines(path), 1):
        if wanted in line and (row := _decoded(line)).get("doc_id") == doc_id:
            yield number, row


def manifest_of(layout: Layout, doc_id: str) -> list[dict[str, Any]]:
    """Return what a batch wrote of a document."""
    path = join(layout.root, "manifest.jsonl")
    return [row for _, row in lines_with(path, doc_id)] if stat(path) is not None else []


def _lines(path: str) -> Iterator[bytes]:
    with Opened(InputFile(path, path, 0)) as opened:
        for _, line, _ in lines_of(opened.blocks(), _MOST_BYTES):
            yield line or b""


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise DocumentError("a row that is no JSON", found=str(error)) from error
    return found if isinstance(found, dict) else {}
