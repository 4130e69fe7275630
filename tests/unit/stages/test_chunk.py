"""Chunk: the chunks of each document, as a list beside it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.unit.stages.contract import check_contract
from tests.unit.tokens.material import CLAUDE_2
from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import ConfigError, TokenizerError
from tore_export.records.row import record_schema
from tore_export.records.shapes.text import Text
from tore_export.stages.chunk import CHUNKS, Chunk
from tore_export.stages.count_tokens import CountTokens
from tore_export.stages.format import Format
from tore_export.stages.stage import put
from tore_export.stages.to_records import ToRecords
from tore_export.tokens.manager import TokenizerManager

PUMP = [
    Element(Kind.TITLE, "Pump", id="t", level=1, page=1),
    Element(Kind.PARAGRAPH, "Check the oil every week. Then close the valve.", id="p", page=1),
    Element(Kind.HEADER, "Page 2", id="h", page=2),
    Element(Kind.TITLE, "Oil", id="o", level=2, page=3),
    Element(Kind.PARAGRAPH, "Use the one that the maker names, and no other one.", id="q", page=4),
]


def documents(*elements: list[Element], tokenizer: str = "gpt-4") -> pa.Table:
    """Return one document for each list of elements, and a rejected one and a mark behind them."""
    rows = DocumentRows(0)
    for number, own in enumerate(elements):
        columns = ElementColumns.from_elements([own])
        for target, values in zip(rows.elements.lists(), columns.lists(), strict=True):
            target.extend(values)
        rows.add(f"d{number}", "s.json", title=f"T{number}")
    rows.fail("x", "x.json", rule="invalid_json", detail="cut")
    rows.mark_end(len(elements) + 1)
    return CountTokens(tokenizer)(Format()(rows.to_table()))


def test_the_contract_of_stages_is_kept():
    table = documents(PUMP, [Element(Kind.PARAGRAPH, "Short.")], [], PUMP[:2])
    stage = Chunk("gpt-4", 16, overlap=4, headings=True, table_header=True)
    check_contract(stage, table, {"chunks": CHUNKS, "reject": table.schema.field("reject").type})


def test_a_document_is_cut_by_its_structure_and_one_that_fits_is_one_chunk():
    table = Chunk("gpt-4", 16)(documents(PUMP, [Element(Kind.PARAGRAPH, "Short.")], []))
    assert [
        chunks and [chunk["text"] for chunk in chunks] for chunks in table["chunks"].to_pylist()
    ] == [
        [
            "# Pump\n\nCheck the oil every week. Then close the valve.\n\n",
            "## Oil\n\nUse the one that the maker names, and no other one.",
        ],
        ["Short."],
        [],
        None,
        None,
    ]


def test_a_text_whose_elements_lie_nowhere_is_cut_by_its_paragraphs():
    table = documents([Element(Kind.PARAGRAPH, "One two three. " * 9)])
    table = put(table, "blocks", pa.nulls(3, table.schema.field("blocks").type))
    chunks = Chunk("gpt-4", 8)(table)["chunks"][0].as_py()
    assert [chunk["n_tokens"] for chunk in chunks] == [8, 8, 8, 8, 4]
    assert {chunk["first_element"] for chunk in chunks} == {None}


def test_a_chunk_knows_its_characters_and_its_elements():
    table = Chunk("gpt-4", 24, headings=True)(documents(PUMP))
    last = table["chunks"][0].as_py()[-1]
    assert last["text"].startswith("# Pump\n\n## Oil")
    own = last["text"][last["own_start"] : last["own_end"]]
    assert own == table["text"][0].as_py()[last["start"] : last["end"]]
    assert (last["first_element"], last["last_element"]) == (3, 4)


def test_a_code_point_of_too_many_tokens_drops_its_document_alone():
    path = TokenizerManager().portable(CLAUDE_2)
    peace = [Element(Kind.PARAGRAPH, "Peace \ufdfa be upon all who read these few words.")]
    table = Chunk(path, 8)(documents(peace, PUMP, tokenizer=path))
    rejects = table["reject"].to_pylist()
    assert rejects[0] == {
        "failed": False,
        "stage": "chunk",
        "rule": "code_point_over_max_tokens",
        "value": None,
        "threshold": 8.0,
        "detail": "character 6: one code point has more tokens than a chunk may have, found U+FDFA, "
        "allowed: 8 tokens (raise max_tokens, or count with another tokenizer)",
    }
    assert table["chunks"][0].as_py() == []
    assert rejects[1] is None
    assert table["chunks"][1].as_py()


@pytest.mark.parametrize(
    ("stage", "error"), [(Chunk("gpt-44"), TokenizerError), (Chunk("gpt-4", 4), ConfigError)]
)
def test_what_cannot_be_is_refused(stage, error):
    with pytest.raises(error):
        stage(documents(PUMP))


def records(*elements: list[Element], **options: bool) -> list[list[dict]]:
    stage = ToRecords(from_chunks=True, **options)
    table = put(
        Chunk("gpt-4", 16)(documents(*elements)),
        "quality_score",
        pa.nulls(len(elements) + 2, pa.float64()),
    )
    return stage(table)["records"].to_pylist()


def test_a_record_of_a_chunk_leads_to_its_own_pages_elements_and_place():
    first, second = records(PUMP)[0]
    assert (first["doc_id"], first["n_tokens"]) == ("d0", 14)
    assert [record["metadata"]["pages"] for record in (first, second)] == [[1], [3, 4]]
    assert [record["metadata"]["element_ids"] for record in (first, second)] == [
        ["t", "p"],
        ["o", "q"],
    ]
    assert second["metadata"]["chunk"] == {"number": 2, "of": 2, "start": 57, "end": 116}
    assert second["metadata"]["title"] == "T0"


def test_a_record_of_a_whole_document_is_the_one_it_would_be_without_chunks():
    short = [Element(Kind.PARAGRAPH, "Short.", id="a", page=2), Element(Kind.HEADER, "x", id="b")]
    table = put(documents(short), "quality_score", pa.nulls(3, pa.float64()))
    assert records(short) == ToRecords()(table)["records"].to_pylist()


def test_rows_of_chunks_have_the_columns_of_rows_of_documents():
    for with_metadata in (True, False):
        stage = ToRecords(from_chunks=True, include_metadata=with_metadata)
        table = documents(PUMP, [], [Element(Kind.PARAGRAPH, "Short.")])
        table = put(Chunk("gpt-4", 16)(table), "quality_score", pa.nulls(5, pa.float64()))
        kind = pa.list_(pa.struct(list(record_schema(Text.schema, with_metadata))))
        done = check_contract(
            stage, table, {"records": kind, "reject": table.schema.field("reject").type}
        )
        assert [r and r["rule"] for r in done["reject"].to_pylist()] == [
            None,
            "no_records",
            None,
            "invalid_json",
            "end_of_unit",
        ]
