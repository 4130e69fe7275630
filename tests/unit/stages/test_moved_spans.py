"""Spans keep their words when Normalize writes a text again."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.documents.columns import DocumentRows, ElementColumns, decode_meta, encode_meta
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.stages.normalize import Normalize

CHARACTERS = "ab  \n\n\t\u00a0\u200b\u3000\r\x07é\u0301x"


def normal(text: str, spans: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    rows = DocumentRows(0)
    element = Element(Kind.PARAGRAPH, text, meta={"spans": spans})
    for column, values in zip(
        rows.elements.lists(), ElementColumns.from_elements([[element]]).lists(), strict=True
    ):
        column.extend(values)
    rows.add("d", "d")
    found = ElementColumns.from_arrow(Normalize()(rows.to_table())["elements"])
    return found.texts[0], decode_meta(found.metas[0])["spans"]


def span(start: int, end: int, kind: str = "strong") -> dict[str, Any]:
    return {"start": start, "end": end, "kind": kind}


def test_words_that_move_to_the_left_take_their_span_along() -> None:
    text, spans = normal("  a \u00a0 b  c\u200bd ", [span(6, 12), span(6, 7)])
    assert text == "a b cd"
    assert [text[s["start"] : s["end"]] for s in spans] == ["b cd", "b"]


def test_a_break_stays_over_its_newline() -> None:
    text, spans = normal("a  \r\nb", [span(3, 5, "break")])
    assert (text, spans) == ("a\nb", [span(1, 2, "break")])


def test_a_letter_and_its_accent_become_one_within_the_span() -> None:
    text, spans = normal("x  e\u0301te\u0301", [span(3, 8)])
    assert (text, spans) == ("x été", [span(2, 5)])


def test_a_span_that_lost_all_its_words_goes_but_not_an_image() -> None:
    text, spans = normal("a  b\u200b", [span(4, 5), span(5, 5, "image")])
    assert (text, spans) == ("a b", [span(3, 3, "image")])


def test_the_spans_of_cells_move_too() -> None:
    rows = DocumentRows(0)
    columns = rows.elements
    for column in columns.lists():
        column.append(None)
    columns.kinds[0], columns.texts[0] = int(Kind.TABLE), ""
    columns.cells[0] = [[("a", 1, 1, True), ("b  c", 1, 1, False)], [("d", 1, 1, False)]]
    rich = [{"row": 0, "place": 1, "spans": [span(3, 4)]}, {"row": 1, "place": 0, "html": "<p>"}]
    columns.metas[0] = encode_meta({"rich": rich})
    rows.add("d", "d")
    found = ElementColumns.from_arrow(Normalize()(rows.to_table())["elements"])
    assert decode_meta(found.metas[0]) == {"rich": [{**rich[0], "spans": [span(2, 3)]}, rich[1]]}


def test_a_bound_within_a_letter_moves_nothing_that_comes_after_it() -> None:
    text, spans = normal(
        "e\u0301  word \u1112\u1161\u11ab x", [span(0, 1), span(4, 8), span(13, 14)]
    )
    assert text == "é word 한 x"
    assert [text[s["start"] : s["end"]] for s in spans] == ["é", "word", "x"]
    text, spans = normal("\u1112\u1161\u11ab  x", [span(0, 1), span(5, 6)])
    assert (text, [text[s["start"] : s["end"]] for s in spans]) == ("한 x", ["한", "x"])


@settings(max_examples=300, deadline=None)
@given(st.text(CHARACTERS, max_size=12), st.lists(st.integers(0, 12), min_size=2, max_size=2))
def test_a_span_covers_the_same_words_as_before(text: str, bounds: list[int]) -> None:
    start, end = sorted(min(bound, len(text)) for bound in bounds)
    if any(text[at:].lstrip("\x07\u200b").startswith("\u0301") for at in (start, end)):
        return  # a bound within a letter
    if "\r\n" in (text[end - 1 : end + 1], text[start - 1 : start + 1]):
        return  # a bound within the end of a line
    if text[start:end] and text[start:end].isspace():
        return  # no words
    written, spans = normal(text, [span(start, end)])
    assert written == normal(text, [])[0]
    inside = normal(text[start:end], [])[0]
    if not inside:
        return
    (found,) = spans
    shown = written[found["start"] : found["end"]].strip()
    assert shown.split() == inside.split()
