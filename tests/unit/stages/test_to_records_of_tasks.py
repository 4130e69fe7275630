"""ToRecords with tasks that ask: their order, what is left out, what bounds a record."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.unit.records.tasks.asking import paragraph, rendered, title
from tests.unit.stages.contract import check_contract
from tore_export.chunks.options import ChunkOptions
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import REJECT, Kind
from tore_export.engine.guard import guarded
from tore_export.errors import ConfigError
from tore_export.records.row import record_schema
from tore_export.records.rules import Bounds
from tore_export.records.sample import LEFT_OUT
from tore_export.records.shapes.registry import shape_named
from tore_export.stages.chunk import Chunk
from tore_export.stages.stage import put, reject
from tore_export.stages.to_records import ToRecords
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.shapes import tokens_of_rows

RIVERS = (
    (Cell("River", header=True), Cell("km", header=True)),
    (Cell("Rhine"), Cell("1,233")),
    (Cell("Elbe"), Cell("1,094")),
)
MANUAL = [
    title("The pump"),
    paragraph("It is loud. It is old, too."),
    title("How is it stopped?", 2),
    paragraph("Close the valve, then wait a minute."),
    title("Rivers", 2),
    Element(Kind.TABLE, "", cells=RIVERS),
    title("Notes", 2),
    paragraph("None."),
]
SAID = [
    Element(Kind.MESSAGE, "Is it on?", meta={"role": "user"}),
    Element(Kind.MESSAGE, "It is on.", meta={"role": "assistant"}),
]
ASKING = ("continue", "section", "question", "table")
SHAPES = ("text", "prompt_completion", "messages", "chatml", "alpaca", "sharegpt")


def documents() -> pa.Table:
    table = rendered(MANUAL, [paragraph("One sentence alone.")], SAID, MANUAL, language=None)
    gone: list[dict[str, object] | None] = [None, None, None, {"stage": "source", "rule": "x"}]
    return reject(table, gone)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_contract_of_stages_is_kept_for_every_task_in_every_shape(shape: str) -> None:
    for metadata in (True, False):
        tasks = ASKING if shape == "text" else (*ASKING, "dialogue")
        stage = ToRecords(tasks, shape, metadata, chunking=ChunkOptions(200))
        row = record_schema(shape_named(shape).schema, metadata)
        kinds = {"records": pa.list_(pa.struct(list(row))), "left_out": LEFT_OUT, "reject": REJECT}
        check_contract(stage, documents(), kinds)


def test_records_stand_in_the_order_of_tasks_and_then_of_the_document() -> None:
    made = ToRecords(("question", "section"), "alpaca")(documents())
    records = made["records"][0].as_py()
    tasks = [record["metadata"]["task"] for record in records]
    assert tasks == ["question", "section", "section", "section"]
    assert [record["metadata"]["record"] for record in records] == [1, 2, 3, 4]
    assert [r["metadata"]["element_ids"][0] for r in records] == ["e2", "e0", "e2", "e4"]


def test_what_was_left_out_is_counted_for_documents_that_are_kept_and_told_for_those_dropped() -> (
    None
):
    made = ToRecords(ASKING, "alpaca")(documents())
    left_out = made["left_out"].to_pylist()
    assert left_out[0] == [{"rule": "section.one_word_answer", "n": 1}]
    assert left_out[1:] == [None, None, None]
    rejects = made["reject"].to_pylist()
    assert rejects[0] is None
    assert rejects[1]["rule"] == "no_records"
    assert rejects[1]["detail"] == (
        "no record could be made of the document: continue.no_place_to_cut, section.no_section, "
        "question.no_question, table.no_table"
    )
    assert rejects[2]["detail"].endswith("question.is_dialogue 1, table.is_dialogue 1")
    assert rejects[3]["stage"] == "source"


def test_tokens_are_those_of_the_record_as_it_is_trained_on() -> None:
    tokenizer = TokenizerManager().get("gpt-3.5-turbo")
    for shape in SHAPES:
        records = ToRecords(ASKING, shape)(documents())["records"].combine_chunks().flatten()
        rows = pa.Table.from_struct_array(records)
        assert rows["n_tokens"].to_pylist() == tokens_of_rows(rows, shape, tokenizer).to_pylist()


@pytest.mark.parametrize("shape", SHAPES)
def test_no_record_exceeds_its_bound_in_any_shape(shape: str) -> None:
    long = [title("Log"), *[paragraph(f"Day {i}. It ran well. Nothing broke.") for i in range(90)]]
    prompt = None if shape in ("text", "prompt_completion", "alpaca") else "Be as short as you can."
    stage = ToRecords(
        ("continue", "section"), shape, chunking=ChunkOptions(150), system_prompt=prompt
    )
    records = stage(rendered(long))["records"][0].as_py()
    sizes = [record["n_tokens"] for record in records]
    assert max(sizes) <= 150
    assert sum(sizes) / len(sizes) > 75
    assert len(records) > 10


def test_a_record_that_cannot_be_divided_is_left_out_where_it_is_too_long() -> None:
    made = ToRecords(("table",), "alpaca", chunking=ChunkOptions(60))(rendered(MANUAL))
    (entry,) = made["reject"].to_pylist()
    assert entry["detail"].endswith("table.too_long 4")


def test_answers_are_bound_by_options() -> None:
    made = ToRecords(("section",), "alpaca", bounds=Bounds(min_answer_tokens=10))(rendered(MANUAL))
    assert made["left_out"][0].as_py() == [
        {"rule": "section.answer_too_short", "n": 1},
        {"rule": "section.one_word_answer", "n": 1},
    ]


def test_text_beside_other_tasks_is_what_it_is_alone() -> None:
    table = documents()
    alone = ToRecords()(table)["records"].to_pylist()
    beside = ToRecords(("text", "section"))(table)["records"].to_pylist()
    assert [found[:1] for found in beside[:2]] == alone[:2]
    assert beside[2] == alone[2] == []
    chunked = Chunk("gpt-3.5-turbo", 16)(table)
    alone = ToRecords(from_chunks=True)(chunked)["records"].to_pylist()
    beside = ToRecords(("text", "section"), from_chunks=True)(chunked)["records"].to_pylist()
    assert len(alone[0]) > 2
    assert [found[: len(own)] for found, own in zip(beside, alone, strict=True)] == alone


def test_shape_text_of_text_alone_needs_no_blocks_and_writes_nothing_that_was_left_out() -> None:
    assert "blocks" not in ToRecords().reads
    assert ToRecords().writes == ("records", "reject")
    assert "blocks" in ToRecords(("section",)).reads


def test_a_task_or_shape_that_is_not_known_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean section"):
        ToRecords(("sectoin",))(documents())
    with pytest.raises(ConfigError, match="did you mean alpaca"):
        ToRecords(("section",), "alpacca")(documents())


def test_a_document_that_cannot_be_asked_about_costs_itself_only() -> None:
    table = rendered(MANUAL, MANUAL)
    broken = put(table, "blocks", pa.nulls(2, table["blocks"].type))
    both = pa.concat_tables([broken.slice(0, 1), table.slice(1)])
    made = guarded(ToRecords(("section",), "alpaca"))(both)
    assert [r and r["failed"] for r in made["reject"].to_pylist()] == [True, None]
