"""The way of a document, from its source to the rows that were made of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import document, write_jsonl
from tore_export.api import explain as api
from tore_export.api.batch import batch_run
from tore_export.api.explain import explain
from tore_export.api.training import dataset_run
from tore_export.audit import written_rows
from tore_export.audit.way import Way
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import PreflightError, UsageError

FORMATS = ["parquet", "jsonl", "jsonl.zst"]


def written(source: Path, output: Path, **options: Any) -> Path:
    said = {"engine": "inline", "check_disk": False, "splits": {"train": 0.7, "test": 0.3}}
    config = TrainingConfig.model_validate(said | options)
    dataset_run([str(source)], str(output), config).execute()
    return output


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("in")
    path = write_jsonl(folder / "deep" / "a.jsonl", range(40))
    with path.open("a") as stream:
        stream.write('{"doc_id": "cut", "elements": 7}\n')
    (folder / "spam.json").write_text(
        json.dumps(
            {"doc_id": "spam", "elements": [{"type": "NarrativeText", "text": "buy " * 400}]}
        )
    )
    return folder


@pytest.fixture(scope="module")
def made(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output that is only looked at."""
    return written(source, tmp_path_factory.mktemp("out") / "dataset")


def the_way(name: str, output: Path, **options: Any) -> Way:
    found = explain(name, str(output), **options)
    assert (found.asked, found.n_documents) == (name, 1)
    (way,) = found.ways
    return way


def row_at(output: Path, way: Way, number: int = 0) -> dict[str, Any]:
    """Return the row that a way points at, read by other means."""
    import polars as pl

    record = way.records[number]
    path = output.parent / record.shard if output.is_file() else output / record.shard
    if path.suffix == ".parquet":
        return pl.read_parquet(path).row(record.row - 1, named=True)
    table = pl.read_ndjson(path.read_bytes() if path.suffix == ".jsonl" else unpacked(path))
    return table.row(record.row - 1, named=True)


def unpacked(path: Path) -> bytes:
    import zstandard

    with path.open("rb") as stream, zstandard.ZstdDecompressor().stream_reader(stream) as reader:
        return reader.read()


@pytest.mark.parametrize("shard_format", FORMATS)
def test_every_document_leads_to_the_row_that_was_made_of_it(
    source: Path, tmp_path: Path, shard_format: str
) -> None:
    # shards of a few rows each
    output = written(source, tmp_path / "out", shard_format=shard_format, batch_size=7)
    for number in range(0, 40, 6):
        doc_id = f"doc-{number:05d}"
        way = the_way(doc_id, output)
        assert (way.state, way.source, way.n_records) == ("kept", "deep/a.jsonl", 1)
        row = row_at(output, way)
        assert row["doc_id"] == doc_id
        assert row["text"] == way.records[0].payload["text"]
        assert way.split is not None
        assert way.records[0].shard.startswith(f"data/{way.split['name']}-")


@pytest.mark.parametrize("name", ["d.jsonl", "d.jsonl.zst", "d.parquet"])
def test_documents_are_found_in_one_file_a_split(source: Path, tmp_path: Path, name: str) -> None:
    output = written(source, tmp_path / name)
    for number in range(0, 40, 13):
        way = the_way(f"doc-{number:05d}", output)
        assert row_at(output, way)["doc_id"] == f"doc-{number:05d}"
    assert the_way("cut", output).reject is not None


def test_a_record_is_named_by_its_number_within_its_document(source: Path, tmp_path: Path) -> None:
    output = written(source, tmp_path / "out", max_tokens=40)
    whole = the_way("doc-00003", output)
    assert whole.n_records == len(whole.records) > 3
    for record in whole.records:
        (found,) = the_way(f"doc-00003#{record.number}", output).records
        assert found == record
        assert record.metadata["record"] == record.number
    assert "".join(one.payload["text"] for one in whole.records)
    few = the_way("doc-00003", output, most_records=2)
    assert few.records == whole.records[:2]
    with pytest.raises(UsageError, match=f"allowed: 1 to {whole.n_records}"):
        explain("doc-00003#99", str(output))


