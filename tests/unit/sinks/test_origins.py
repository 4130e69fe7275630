from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tore_export.sinks import origins
from tore_export.sinks.origins import origins_of
from tore_export.storage.layout import Layout


@pytest.mark.parametrize("rows_at_once", [1, 2, 100])
def test_documents_that_became_records_are_counted_by_first_folder_and_language(
    rows_at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origins, "_ROWS_AT_ONCE", rows_at_once)
    layout = Layout(str(tmp_path))
    Path(layout.facts).mkdir(parents=True)
    for number, rows in enumerate(
        [
            [("a/b/c.md", "en", 2), ("a/d.md", None, 1), ("gone.md", "de", 0)],
            [("e.md", "en", 1)],
        ]
    ):
        columns = [list(column) for column in zip(*rows, strict=True)]
        table = pa.table(
            {
                "source": columns[0],
                "language": pa.array(columns[1], pa.string()),
                "n_records": columns[2],
            }
        )
        pq.write_table(table, Path(layout.facts) / f"unit-{number:06d}.parquet")
    found = origins_of(layout)
    assert found.folders == {"a": 2, ".": 1}
    assert found.languages == {"en": 2, "not said": 1}


def test_an_output_without_facts_says_nothing(tmp_path: Path) -> None:
    found = origins_of(Layout(str(tmp_path)))
    assert not found.folders
    assert not found.languages
