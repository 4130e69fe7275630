from __future__ import annotations

import sys
import unicodedata

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.stages.contract import check_contract
from tore_export.documents.columns import Cells, DocumentRows, ElementColumns
from tore_export.documents.schema import DOCUMENT, Kind
from tore_export.errors import ConfigError
from tore_export.stages.normalize import CHANGED_BY, MEANT, Normalize
from tore_export.stages.rewriting import suspected


def table(*documents: list[tuple[int, str | None]], title: str | None = None) -> pa.Table:
    rows = DocumentRows(unit=0)
    for number, document in enumerate(documents):
        for kind, text in document:
            add(rows, kind, text)
        rows.add(f"doc-{number}", "a.jsonl", place=number, title=title)
    return rows.to_table()


def add(rows: DocumentRows, kind: int, text: str | None, cells: Cells | None = None) -> None:
    for column in rows.elements.lists():
        column.append(None)
    rows.elements.kinds[-1] = int(kind)
    rows.elements.texts[-1] = text  # a reader may leave it null
    rows.elements.cells[-1] = cells


def normal(text: str, kind: int = Kind.PARAGRAPH, form: str = "NFC") -> str:
    found = Normalize(form)(table([(kind, text)]))
    return ElementColumns.from_arrow(found["elements"]).texts[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("e\u0301te\u0301", "été"),
        ("\u212bngstr\u00f6m \u2126 \u1f71", "Ångström Ω ά"),
        ("\u1112\u1161\u11ab", "한"),
        ("of\ufb01ce", "of\ufb01ce"),
        ("a\u00a0b\u2003c\u3000d\u202fe", "a b c d e"),
        ("so\u00adft zero\u200bwidth\u2060 \ufeffbom", "soft zerowidth bom"),
        ("\U0001f468\u200d\U0001f469 می\u200cخواهم", "\U0001f468\u200d\U0001f469 می\u200cخواهم"),
        (
            "one\r\ntwo\rthree\u2028four\u0085five\x0bsix\x0cseven",
            "one\ntwo\nthree\nfour\nfive\nsix\nseven",
        ),
        ("a\x00b", "a\ufffdb"),
        ("be\x07ll\x1b\x7f", "bell"),
        ("it\x92s \x93good\x94 \x96 100\x80 \x81", "it’s “good” – 100€ \ufffd"),
        ("  many   spaces  \n  here \t\n", "many spaces\n here"),
        ("tab\tstays", "tab\tstays"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        ("one\n \n\t\n \ntwo", "one\n\ntwo"),
        ("\u00a0 \n", ""),
        ("plain", "plain"),
    ],
)
def test_prose_gets_one_spelling(text: str, wanted: str) -> None:
    assert normal(text) == wanted


@pytest.mark.parametrize("kind", [Kind.CODE, Kind.FORMULA])
def test_code_and_formulas_keep_all_but_carriage_returns_before_newlines_and_nul(
    kind: Kind,
) -> None:
    text = "\tif x:\r\n        y  =  'e\u0301\u00a0\u200b\x07'  \x00\n\n\n\n"
    assert normal(text, kind) == text.replace("\r\n", "\n").replace("\0", "\ufffd")


def test_raw_text_keeps_its_spaces_and_loses_what_cannot_be_seen() -> None:
    text = "# Title\r\n\r\n    indented  code\n\n\n\n- e\u0301\u200b\x00 \u00a0end  \n"
    wanted = "# Title\n\n    indented  code\n\n\n\n- é\ufffd \u00a0end  \n"
    assert normal(text, Kind.RAW) == wanted


def test_all_other_kinds_are_prose() -> None:
    for kind in set(Kind) - {Kind.CODE, Kind.FORMULA, Kind.RAW, Kind.MESSAGE}:
        assert normal(" a\u00a0 b ", kind) == "a b"


def test_messages_are_left_as_they_are_to_the_last_byte() -> None:
    text = " a\u00a0 b \r\n\r\n\r\n\x00e\u0301\u200b\x07\x93\t\n"
    assert normal(text, Kind.MESSAGE) == text


def test_cells_and_titles_are_prose_and_spans_stay() -> None:
    rows = DocumentRows(unit=0)
    cells: Cells = [[("a\u00a0 b", 1, 2, True)], [("c", 1, 1, False), (" d", 2, 1, False)], []]
    add(rows, Kind.TABLE, "a\u00a0 b c d", cells)
    add(rows, Kind.PARAGRAPH, "plain")
    rows.add("doc", "a.jsonl", title=" A\u00a0title\r\n")
    found = Normalize()(rows.to_table())
    assert found["title"].to_pylist() == ["A title"]
    assert ElementColumns.from_arrow(found["elements"]).cells == [
        [[("a b", 1, 2, True)], [("c", 1, 1, False), ("d", 2, 1, False)], []],
        None,
    ]


def test_other_forms_can_be_asked_for() -> None:
    assert normal("of\ufb01ce e\u0301 ①", form="NFKC") == "office é 1"
    assert normal("of\ufb01ce e\u0301", form="none") == "of\ufb01ce e\u0301"


