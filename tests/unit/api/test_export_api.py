"""ExportAPI: from Python, one document or a list of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import document, write_jsonl
from tests.unit.cli.commands import ELEMENTS, MARKDOWN
from tore_export import (
    BatchExportOptions,
    ExportAPI,
    ExportConfig,
    ExportOptions,
    TrainingConfig,
    TrainingDataset,
)
from tore_export.api.training import dataset_run
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import ConfigError, FormatError
from tore_export.tokens.ranks import load_encoding

SPAM = [{"type": "NarrativeText", "text": "buy now buy now buy now! " * 300}]
CIRCLE = [
    {"type": "Title", "element_id": a, "text": "t", "metadata": {"parent_id": b}}
    for a, b in (("x", "y"), ("y", "x"))
]


def test_a_document_is_markdown_unless_asked_otherwise() -> None:
    result = ExportAPI().export_document(ELEMENTS)
    assert (result.content, result.format, str(result)) == (MARKDOWN, "markdown", MARKDOWN)
    assert result.n_elements == len(ELEMENTS)
    assert result.n_tokens == len(load_encoding("cl100k_base").encode_ordinary(MARKDOWN))
    assert result.metadata == {"doc_id": "document-0", "source": "", "title": None}
    assert json.loads(json.dumps(result.to_dict()))["content"] == MARKDOWN


@pytest.mark.parametrize(
    "options", [{"images": "skip"}, ExportOptions(images="skip"), BatchExportOptions(images="skip")]
)
def test_options_are_a_mapping_or_an_object(options: Any) -> None:
    assert "a pump" not in ExportAPI().export_document(ELEMENTS, options=options).content


def test_options_win_over_the_configuration_only_where_they_are_said() -> None:
    api = ExportAPI(ExportConfig(heading_offset=1, images="skip"))
    content = api.export_document(ELEMENTS, options=ExportOptions(images="alt")).content
    assert content.startswith("## Pumps")
    assert "a pump" in content


def test_an_unknown_format_or_option_is_refused() -> None:
    with pytest.raises(FormatError, match="did you mean jsonl"):
        ExportAPI().export_document(ELEMENTS, "json")
    with pytest.raises(ConfigError, match=r"imagse: no such key \(did you mean images\?\)"):
        ExportAPI().export_document(ELEMENTS, options={"imagse": "skip"})


def test_a_batch_is_rendered_in_each_format_in_the_order_given() -> None:
    documents: list[Any] = [document(n)["elements"] for n in range(3)]
    batch = ExportAPI().export_batch(documents, ["markdown", "plaintext"])
    assert set(batch.results) == {"markdown", "plaintext"}
    assert [r.content.split("\n")[0] for r in batch.results["markdown"]] == [
        f"# Report {n}" for n in range(3)
    ]
    assert [r.content.split("\n")[0] for r in batch.results["plaintext"]] == [
        f"Report {n}" for n in range(3)
    ]
    assert batch.failed == ()


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_text("{")
    batch = ExportAPI().export_batch([str(tmp_path / "cut.json"), ELEMENTS, CIRCLE], ["markdown"])
    assert [result.content for result in batch.results["markdown"]] == [MARKDOWN]
    assert [told.partition(":")[0] for told in batch.failed] == ["document 0", "document 2"]
    plain = batch.to_dict()
    assert plain["failed"] == list(batch.failed)
    assert plain["results"]["markdown"][0]["content"] == MARKDOWN


def test_a_batch_keeps_documents_of_low_quality_unless_asked_to_filter() -> None:
    api = ExportAPI()
    assert len(api.export_batch([SPAM], ["markdown"]).results["markdown"]) == 1
    filtered = api.export_batch([SPAM, ELEMENTS], ["markdown"], {"filter_quality": True})
    assert [r.content for r in filtered.results["markdown"]] == [MARKDOWN]
    assert filtered.failed[0].startswith("document 0: quality score 0.")


def test_an_unknown_format_is_refused_before_a_batch_begins() -> None:
    with pytest.raises(FormatError):
        ExportAPI().export_batch([object()], ["pdf"])


def test_a_batch_takes_a_folder_and_files_of_several_documents(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(2))
    (tmp_path / "in" / "b.json").write_text("{")
    api = ExportAPI()
    whole = api.export_batch(tmp_path / "in", ["markdown"])
    assert [r.metadata["doc_id"] for r in whole.results["markdown"]] == ["doc-00000", "doc-00001"]
    assert [told.partition(":")[0] for told in whole.failed] == ["document 2"]
    again = api.export_batch([str(tmp_path / "in" / "a.jsonl")], ["markdown"])
    assert again.results == whole.results
    fewer = ExportAPI(ExportConfig(exclude=("b.*",))).export_batch(tmp_path / "in", ["markdown"])
    assert (fewer.results, fewer.failed) == (whole.results, ())


def test_training_records_in_memory_are_those_of_a_run(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = write_jsonl(tmp_path / "in" / "a.jsonl", range(30))
    (path.parent / "cut.json").write_text("{")
    (path.parent / "spam.json").write_text(json.dumps(SPAM))
    config = TrainingConfig(engine="inline", splits={"train": 0.5, "test": 0.5})
    dataset = ExportAPI().export_for_training(str(path.parent), config)
    summary = dataset_run([str(path.parent)], str(tmp_path / "out"), config).execute()
    assert isinstance(dataset, TrainingDataset)
    assert (dataset.documents, dataset.tokens) == (summary.documents, summary.tokens)
    assert dataset.reasons == summary.reasons
    assert len(dataset) == sum(summary.records.values()) == 30
    for split, rows in dataset.splits.items():
        written = sorted((tmp_path / "out" / "data").glob(f"{split}-*"))
        assert list(rows) == [row for path in written for row in pq.read_table(path).to_pylist()]
    assert dataset.to_dict()["documents"] == dataset.documents


@pytest.mark.parametrize(
    "options",
    [
        {"split_strategy": "balanced"},
        {"split_strategy": "stratified", "stratify_by": "source"},
        {"split_strategy": "content_based", "near_duplicates": 0.7},
        {"exact_ratios": True},
    ],
)
def test_documents_in_memory_are_split_by_every_strategy(options: dict[str, Any]) -> None:
    elements = [Element(Kind.TITLE, f"Report {n}", doc_id=f"d{n}") for n in range(40)]
    config = TrainingConfig.model_validate(
        {"splits": "a=0.5,b=0.5", "enable_filtering": False, **options}
    )
    found = ExportAPI().export_for_training(elements, config)
    assert found.documents == {"in": 40, "kept": 40, "dropped": 0, "failed": 0}
    assert [len(rows) for rows in found.splits.values()] == pytest.approx([20, 20], abs=6)


def test_by_time_documents_without_a_date_are_dropped_in_memory_too() -> None:
    config = TrainingConfig(split_strategy="temporal", enable_filtering=False)
    found = ExportAPI().export_for_training([{"type": "Title", "text": "Undated"}], config)
    assert found.reasons == {"split.no_date": 1}


def test_training_takes_the_configuration_of_the_object_where_none_is_given() -> None:
    api = ExportAPI(ExportConfig(enable_filtering=False, default_format="plaintext"))
    dataset = api.export_for_training(SPAM)
    assert dataset.documents == {"in": 1, "kept": 1, "dropped": 0, "failed": 0}
    assert ExportAPI().export_for_training(SPAM).documents["dropped"] == 1


def test_elements_of_several_documents_are_several_records() -> None:
    elements = [
        Element(Kind.PARAGRAPH, f"All is well in the {name}.", doc_id=name) for name in "abc"
    ]
    dataset = ExportAPI(ExportConfig(enable_filtering=False)).export_for_training(elements)
    ids = [row["doc_id"] for rows in dataset.splits.values() for row in rows]
    assert sorted(ids) == ["a", "b", "c"]


def test_a_document_without_text_makes_no_record() -> None:
    dataset = ExportAPI().export_for_training([])
    assert dataset.reasons == {"to_records.no_records": 1}
    assert len(dataset) == 0
