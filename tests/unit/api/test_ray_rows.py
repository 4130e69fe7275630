"""Our stages in a Ray Dataset of the user's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import document, prose, write_jsonl
from tore_export import ExportAPI, TrainingConfig, from_ray
from tore_export.errors import UsageError

DOCUMENTS = [document(number) for number in range(40)]


def by_id(rows: Any) -> list[dict[str, Any]]:
    return sorted((dict(row) for row in rows), key=lambda row: str(row["doc_id"]))


@pytest.fixture
def expected() -> list[dict[str, Any]]:
    """What the same documents become in memory."""
    made = ExportAPI().export_for_training(DOCUMENTS)
    return by_id({**row, "split": split} for split, rows in made.splits.items() for row in rows)


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
@pytest.mark.parametrize("form", ["list of structs", "JSON", "parquet"])
def test_records_are_those_of_any_other_way(
    form: str, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    import ray

    if form == "parquet":
        write_jsonl(tmp_path / "a.jsonl", range(40))
        dataset = ray.data.read_json(str(tmp_path / "a.jsonl"), lines=True)
    else:
        made = json.dumps if form == "JSON" else list
        rows = [{"doc_id": one["doc_id"], "elements": made(one["elements"])} for one in DOCUMENTS]
        dataset = ray.data.from_items(rows, override_num_blocks=3)
    records = from_ray(dataset).to_ray()
    assert by_id(records.take_all()) == expected
    assert records.schema().names[:4] == ["split", "doc_id", "source", "text"]


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_what_goes_away_is_there_with_its_reason() -> None:
    import ray

    elements = json.dumps(document(1)["elements"])
    rows = [
        {"doc_id": "cut", "elements": "[", "source": "x.md"},
        {"doc_id": "well", "elements": elements, "source": "y.md"},
    ]
    found = from_ray(ray.data.from_items(rows, override_num_blocks=1))
    (gone,) = found.rejects().take_all()
    assert (gone["doc_id"], gone["source"], gone["stage"]) == ("cut", "x.md", "source")
    assert (gone["failed"], gone["rule"]) == (True, "invalid_json")
    (kept,) = found.documents().take_all()
    assert (kept["doc_id"], kept["source"]) == ("well", "y.md")
    assert kept["text"].startswith("# Report 1\n")


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_a_row_without_an_id_is_called_by_its_content_wherever_blocks_are_cut() -> None:
    import ray

    rows = [{"text": prose(number, 60)} for number in range(6)]
    ids = []
    for n_blocks in (1, 3):
        dataset = ray.data.from_items(rows, override_num_blocks=n_blocks)
        ids.append(sorted(row["doc_id"] for row in from_ray(dataset).to_ray().take_all()))
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 6


def test_splits_that_need_all_documents_are_refused() -> None:
    with pytest.raises(UsageError, match="decided over all documents, found split_strategy bal"):
        from_ray(None, TrainingConfig(split_strategy="balanced"))


def test_ids_that_some_rows_say_are_kept() -> None:
    import pyarrow as pa

    from tore_export.api.ray_rows import _ReadRows

    texts = [prose(1), prose(2)]
    found = _ReadRows(TrainingConfig())(pa.table({"id": ["a", None], "text": texts}))
    assert found["doc_id"].to_pylist()[0] == "a"
    assert len(found["doc_id"].to_pylist()[1]) == 24
    assert found["source"].to_pylist() == ["", ""]
