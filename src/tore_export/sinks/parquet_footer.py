"""Parquet files made of the row groups of others, by copying: only their footers are read and written.

pyarrow writes row groups from rows alone, and compressing all rows once more, by the one worker that
joins a shard, was a twentieth of the job. What is copied tells in its file's footer where it lies; these
numbers are moved, and the footers' lists of row groups become one. The result is, byte for byte, what
one writer makes of the same row groups.

**Source** Apache Thrift, "Thrift Compact protocol encoding"; Apache Parquet, `parquet.thrift`.
"""

from __future__ import annotations

from typing import IO

from tore_export.errors import StorageError
from tore_export.sinks.writing import HashingWriter

__all__ = ["MAGIC", "RowGroups"]

MAGIC = b"PAR1"
TAIL_BYTES = 4 + len(MAGIC)  # the footer's length, and the mark once more
COPY_BYTES = 4_000_000

TRUE, FALSE, I16, I32, I64, BINARY, LIST, STRUCT = 1, 2, 4, 5, 6, 8, 9, 12
LONG_LIST = 15

# parquet.thrift: fields of FileMetaData, RowGroup, ColumnChunk and ColumnMetaData
SCHEMA, ROWS, ROW_GROUPS = 2, 3, 4
PLACES = frozenset({(5,), (1, 3, 9), (1, 3, 10), (1, 3, 11)})
"""Where a row group says where it lies: itself, and of each column data, an index, a dictionary."""

Places = list[tuple[int, int]]


class RowGroups:
    """A Parquet file of row groups that lie in other files of the same schema, `empty` one of them."""

    def __init__(self, out: HashingWriter, empty: IO[bytes]) -> None:
        self._out = out
        self._groups = bytearray()
        self._n_groups = 0
        self.rows = 0
        footer, _ = _footer_of(empty)
        field = end = 0
        while field != SCHEMA:
            field += footer[end] >> 4
            end = _end_of(footer[end] & 15, footer, end + 1, (), [])
        self._head = footer[:end]
        self._tail = self._parted(footer)[-1]
        out.write(MAGIC)

    def copy(self, file: IO[bytes]) -> None:
        """Append all row groups of a file. **Raises** StorageError where it is no such file."""
        try:
            footer, end = _footer_of(file)
            rows, n_groups, groups, places, tail = self._parted(footer)
            if tail != self._tail:
                raise ValueError("written by another version")
        except (OSError, ValueError, IndexError, RecursionError) as error:
            raise StorageError(
                "a part cannot be joined", found=str(error), hint="run again with --restart"
            ) from error
        groups = _moved(groups, places, self._out.size - len(MAGIC))
        file.seek(len(MAGIC))
        for start in range(len(MAGIC), end, COPY_BYTES):
            self._out.write(file.read(min(COPY_BYTES, end - start)))
        self._groups += groups
        self._n_groups += n_groups
        self.rows += rows

    def close(self) -> None:
        """Write the footer of all."""
        footer = bytearray(self._head)
        footer.append((ROWS - SCHEMA) << 4 | I64)
        footer += _varint(self.rows << 1)
        footer.append((ROW_GROUPS - ROWS) << 4 | LIST)
        footer.append(min(self._n_groups, LONG_LIST) << 4 | STRUCT)
        if self._n_groups >= LONG_LIST:
            footer += _varint(self._n_groups)
        footer += self._groups
        footer += self._tail
        self._out.write(bytes(footer) + len(footer).to_bytes(4, "little") + MAGIC)

    def _parted(self, footer: bytes) -> tuple[int, int, bytes, Places, bytes]:
        """Return a footer's number of rows and of row groups, these, their PLACES, and what follows."""
        if not footer.startswith(self._head):
            raise ValueError("another schema")
        rows, at = _read_varint(footer, len(self._head) + 1)
        n_groups, start = _read_size(footer, at + 1)
        places: Places = []
        end = _end_of(LIST, footer, at + 1, (), places)
        places = [(first - start, last - start) for first, last in places]
        return rows >> 1, n_groups, footer[start:end], places, footer[end:]


def _footer_of(file: IO[bytes]) -> tuple[bytes, int]:
    """Return a file's footer, and where its row groups end."""
    end = file.seek(0, 2) - TAIL_BYTES
    file.seek(max(end, 0))
    start = end - int.from_bytes(file.read(4), "little")
    if file.read() != MAGIC or start < len(MAGIC):
        raise ValueError("no footer of Parquet")
    file.seek(start)
    return file.read(end - start), start


def _moved(groups: bytes, places: Places, by: int) -> bytes:
    """Return row groups that say that they lie so many bytes further on."""
    out = bytearray()
    copied = 0
    for start, end in places:
        place, _ = _read_varint(groups, start)
        out += groups[copied:start]
        out += _varint(place + (by << 1))
        copied = end
    return bytes(out + groups[copied:])


def _end_of(kind: int, data: bytes, at: int, path: tuple[int, ...], places: Places) -> int:
    """Return where a value of some type ends; add start and end of all PLACES that are within."""
    if kind in (I64, I32, I16):
        start = at
        while data[at] > 127:
            at += 1
        if path in PLACES:
            places.append((start, at + 1))
        return at + 1
    if kind == BINARY:
        size, at = _read_varint(data, at)
        return at + size
    if kind == LIST:
        inner = data[at] & 15
        if inner in (TRUE, FALSE):
            raise ValueError("a list of Thrift that Parquet does not use")
        size, at = _read_size(data, at)
        for _ in range(size):
            at = _end_of(inner, data, at, path, places)
        return at
    if kind == STRUCT:
        field = 0
        while head := data[at]:
            field += head >> 4  # none of Parquet's are fifteen numbers apart
            at = _end_of(head & 15, data, at + 1, (*path, field), places)
        return at + 1
    if kind in (TRUE, FALSE):
        return at  # the type says it all
    raise ValueError(f"type {kind} of Thrift, which Parquet does not use")


def _read_size(data: bytes, at: int) -> tuple[int, int]:
    """Return how many values a list has, and where the first one lies."""
    size = data[at] >> 4
    return (size, at + 1) if size < LONG_LIST else _read_varint(data, at + 1)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while (byte := data[at]) > 127:
        number |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
    return number | byte << shift, at + 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)
