import pickle

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.stages.contract import check_contract
from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.errors import FormatError
from tore_export.formatters.markdown import Markdown
from tore_export.formatters.plaintext import PlainText
from tore_export.stages.column_pieces import FEW
from tore_export.stages.format import BLOCKS, Format

MANUAL = [
    Element(Kind.HEADER, "Top"),
    Element(Kind.TITLE, "Pumpen für Öl", level=1),
    Element(Kind.PARAGRAPH, "5 * 3 = *x*\nnext"),
    Element(Kind.LIST_ITEM, "a", level=0, id="i"),
    Element(Kind.LIST_ITEM, "b 表", level=1),
    Element(Kind.CODE, "x = 1", parent="i"),
    Element(Kind.TABLE, cells=((Cell("a|b"),), (Cell("c"),))),
    Element(Kind.PAGE_NUMBER, "1"),
]
DOCUMENTS = [
    MANUAL,
    [Element(Kind.RAW, "\nraw *text* 表\n\n")],
    [],
    None,
    [Element(Kind.PARAGRAPH, "last"), Element(Kind.RAW, "\n# raw")],
]


def table_of(documents):
    """A table with one row a document; None stands for one that could not be read."""
    rows = DocumentRows(unit=0)
    rows.elements = ElementColumns.from_elements([d for d in documents if d is not None])
    rows.elements.counts.clear()
    for number, elements in enumerate(documents):
        if elements is None:
            rows.rows.append((None, "bad", "bad", None, None, None, None, 0, {"stage": "source"}))
            rows.elements.counts.append(0)
        else:
            rows.elements.counts.append(len(elements))
            rows.rows.append((None, f"d{number}", "s", None, None, None, None, 0, None))
    return rows.to_table()


@pytest.mark.parametrize("format", ["markdown", "plaintext"])
def test_the_stage_keeps_its_contract(format):
    check_contract(Format(format), table_of(DOCUMENTS), {"text": pa.string(), "blocks": BLOCKS})


def test_a_text_is_what_the_formatter_makes_of_the_document():
    texts = Format()(table_of(DOCUMENTS))["text"].to_pylist()
    whole = "".join(Markdown().render(ElementColumns.from_elements([MANUAL])))
    assert texts == [whole, "raw *text* 表", "", None, "last\n\n# raw"]


@pytest.mark.parametrize("formatter", [Markdown(), PlainText()])
def test_many_elements_are_written_as_few_are(formatter):
    many = MANUAL * (FEW // len(MANUAL) + 1)
    simple = [Element(Kind.PARAGRAPH, "5 * 3"), Element(Kind.LIST_ITEM, "`a`\nb")] * FEW
    texts = Format(formatter.name)(table_of([many, None, simple]))["text"].to_pylist()
    whole = ["".join(formatter.render(ElementColumns.from_elements([d]))) for d in (many, simple)]
    assert texts == [whole[0], None, whole[1]]


def test_blocks_say_where_each_elements_text_lies_without_the_newlines_before_it():
    row = Format()(table_of([MANUAL])).to_pylist()[0]
    shown = [row["text"][block["start"] : block["end"]] for block in row["blocks"]]
    assert shown == [
        "",
        "# Pumpen für Öl",
        "5 * 3 = \\*x\\*\nnext",
        "- a",
        "  - b 表",
        "  ```\n  x = 1\n  ```",
        "| a\\|b |\n| --- |\n| c |",
        "",
    ]


def test_options_are_those_of_the_formatter():
    stage = Format("markdown", (("include_furniture", True), ("heading_offset", 1)))
    (text,) = stage(table_of([MANUAL[:2]]))["text"].to_pylist()
    assert text == "Top\n\n## Pumpen für Öl"


def test_rejected_rows_have_neither_text_nor_blocks_and_stay_rejected():
    table = table_of([None, MANUAL])
    result = Format()(table)
    assert result["text"].to_pylist()[0] is None
    assert result["blocks"].to_pylist()[0] is None
    assert result["reject"].equals(table["reject"])


def test_a_table_of_rejected_rows_only_has_nulls():
    assert Format()(table_of([None, None]))["text"].to_pylist() == [None, None]


def test_documents_that_came_as_text_are_not_looked_at_by_a_formatter():
    table = table_of([[Element(Kind.RAW, text)] for text in ("\n\n a\n", "", "ü\n\nb")])
    rows = Format()(table).select(["text", "blocks"]).to_pylist()
    assert [row["text"] for row in rows] == [" a", "", "ü\n\nb"]
    assert [row["blocks"] for row in rows] == [
        [{"start": 0, "end": 2}],
        [{"start": 0, "end": 0}],
        [{"start": 0, "end": 4}],
    ]


kinds = st.sampled_from(
    [Kind.TITLE, Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.QUOTE, Kind.HEADER, Kind.RAW]
)
texts = st.text(st.sampled_from("ab *_-#1.\n\tü表😀"), max_size=12)
documents = st.lists(st.lists(st.builds(Element, kinds, texts), max_size=5), max_size=4)


@settings(max_examples=150, deadline=None)
@given(documents, st.sampled_from(["markdown", "plaintext"]))
def test_blocks_follow_each_other_and_hold_all_but_the_newlines_between(given_documents, format):
    result = Format(format)(table_of(given_documents)).select(["text", "blocks"]).to_pylist()
    formatter = {"markdown": Markdown, "plaintext": PlainText}[format]()
    for row, document in zip(result, given_documents, strict=True):
        pieces = formatter.render(ElementColumns.from_elements([document]))
        text, blocks = row["text"], row["blocks"]
        assert text == "".join(pieces)
        assert len(blocks) == len(document)
        ends = [0, *[block["end"] for block in blocks]]
        for before, block, piece in zip(ends, blocks, pieces, strict=False):
            assert set(text[before : block["start"]]) <= {"\n"}
            assert text[block["start"] : block["end"]] == piece.lstrip("\n")
        assert ends[-1] == len(text)


def test_an_unknown_format_or_option_is_refused_at_once():
    with pytest.raises(FormatError, match="did you mean plaintext"):
        Format("plaintxt")
    with pytest.raises(FormatError, match="no such option"):
        Format("markdown", (("flavour", "github"),))


def test_a_format_of_records_is_refused():
    with pytest.raises(FormatError, match="writes records, not running text"):
        Format("jsonl")


def test_the_stage_travels_with_its_options():
    stage = Format("markdown", (("flavor", "commonmark"),))
    assert pickle.loads(pickle.dumps(stage)) == stage


def test_the_stage_agrees_with_polars_on_where_characters_are():
    result = Format("plaintext")(table_of([[Element(Kind.PARAGRAPH, "😀表ü")]]))
    assert pl.from_arrow(result["text"]).str.len_chars().to_list() == [3]
    assert result["blocks"].to_pylist() == [[{"start": 0, "end": 3}]]
