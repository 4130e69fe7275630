from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.sources.reading import LIMITS, input_file
from tore_export.documents.schema import END_OF_UNIT
from tore_export.sources.limit import read
from tore_export.sources.unit import Unit


@pytest.mark.parametrize(("limit", "expected"), [(None, 5), (5, 5), (3, 3), (2, 2), (1, 1)])
def test_the_first_documents_come_and_then_the_mark(
    tmp_path: Path, limit: int | None, expected: int
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "a"}\n' * 5)
    unit = Unit(0, "files", (input_file(path),), limit=limit)
    found = [row for table in read(unit, LIMITS, 2) for row in table["reject"].to_pylist()]
    assert found[:-1] == [None] * expected
    assert found[-1]["rule"] == END_OF_UNIT
    assert found[-1]["value"] == expected