def test_only_the_shard_that_holds_the_record_is_read(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = written(source, tmp_path / "out", shard_format="jsonl")
    opened: list[str] = []
    lines = written_rows._lines

    def noted(path: str) -> Any:
        opened.append(path)
        return lines(path)

    monkeypatch.setattr(written_rows, "_lines", noted)
    way = the_way("doc-00007", output)
    assert opened == [str(output / way.records[0].shard)]


def test_a_rejected_document_says_by_which_rule(made: Path) -> None:
    dropped, failed = the_way("spam", made), the_way("cut", made)
    assert dropped.reject is not None
    assert failed.reject is not None
    assert (dropped.state, failed.state) == ("dropped", "failed")
    assert dropped.reject["stage"] == "filter_quality"
    assert dropped.reject["value"] > dropped.reject["threshold"]
    assert "quality score" in dropped.reject["detail"]
    assert dropped.reject["text"].startswith("buy buy")
    assert failed.reject["rule"] == "not_elements"
    assert (failed.split, failed.records, dropped.n_records) == (None, (), 0)


def test_why_a_document_is_on_its_side_is_told(source: Path, tmp_path: Path) -> None:
    by_hash = the_way("doc-00001", written(source, tmp_path / "a", seed=3)).split or {}
    assert (by_hash["strategy"], by_hash["seed"]) == ("random", 3)
    assert len(by_hash["text_hash"]) == 32
    by_group = written(source, tmp_path / "b", split_strategy="group", group_by="folder")
    assert (the_way("doc-00001", by_group).split or {})["group_of"] == "deep"
    options = {"near_duplicates": 0.8, "exact_ratios": True, "split_strategy": "stratified"}
    side = the_way("doc-00001", written(source, tmp_path / "c", **options)).split or {}
    assert side["near_duplicates"] == 0.8
    assert side["exact_ratios"] is True
    assert side["stratify_by"] == "language"


@pytest.mark.parametrize("shard_format", FORMATS)
def test_without_facts_documents_are_found_by_their_column(
    source: Path, tmp_path: Path, shard_format: str
) -> None:
    output = written(source, tmp_path / "out", shard_format=shard_format, max_tokens=40)
    before = the_way("doc-00011", output)
    shutil.rmtree(output / ".tore-export")
    way = the_way("doc-00011", output)
    assert way.records == before.records
    assert way.n_records == before.n_records
    assert the_way("doc-00011#2", output).records == before.records[1:2]
    assert the_way("spam", output).state == "dropped"
    assert the_way("cut", output).state == "failed"
    with pytest.raises(UsageError):
        explain("doc-99999", str(output))


def test_rows_that_moved_are_found_by_their_document_all_the_same(
    source: Path, tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    output = written(source, tmp_path / "out")
    way = the_way("doc-00005", output)
    shard = output / way.records[0].shard
    table = pq.read_table(shard)
    pq.write_table(table.take(list(range(table.num_rows))[::-1]), shard)
    assert row_at(output, the_way("doc-00005", output))["doc_id"] == "doc-00005"


def test_rows_without_metadata_are_found_by_their_place(source: Path, tmp_path: Path) -> None:
    with_ids = written(source, tmp_path / "a")
    without = written(source, tmp_path / "b", include_metadata=False)
    for number in range(0, 40, 13):
        wanted = the_way(f"doc-{number:05d}", with_ids).records[0]
        found = the_way(f"doc-{number:05d}", without).records[0]
        assert (found.row, found.payload) == (wanted.row, wanted.payload)


def test_a_source_names_all_its_documents(made: Path) -> None:
    found = explain("deep/a.jsonl", str(made), most_documents=5)
    assert (found.n_documents, len(found.ways)) == (41, 5)
    assert [way.place for way in found.ways] == sorted(way.place or 0 for way in found.ways)
    assert the_way("spam.json", made).doc_id == "spam"


def test_ids_with_signs_and_several_documents_of_one_id(tmp_path: Path) -> None:
    rows = [
        document(number) | {"doc_id": name} for number, name in enumerate(["a#1", "b", "b", "a"])
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    output = written(tmp_path / "in.jsonl", tmp_path / "out")
    assert the_way("a#1", output).doc_id == "a#1"
    assert the_way("a#1#1", output).records[0].number == 1
    both = explain("b", str(output))
    assert both.n_documents == 2
    texts = {way.records[0].payload["text"] for way in both.ways}
    assert len(texts) == 2


@pytest.mark.parametrize("named", ["json", "jsonl", "parquet"])
def test_a_record_is_followed_back_to_the_elements_of_its_input(named: str, tmp_path: Path) -> None:
    import polars as pl

    folder = tmp_path / "in"
    folder.mkdir()
    rows = [document(number) for number in range(3)]
    if named == "json":
        (folder / "a.json").write_text(json.dumps(rows[1]))
    elif named == "jsonl":
        write_jsonl(folder / "a.jsonl", range(3))
    else:
        pl.DataFrame(
            [row | {"elements": json.dumps(row["elements"])} for row in rows]
        ).write_parquet(folder / "a.parquet")
    output = written(folder, tmp_path / "out", max_tokens=40)
    way = the_way("doc-00001", output, inputs=[str(folder)])
    for record in way.records:
        assert [one["id"] for one in record.elements or ()] == record.metadata["element_ids"]
        pages = {one["page"] for one in record.elements or () if one["page"] is not None}
        assert sorted(pages) == record.metadata["pages"]
    assert any(one["text"] == "Report 1" for one in way.records[0].elements or ())
    elsewhere = the_way("doc-00001", output, inputs=[str(output / "README.md")])
    assert elsewhere.records[0].elements is None


def test_an_input_that_changed_since_has_no_elements_to_show(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_jsonl(folder / "a.jsonl", range(3))
    output = written(folder, tmp_path / "out")
    write_jsonl(folder / "a.jsonl", range(10, 13))
    assert the_way("doc-00001", output, inputs=[str(folder)]).records[0].elements is None


def test_what_a_batch_wrote_of_a_document_is_named(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    config = ExportConfig(engine="inline", check_disk=False)
    batch_run([str(source)], str(output), ["markdown", "plaintext"], config).execute()
    way = the_way("doc-00002", output)
    assert [file["format"] for file in way.files] == ["markdown", "plaintext"]
    assert all((output / file["path"]).is_file() for file in way.files)
    assert the_way("cut", output).state == "failed"


def test_a_name_that_is_not_there_is_told_with_the_nearest(made: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean doc-00007"):
        explain("doc-00007x", str(made))
    with pytest.raises(UsageError, match="an id, DOC_ID#N or a source"):
        explain("zebra", str(made))
    with pytest.raises(PreflightError, match="no dataset and no batch was written here"):
        explain("doc-00001", str(tmp_path / "gone"))


def test_an_explanation_is_plain_data(made: Path) -> None:
    plain = json.loads(json.dumps(explain("doc-00001", str(made)).to_dict()))
    assert plain["ways"][0]["records"][0]["payload"]["text"]
    assert api.MOST_RECORDS == 20


def test_a_record_that_names_no_elements_has_none_to_show(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"doc_id": "a", "text": "some text " * 20}))
    options = {"include_metadata": False, "enable_filtering": False}
    output = written(path, tmp_path / "out", **options)
    assert the_way("a", output, inputs=[str(path)]).records[0].elements is None
