"""Parts: what a unit writes of each split, to be joined to shards when all units are done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

import pyarrow as pa

from tore_export.errors import StorageError
from tore_export.sinks.jsonl import JsonLinesPart
from tore_export.sinks.parquet import ParquetPart
from tore_export.storage.files import join, open_read, open_write
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Part

__all__ = ["PartWriters", "open_parts"]


class PartWriters:
    """The parts of one unit, opened when their first rows come, in place when `close` returns."""

    def __init__(self, layout: Layout, files: ExitStack) -> None:
        self._layout = layout
        self._files = files
        self._open: dict[str, tuple[str, ParquetPart | JsonLinesPart, list[int]]] = {}

    def write(self, unit: int, split: str, shard_format: str, rows: pa.Table) -> None:
        """Append rows to the part of `split`."""
        if split not in self._open:
            kind = ParquetPart if shard_format == "parquet" else JsonLinesPart
            name = f"unit-{unit:06d}.{split}{kind.suffix}"
            stream = self._files.enter_context(open_write(join(self._layout.parts, name)))
            writer = (
                ParquetPart(stream, rows.schema)
                if shard_format == "parquet"
                else JsonLinesPart(stream, zstd=shard_format == "jsonl.zst")
            )
            self._open[split] = name, writer, [0]
        _, writer, n_rows = self._open[split]
        writer.write(rows)
        n_rows[0] += rows.num_rows

    def close(self) -> list[Part]:
        """Finish the files; they are in place when the stack they were opened on is closed."""
        return [
            Part(
                name=name,
                split=split,
                rows=n_rows[0],
                estimate=writer.close(),
                size=writer.out.size,
                sha256=writer.out.sha256,
            )
            for split, (name, writer, n_rows) in sorted(self._open.items())
        ]


@contextmanager
def open_parts(layout: Layout, parts: Iterable[Part]) -> Iterator[Iterator[IO[bytes]]]:
    """Open parts one after the other. **Raises** StorageError for one that is not as written."""
    with ExitStack() as files:
        yield (files.enter_context(_open_part(layout, part)) for part in parts)


@contextmanager
def _open_part(layout: Layout, part: Part) -> Iterator[IO[bytes]]:
    path = join(layout.parts, part.name)
    with open_read(path) as stream:
        size = stream.seek(0, 2)
        if size != part.size:
            raise StorageError(
                "a part is not what its receipt says",
                where=path,
                found=f"{size} bytes",
                allowed=f"{part.size} bytes",
                hint="run again with --restart",
            )
        stream.seek(0)
        yield stream
