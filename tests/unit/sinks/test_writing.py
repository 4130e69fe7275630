"""Files that are hashed while they are written, facts, and frames."""

from __future__ import annotations

import io
import json
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import prose
from tests.unit.sinks.test_accounts import rows
from tore_export.sinks import jsonl
from tore_export.sinks.facts import facts_of, write_facts
from tore_export.sinks.jsonl import JsonLinesPart, join_copies
from tore_export.sinks.parquet import ParquetPart, join_as_parquet
from tore_export.sinks.writing import HashingWriter
from tore_export.storage.layout import Layout


def test_what_is_written_through_is_counted_and_hashed() -> None:
    stream = io.BytesIO()
    out = HashingWriter(stream)
    assert out.write(b"ab") + out.write(memoryview(b"cd")) == out.tell() == out.size == 4
    assert (stream.getvalue(), out.sha256) == (b"abcd", sha256(b"abcd").hexdigest())


def test_arrow_writes_to_it_as_to_a_file_and_leaves_the_stream_open() -> None:
    stream = io.BytesIO()
    out = HashingWriter(stream)
    table = pa.table({"a": [1, 2]})
    pq.write_table(table, out)
    assert out.writable()
    out.flush()
    out.close()
    assert out.closed
    assert not stream.closed
    assert pq.read_table(stream).equals(table)
    assert out.sha256 == sha256(stream.getvalue()).hexdigest()


def test_facts_are_one_file_a_unit_and_none_for_a_unit_without_documents(tmp_path: Path) -> None:
    layout = Layout(str(tmp_path))
    write_facts(layout, 3, [])
    assert not Path(layout.facts).exists()
    write_facts(layout, 4, [facts_of(rows(4, 2, 0, mark=None)), facts_of(rows(4, 0, 1, mark=None))])
    (path,) = Path(layout.facts).iterdir()
    assert path.name == "unit-000004.parquet"
    assert pq.read_table(path)["doc_id"].to_pylist() == ["k0", "k1", "f0"]


@pytest.mark.parametrize("step", [1, 7, 100])
def test_frames_are_cut_by_bytes_and_never_by_how_rows_arrive(
    monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(jsonl, "FRAME_BYTES", 500)
    table = pa.table({"n": list(range(100))})
    stream, whole = io.BytesIO(), io.BytesIO()
    part, at_once = JsonLinesPart(stream, zstd=True), JsonLinesPart(whole, zstd=True)
    for start in range(0, 100, step):
        part.write(table.slice(start, step))
    at_once.write(table)
    assert part.close() == at_once.close() == len(stream.getvalue())
    assert stream.getvalue() == whole.getvalue()
    plain = pa.CompressedInputStream(pa.BufferReader(stream.getvalue()), "zstd").read()
    assert [json.loads(line)["n"] for line in plain.splitlines()] == list(range(100))
    assert stream.getvalue().count(b"\x28\xb5\x2f\xfd") == -(-len(plain) // 500)


def test_parts_are_joined_by_copying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "COPY_BYTES", 3)
    out = HashingWriter(stream := io.BytesIO())
    join_copies([io.BytesIO(b"abcdefgh\n"), io.BytesIO(b""), io.BytesIO(b"i\n")], out)
    assert stream.getvalue() == b"abcdefgh\ni\n"


def test_pages_of_a_shard_do_not_end_where_its_tables_were_cut() -> None:
    """Texts of more than a page, so that where a page ends shows in the bytes."""
    texts = [prose(n) for n in range(3_000)]
    table = pa.table({"text": texts})
    shards = set()
    for n_rows in (3_000, 1_000, 77):
        stream, out = io.BytesIO(), io.BytesIO()
        part = ParquetPart(stream, table.schema)
        for start in range(0, table.num_rows, n_rows):
            part.write(table.slice(start, n_rows))
        part.close()
        stream.seek(0)
        join_as_parquet([stream], table.schema, HashingWriter(out))
        shards.add(out.getvalue())
    assert sum(map(len, texts)) > 1_500_000
    assert len(shards) == 1
