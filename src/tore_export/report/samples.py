"""Samples of a run, read back from its shards and rejects: a bounded number, chosen by hash."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import Any

import msgspec

from tore_export.results import RunSummary
from tore_export.storage.files import join, list_files, open_read, read_bytes, stat
from tore_export.storage.layout import Layout

__all__ = ["Piece", "Sample", "samples_of"]

MOST_OF_SPLIT = 24
MOST_OF_RULE = 8
MOST_CHARACTERS = 4_000
MOST_PIECES = 12
READ_BYTES = 64_000_000
"""Most bytes of the rejects that are looked at; of larger ones, windows all over them."""

_WINDOWS = 16
_KEPT_WINDOW = 4_000_000
_SHARDS_OF_SPLIT = 3
_ROWS_AT_ONCE = 500
_PROVENANCE = ("doc_id", "source", "n_tokens", "quality_score", "metadata")


class Piece(msgspec.Struct, frozen=True):
    """A part of a sample with its name: a field of the record, or the role of a turn."""

    name: str
    text: str
    left_out: int = 0


class Sample(msgspec.Struct, frozen=True):
    """A record as it was written, or a document that went away and why.

    `group` is the split or `stage.rule`; the text is cut where it is long, `left_out` characters of it.
    """

    fate: str
    group: str
    doc_id: str
    source: str
    n_tokens: int | None
    pieces: list[Piece]
    score: float | None = None
    pages: list[int] = []
    value: float | None = None
    threshold: float | None = None
    detail: str | None = None


def samples_of(layout: Layout, summary: RunSummary) -> list[Sample]:
    """Return samples of what was kept, by split, and of what went away, by rule."""
    kept = [
        sample
        for split, rows in summary.records.items()
        if rows
        for sample in _kept(layout, summary, split)
    ]
    return [*kept, *_rejected(layout)]


def _kept(layout: Layout, summary: RunSummary, split: str) -> Iterator[Sample]:
    names = [shard.rpartition("/")[2] for shard in summary.shards]
    if layout.is_file:
        paths = [layout.shard(split, 0, 1, layout.suffix or "")]
    else:
        paths = [join(layout.data, name) for name in names if name.startswith(f"{split}-")]
    # a dataset may have been moved elsewhere without what tells of it
    paths = [path for path in paths if stat(path) is not None]
    chosen = sorted(nsmallest(_SHARDS_OF_SPLIT, paths, key=_hash_of_name))
    share = -(-MOST_OF_SPLIT // len(chosen)) if chosen else 0
    for path in chosen:
        yield from (_of_record(row, split) for row in _rows(path, share))


def _rows(path: str, most: int) -> Iterable[Mapping[str, Any]]:
    """Return some rows of a shard, out of a row group or of a window of its lines, in their order."""
    if path.endswith(".parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        with open_read(path) as stream, pq.ParquetFile(stream) as file:
            group = _hash_of_name(path) % file.num_row_groups
            picked = _picked(path, file.metadata.row_group(group).num_rows, most)
            rows: list[dict[str, Any]] = []
            start = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, [group], use_threads=False):
                here = [at - start for at in picked if start <= at < start + batch.num_rows]
                rows += batch.take(pa.array(here, pa.int64())).to_pylist()
                start += batch.num_rows
            return rows
    lines = _lines(path)
    return [msgspec.json.decode(lines[at]) for at in _picked(path, len(lines), most)]


def _picked(path: str, of: int, most: int) -> list[int]:
    """Return which of so many rows are shown."""
    begun = _hash(f"{path.rpartition('/')[2]} ")
    hashes = [zlib.crc32(b"%d" % at, begun) for at in range(of)]
    return sorted(nsmallest(most, range(of), key=hashes.__getitem__))


def _lines(path: str) -> Sequence[bytes]:
    """Return whole lines from somewhere in a file: its beginning, where it is compressed."""
    if path.endswith(".zst"):
        import pyarrow as pa

        with open_read(path) as stream, pa.CompressedInputStream(stream, "zstd") as text:
            return _whole(text.read(_KEPT_WINDOW), is_start=True)
    found = stat(path)
    size = 0 if found is None else found.size
    start = _hash_of_name(path) % size if size > _KEPT_WINDOW else 0
    start = min(start, max(size - _KEPT_WINDOW, 0))
    window = read_bytes(path, start, _KEPT_WINDOW)
    lines = _whole(window, is_start=start == 0)
    # a line longer than the window is not shown rather than cut
    return lines or _whole(read_bytes(path, 0, _KEPT_WINDOW), is_start=True)


def _whole(window: bytes, *, is_start: bool) -> list[bytes]:
    """Return the lines of a window that begin and end in it."""
    lines = window.split(b"\n")
    return [line for line in lines[0 if is_start else 1 : -1] if line]


def _of_record(row: Mapping[str, Any], split: str) -> Sample:
    metadata = row.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    payload = {name: value for name, value in row.items() if name not in _PROVENANCE}

    def told(name: str) -> Any:
        value = row.get(name)
        return metadata.get(name) if value is None else value

    return Sample(
        fate="kept",
        group=split,
        doc_id=str(told("doc_id") or ""),
        source=str(told("source") or ""),
        n_tokens=told("n_tokens"),
        pieces=[_piece(*pair) for pair in _texts(payload)][:MOST_PIECES],
        score=told("quality_score"),
        pages=list(told("pages") or ())[:20],
    )


def _texts(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a record says, with names: its columns, or the turns of a dialogue.

    >>> list(_texts({"messages": [{"role": "user", "content": "Hi"}], "tools": None}))
    [('user', 'Hi')]
    """
    for name, value in payload.items():
        if value is None or value == "":
            continue
        if isinstance(value, str):
            yield name, value
            continue
        for item in value if isinstance(value, list) else [value]:
            turn = item if isinstance(item, Mapping) else {}
            role = turn.get("role") or turn.get("from")
            said = turn.get("content") or turn.get("value")
            if role and isinstance(said, str):
                yield str(role), said
            else:
                yield str(role or name), msgspec.json.encode(item, enc_hook=str).decode()


