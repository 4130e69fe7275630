"""Rows of anybody's data, one after the other: JSON lines, JSON lists, Parquet; compressed or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from tore_export.audit.finding import Finding, Findings
from tore_export.audit.json_rows import JsonRows
from tore_export.errors import DocumentError
from tore_export.sources.json_lists import values_of
from tore_export.sources.json_text import BOM
from tore_export.sources.lines import lines_of
from tore_export.sources.opened import Opened, TruncatedError, too_large
from tore_export.sources.unit import InputFile, Limits

__all__ = ["columns_of_parquet", "is_parquet", "rows_of"]

_ROWS_AT_A_TIME = 1_000
_COMPRESSIONS = ("gzip", "zstd", None)


def rows_of(
    file: InputFile,
    limits: Limits,
    findings: Findings,
    columns: Sequence[str] | None = None,
    payload: Sequence[str] = (),
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield (number, row) of each row, (number, None) of one that cannot be read: `findings` says why.

    Numbers count from 1: lines of JSON lines, values of JSON lists, rows of Parquet. Of Parquet only
    `columns` are read. `payload` names the columns whose types are not this function's to compare.

    **Raises** nothing, neither for bad data nor for a file that cannot be opened.
    """
    try:
        with Opened(file) as opened:
            if opened.compression not in _COMPRESSIONS:
                said = f"text in {opened.compression}"
                findings.add(Finding(file.path, "not_utf8", None, said, "UTF-8"))
            if opened.head.data.startswith(b"PAR1"):
                yield from _parquet_rows(opened, file, findings, columns)
            else:
                yield from _json_rows(opened, file, limits, findings, payload)
    except DocumentError as error:
        findings.add(Finding.of_error(file.path, error))
    except OSError as error:
        said = error.strerror or str(error)
        findings.add(Finding(file.path, "unreadable", None, said, "a file that can be read"))


def is_parquet(file: InputFile) -> bool:
    """Tell whether a file is Parquet, by its first bytes; one that cannot be opened is none."""
    try:
        with Opened(file) as opened:
            return opened.head.data.startswith(b"PAR1")
    except (DocumentError, OSError):
        return False


def columns_of_parquet(file: InputFile) -> list[str]:
    """Return the names of a Parquet file's columns; none where it is damaged."""
    import pyarrow.parquet as pq

    try:
        with Opened(file) as opened:
            opened.raw.seek(0)
            names: list[str] = pq.ParquetFile(opened.raw).schema_arrow.names
            return names
    except (pa.ArrowException, OSError):
        return []


def _json_rows(
    opened: Opened,
    file: InputFile,
    limits: Limits,
    findings: Findings,
    payload: Sequence[str],
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    head = opened.head
    rows = JsonRows(file.path, limits, findings, payload)
    found: Iterator[tuple[int, bytes | None, int]]
    if head.first == b"[" and not head.is_named_lines:
        found = values_of(_unmarked(opened.blocks()), limits.max_document_bytes)
    elif head.first == b"{" and not head.is_lines and not head.is_named_lines:
        opened.read_all(limits)
        found = iter([(0, opened.head.data, len(opened.head.data))])
    else:
        found = lines_of(opened.blocks(), limits.max_document_bytes)
    number = 0
    try:
        for number, (offset, data, length) in enumerate(found, 1):
            if data is None:
                findings.add(Finding.of_error(file.path, too_large(length, limits), number))
                yield number, None
                continue
            if offset == 0 and data.startswith(BOM):
                allowed = "JSON, which has none"
                findings.add(Finding(file.path, "byte_order_mark", None, "a mark", allowed, number))
                data = data.removeprefix(BOM)  # noqa: PLW2901
            if data.strip():
                yield number, rows.decoded(data, number)
    except TruncatedError as error:
        findings.add(Finding.of_error(file.path, error, number + 1))


def _unmarked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield next(blocks, b"").removeprefix(BOM)
    yield from blocks


def _parquet_rows(
    opened: Opened, file: InputFile, findings: Findings, columns: Sequence[str] | None
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    import pyarrow.parquet as pq

    number = 0
    try:
        opened.raw.seek(0)
        parquet = pq.ParquetFile(opened.raw)
        there = parquet.schema_arrow.names
        wanted = there if columns is None else [name for name in columns if name in there]
        for batch in parquet.iter_batches(_ROWS_AT_A_TIME, columns=wanted, use_threads=False):
            for row in _decoded(batch, number, file, findings):
                number += 1
                yield number, row
    except (pa.ArrowException, OSError) as error:
        findings.add(
            Finding(file.path, "damaged_parquet", None, str(error), "a whole file", number or None)
        )


def _decoded(
    batch: pa.RecordBatch, before: int, file: InputFile, findings: Findings
) -> list[dict[str, Any] | None]:
    """Return the rows of a batch; None for one whose text is no UTF-8."""
    try:
        found: list[dict[str, Any] | None] = list(batch.to_pylist())
        return found
    except UnicodeDecodeError as error:
        if batch.num_rows == 1:
            said = f"byte 0x{error.object[error.start]:02x}"
            findings.add(Finding(file.path, "not_utf8", None, said, "UTF-8", before + 1))
            return [None]
    middle = batch.num_rows // 2
    return [
        *_decoded(batch.slice(0, middle), before, file, findings),
        *_decoded(batch.slice(middle), before + middle, file, findings),
    ]
