"""Cutting one element short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.budget.material import tables, texts
from tore_export.budget.cut import CodeCut, Cut, PairsCut, TableCut, clipped_spans, cut_of
from tore_export.documents.columns import decode_meta, encode_meta
from tore_export.documents.schema import Kind

ROWS = [
    [("Part", 1, 1, True), ("n", 1, 1, True)],
    [("bolt", 1, 1, False), ("12", 1, 1, False)],
    [("big nut", 1, 1, False), ("7", 1, 1, False)],
]


@given(texts, st.integers(0, 300))
def test_text_is_cut_to_its_beginning(text, end):
    cut = Cut((text, None, None))
    short = cut.at(min(end, len(text)))[0]
    assert text.startswith(short)
    assert short == short.rstrip()


def test_spans_end_with_the_text_and_what_cannot_be_parted_goes_whole():
    spans = [{"start": 0, "end": 6, "kind": "strong"}, {"start": 7, "end": 12, "kind": "math"}]
    cut = Cut(("pumps: a + b end", None, encode_meta({"spans": spans})))
    text, _, meta = cut.at(9)
    assert text == "pumps:"
    assert decode_meta(meta)["spans"] == [spans[0]]
    assert cut.at(12)[0] == "pumps: a + b"
    assert clipped_spans(spans, 3) == [{"start": 0, "end": 3, "kind": "strong"}]


def test_code_is_cut_at_lines():
    cut = cut_of(Kind.CODE, ("a = 1\nb = 2\n", None, None))
    assert isinstance(cut, CodeCut)
    assert cut.ends() == [5, 11]
    assert cut.at(5)[0] == "a = 1"


def test_keys_stay_with_their_values():
    pairs = [["Power", "7 kW"], ["Weight", "30 kg"], ["", "x"]]
    cut = cut_of(Kind.KEY_VALUE, ("whatever", None, encode_meta({"pairs": pairs, "spans": []})))
    assert isinstance(cut, PairsCut)
    assert cut.text == "Power: 7 kW\nWeight: 30 kg\n: x"
    assert [cut.text[:end] for end in cut.ends()] == [
        "Power: 7 kW",
        "Power: 7 kW\nWeight: 30 kg",
        "Power: 7 kW\nWeight: 30 kg\n: x",
    ]
    text, _, meta = cut.at(22)
    assert text == "Power: 7 kW\nWeight: 30"
    assert decode_meta(meta) == {"pairs": [["Power", "7 kW"], ["Weight", "30"]]}
    assert cut.at(16)[0] == "Power: 7 kW"
    assert cut.at(len(cut.text))[0] == cut.text


def test_tables_are_cut_at_rows_then_within_a_cell():
    meta = {"rich": [{"row": 2, "place": 0, "spans": []}, {"row": 0, "place": 0, "spans": []}]}
    cut = cut_of(Kind.TABLE, ("as text", ROWS, encode_meta(meta | {"html": "<table>"})))
    assert isinstance(cut, TableCut)
    assert [cut.text[:end].count("\n") for end in cut.ends()] == [0, 1, 2]
    text, rows, said = cut.at(cut.ends()[1])
    assert rows == ROWS[:2]
    assert text == "Part, n\nbolt, 12"
    assert decode_meta(said) == {"rich": meta["rich"][1:]}
    _, rows, _ = cut.at(cut.ends()[1] + 4)
    assert rows == [*ROWS[:2], [("big", 1, 1, False), ("", 1, 1, False)]]
    assert cut.at(cut.ends()[1] + 1)[1] == ROWS[:2]
    assert cut.at(0)[1] == []
    assert cut.word(cut.ends()[1] + 6) == cut.ends()[1] + 4


@given(tables, st.integers(0, 200))
def test_a_cut_table_has_the_first_of_its_words(table, end):
    rows = [[(c.text, 1, 1, c.header) for c in row] for row in table]
    cut = TableCut(("", rows, None))
    _, kept, _ = cut.at(min(end, len(cut.text)))
    said = [cell[0] for row in rows for cell in row if cell[0]]
    left = [cell[0] for row in kept for cell in row if cell[0]]
    assert left[:-1] == [text.rstrip() for text in said[: max(len(left) - 1, 0)]] or not left
    assert all(a.startswith(b) for a, b in zip(said, left, strict=False))
    _, whole, _ = cut.at(len(cut.text))
    assert [cell[0] for row in whole for cell in row if cell[0]] == said


@pytest.mark.parametrize("kind", [Kind.TITLE, Kind.FORMULA, Kind.IMAGE, Kind.RULE, Kind.FOOTER])
def test_some_kinds_are_kept_whole_or_not_at_all(kind):
    assert cut_of(kind, ("text", None, None)) is None


def test_what_has_no_text_cannot_be_cut():
    assert cut_of(Kind.PARAGRAPH, ("", None, None)) is None
    assert isinstance(cut_of(Kind.TABLE, ("a row", None, None)), Cut)
    assert isinstance(cut_of(Kind.KEY_VALUE, ("a: b", None, None)), Cut)