def _piece(name: str, text: str) -> Piece:
    return Piece(name, text[:MOST_CHARACTERS], max(len(text) - MOST_CHARACTERS, 0))


class _Named(msgspec.Struct):
    doc_id: str | None = None
    stage: str | None = None
    rule: str | None = None


class _Rejected(_Named):
    source: str | None = None
    failed: bool | None = None
    value: float | None = None
    threshold: float | None = None
    detail: str | None = None
    n_tokens: int | None = None
    text: str | None = None


def _rejected(layout: Layout) -> Iterator[Sample]:
    # of most rows only the names are looked at
    names, decoder = msgspec.json.Decoder(_Named), msgspec.json.Decoder(_Rejected)
    by_rule: dict[str, list[tuple[int, int, bytes]]] = defaultdict(list)
    for at, line in enumerate(_lines_of_rejects(layout)):
        named = names.decode(line)
        held = by_rule[f"{named.stage}.{named.rule}"]
        held.append((_hash(named.doc_id or ""), at, line))
        if len(held) > 64 * MOST_OF_RULE:
            held[:] = nsmallest(MOST_OF_RULE, held, key=lambda one: one[:2])
    for rule, held in sorted(by_rule.items()):
        for _, _, line in nsmallest(MOST_OF_RULE, held, key=lambda one: one[:2]):
            row = decoder.decode(line)
            yield Sample(
                fate="failed" if row.failed else "dropped",
                group=rule,
                doc_id=row.doc_id or "",
                source=row.source or "",
                n_tokens=row.n_tokens,
                pieces=[_piece("text", row.text)] if row.text else [],
                value=row.value,
                threshold=row.threshold,
                detail=row.detail,
            )


def _lines_of_rejects(layout: Layout) -> Iterator[bytes]:
    files = [info for info in list_files(layout.rejects) if info.path.endswith(".jsonl")]
    total = sum(info.size for info in files)
    if total <= READ_BYTES:
        for info in files:
            yield from filter(None, read_bytes(info.path).split(b"\n"))
        return
    length = READ_BYTES // _WINDOWS
    for info in files:
        n_windows = max(1, _WINDOWS * info.size // total)
        for number in range(n_windows):
            start = number * max(info.size - length, 0) // max(n_windows - 1, 1)
            window = read_bytes(info.path, start, length)
            yield from _whole(window, is_start=start == 0)


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


def _hash_of_name(path: str) -> int:
    # by its name alone: the report of a moved output is the same
    return _hash(path.rpartition("/")[2])
