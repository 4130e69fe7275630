"""A file made by copying row groups is, byte for byte, what one writer makes of the same ones."""

from __future__ import annotations

import io
from itertools import pairwise

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import prose
from tore_export.errors import StorageError
from tore_export.sinks.parquet_footer import RowGroups
from tore_export.sinks.writing import HashingWriter

ROWS = pa.table(
    {
        "doc_id": [f"d{n}" for n in range(400)],
        "source": [f"s{n // 150}" for n in range(400)],
        "text": pa.array([None if n % 50 == 7 else prose(n) + " é漢" for n in range(400)]),
        "score": pa.array([n / 7 if n % 3 else None for n in range(400)]),
        "is_new": [n % 5 == 0 for n in range(400)],
        "metadata": pa.array(
            [{"pages": [n, n + 1], "chunk": {"number": n, "of": None}} for n in range(400)],
            pa.struct(
                {
                    "pages": pa.list_(pa.int32()),
                    "chunk": pa.struct({"number": pa.int32(), "of": pa.int64()}),
                }
            ),
        ),
    }
)


def parquet(groups: list[pa.Table], schema: pa.Schema = ROWS.schema, **options: object) -> bytes:
    stream = io.BytesIO()
    ours = {"compression": "zstd", "use_dictionary": ["source"], "write_statistics": False}
    with pq.ParquetWriter(stream, schema, **ours | options) as writer:
        for group in groups:
            writer.write_table(group.combine_chunks())
    return stream.getvalue()


def joined(files: list[bytes], **options: object) -> bytes:
    out = HashingWriter(stream := io.BytesIO())
    shard = RowGroups(out, io.BytesIO(parquet([], **options)))
    for file in files:
        shard.copy(io.BytesIO(file))
    shard.close()
    assert shard.rows == pq.ParquetFile(stream).metadata.num_rows
    return stream.getvalue()


def cut(places: list[int]) -> list[pa.Table]:
    bounds = [0, *sorted(places), ROWS.num_rows]
    return [ROWS.slice(a, b - a) for a, b in pairwise(bounds) if b > a]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 400), max_size=9), min_size=1, max_size=4))
def test_row_groups_copied_are_those_of_one_writer(files: list[list[int]]) -> None:
    groups = [cut(places) for places in files]
    of_one = parquet([group for of_file in groups for group in of_file])
    assert joined([parquet(of_file) for of_file in groups]) == of_one


def test_it_holds_of_any_number_of_row_groups() -> None:
    """Fewer than fifteen are counted otherwise than more; a hundred and thirty take a byte more."""
    for n_files in (1, 7, 14, 15, 16, 130):
        groups = [ROWS.slice(n, 2) for n in range(n_files)]
        assert joined([parquet([group]) for group in groups]) == parquet(groups)


@pytest.mark.parametrize(
    "options",
    [{"use_dictionary": True}, {"write_statistics": True}, {"compression": "none"}],
    ids=lambda options: next(iter(options)),
)
def test_it_holds_however_columns_are_written(options: dict[str, object]) -> None:
    groups = cut([100, 333])
    files = [parquet([group], **options) for group in groups]
    assert joined(files, **options) == parquet(groups, **options)


def test_pages_of_a_long_column_are_found() -> None:
    """With a dictionary that is given up for plain pages in the middle of a column."""
    texts = pa.table({"text": [prose(n) * 5 for n in range(1_500)]})
    options: dict[str, object] = {"schema": texts.schema, "use_dictionary": True}
    file = parquet([texts], **options)
    assert joined([file, file], **options) == parquet([texts, texts], **options)


def test_other_readers_read_what_was_copied() -> None:
    data = joined([parquet([group]) for group in cut([50, 51, 200])])
    assert pq.read_table(io.BytesIO(data)).equals(ROWS)
    assert pl.read_parquet(io.BytesIO(data)).equals(pl.from_arrow(ROWS))


def test_a_file_without_rows_joined_to_others_adds_nothing() -> None:
    assert joined([parquet([]), parquet([ROWS]), parquet([])]) == parquet([ROWS])


def damaged(*row_groups: int) -> bytes:
    """Return a file that says this of its row groups."""
    whole = parquet([])
    footer = whole[4:-8]
    head = footer[: footer.index(b"\x16\x00\x19\x0c")]
    footer = head + bytes([0x16, 0, *row_groups])
    return b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "no footer of Parquet"),
        (b"PAR1", "no footer of Parquet"),
        (parquet([ROWS])[:-1], "no footer of Parquet"),
        (b"PAR1\xff\xff\xff\x7fPAR1", "no footer of Parquet"),
        (b"PAR1" + b"\0" * 40 + (40).to_bytes(4, "little") + b"PAR1", "another schema"),
        (parquet([ROWS.select(["text"])], ROWS.select(["text"]).schema), "another schema"),
        (parquet([ROWS], store_schema=False), "written by another version"),
        (damaged(0x19, 0x01), "does not use"),  # a list of booleans takes no room at all
        (damaged(0x19, 0xFC, *b"\xff\xff\xff\x0f"), "index out of range"),
        (damaged(0x19, 0x1D, 0), "type 13 of Thrift"),
        (damaged(0x19, 0x1C, *[0x1C] * 20_000), "recursion"),
    ],
    ids=range(11),
)
def test_what_is_no_such_file_is_refused(data: bytes, found: str) -> None:
    with pytest.raises(StorageError, match=found):
        joined([data])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 3_000), st.integers(0, 255))
def test_a_footer_that_is_damaged_is_refused_or_read_to_its_end(back: int, byte: int) -> None:
    whole = parquet([ROWS.slice(0, 20)])
    n_bytes = int.from_bytes(whole[-8:-4], "little")
    at = len(whole) - 9 - back % n_bytes
    try:
        joined([whole[:at] + bytes([byte]) + whole[at + 1 :]])
    except (StorageError, pa.ArrowException, OSError, AssertionError):
        return  # what a file says of itself, and is not so, shows when it is read
