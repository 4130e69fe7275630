"""The shape of a file is told from what its first rows look like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.audit.planted import SHAPES
from tore_export.audit.told_shape import told_shape
from tore_export.errors import ConfigError
from tore_export.sources.unit import InputFile, Limits


def told(path: Path, named: str | None = None) -> Any:
    shape = told_shape(InputFile(str(path), path.name, 0), Limits(), named)
    return None if shape is None else (shape.name, shape.schema)


def lines(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_tell_their_shape_in_lines_and_in_parquet(shape: str, tmp_path: Path) -> None:
    rows = [SHAPES[shape](number) | {"id": number} for number in range(3)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    found = told(lines(tmp_path / "a.jsonl", *rows))
    assert found == told(tmp_path / "a.parquet")
    assert found[0] == shape.replace("conversational", "prompt_completion")
    is_text = found[1].field(0).type == pa.string()
    assert is_text == (shape not in ("conversational", "messages", "sharegpt"))


def test_rows_that_cannot_be_read_tell_nothing_and_the_next_one_does(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"messages": \n17\n{"messages": []}')
    assert told(path)[0] == "messages"


def test_documents_are_no_rows_even_where_some_are_texts(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", {"text": "a"}, {"elements": []})
    assert told(path) is None
    assert told(lines(tmp_path / "b.jsonl", {"type": "Title", "text": "a"})) is None
    assert told(lines(tmp_path / "c.jsonl", {"question": "a"})) is None


def test_an_empty_parquet_file_tells_by_its_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table({"conversations": pa.array([], pa.string())}), tmp_path / "a.parquet")
    assert told(tmp_path / "a.parquet")[0] == "sharegpt"


def test_a_shape_that_is_named_is_taken(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", {"text": "a", "messages": []})
    assert told(path)[0] == "messages"
    assert told(path, "text")[0] == "text"
    listed = lines(tmp_path / "b.jsonl", {"prompt": [], "completion": []})
    assert told(listed, "prompt_completion") == told(listed)
    with pytest.raises(ConfigError, match="no shape is known"):
        told(path, "poem")