def test_an_unknown_form_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="NFC, NFKC, none") as caught:
        Normalize("NFCK")
    assert caught.value.hint is not None
    assert "NFKC" in caught.value.hint or "NFC" in caught.value.hint


def test_a_table_that_is_normal_is_returned_as_it_is() -> None:
    clean = table([(Kind.PARAGRAPH, "plain text"), (Kind.CODE, "a  b")], title="Title")
    assert Normalize()(clean) is clean


def test_rejected_rows_and_null_texts_are_left_alone() -> None:
    rows = DocumentRows(unit=0)
    add(rows, Kind.PARAGRAPH, " a ")
    rows.add("bad", "a.jsonl", title=" t ", reject={"stage": "source", "rule": "x", "failed": True})
    add(rows, Kind.PARAGRAPH, None)
    add(rows, Kind.TABLE, " b ", [[(" c ", 1, 1, False)]])
    rows.add("good", "a.jsonl", title=" t ")
    found = Normalize()(rows.to_table())
    columns = ElementColumns.from_arrow(found["elements"])
    assert columns.texts == [" a ", None, "b"]
    assert columns.cells[2] == [[("c", 1, 1, False)]]
    assert found["title"].to_pylist() == [" t ", "t"]


ANY = st.text(
    st.characters(codec="utf-8")
    | st.sampled_from(
        list(" \t\n\r\0\x85\xa0\xad\u200b\u2028\u3000\u0301\u1112\u1161\u11abe\ufb01\x92")
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([1, 4, 16]), ANY), max_size=6),
    st.sampled_from([*CHANGED_BY]),
)
def test_doing_it_twice_changes_nothing(document: list[tuple[int, str]], form: str) -> None:
    stage = Normalize(form)
    once = stage(table(document))
    assert stage(once).equals(once)


@settings(max_examples=150, deadline=None)
@given(ANY)
def test_prose_is_in_its_form_and_has_no_double_space_and_no_bare_ends(text: str) -> None:
    found = normal(text)
    assert "  " not in found
    assert " \n" not in found
    assert "\n\n\n" not in found
    assert found == found.strip(" \t\n")
    assert not any(c in found for c in "\0\r\xad\u200b\ufeff\u00a0")


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_every_character_that_a_form_changes_is_found(form: str) -> None:
    characters = [chr(c) for c in range(0x20, 0x30000) if not 0xD800 <= c < 0xE000]
    # after a letter, so that marks combine
    pairs = [f"a{c}x" for c in characters if not unicodedata.is_normalized(form, f"a{c}x")]
    text = normal("\n".join(pairs), Kind.RAW, form)
    for before, after in zip(pairs, text.split("\n"), strict=True):
        if after != "a" + "x":  # soft hyphens and such went for good
            assert after == unicodedata.normalize(form, before)


@pytest.mark.parametrize("form", CHANGED_BY)
def test_no_character_is_at_fault_in_much_text_that_is_not_suspected_in_little(form: str) -> None:
    """Two engines look, so that a document alone needs no polars; every character is asked of both."""
    points = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    texts = pa.array([f"a{chr(point)}b" for point in points])
    for fault in (Normalize(form)._prose_fault(), Normalize(form)._character_fault(MEANT)):
        found = pc.match_substring_regex(texts, suspected(fault)).to_numpy(zero_copy_only=False)
        by_polars = pl.Series(texts).str.contains(fault).to_numpy()
        assert [hex(points[i]) for i in (by_polars & ~found).nonzero()[0]] == []
        if form == "NFC":
            assert (found == by_polars)[:0x2FF].all()  # Latin text is not suspected for nothing


@given(st.text(st.sampled_from(" \t\n\r\0a\u00a0é"), max_size=8))
def test_little_text_is_found_at_fault_by_its_runs_and_ends_as_much_is(text: str) -> None:
    fault = Normalize()._prose_fault()
    by_arrow = pc.match_substring_regex(pa.array([text]), suspected(fault)).to_pylist()
    assert by_arrow == pl.Series([text]).str.contains(fault).to_list()


def test_a_document_that_is_well_is_left_alone_without_polars(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = DocumentRows(unit=3)
    add(rows, Kind.PARAGRAPH, "all is well")
    rows.add("a", "a.md")
    table = rows.to_table()
    monkeypatch.delitem(sys.modules, "polars")
    assert Normalize()(table).equals(table)
    assert "polars" not in sys.modules


def test_the_contract_of_a_stage_is_kept() -> None:
    rows = DocumentRows(unit=3)
    for number in range(4):
        add(rows, Kind.TITLE, f" Title\u00a0{number}")
        add(rows, Kind.CODE, "a \r\n b")
        add(rows, Kind.TABLE, " x  y ", [[(" x ", 1, 1, False), ("y", 1, 1, False)]])
        rows.add(f"doc-{number}", "a.jsonl", place=number, title=None if number % 2 else " T ")
    rows.fail("bad", "a.jsonl", rule="cut", detail="short", place=9)
    rows.mark_end(5)
    columns = {"elements": DOCUMENT.field("elements").type, "title": pa.string()}
    check_contract(Normalize(), rows.to_table(), columns)
