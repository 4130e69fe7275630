from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.quality import clean
from tests.unit.quality.tables import paragraphs, prose, table
from tore_export.documents.schema import Kind
from tore_export.quality import prose as module
from tore_export.quality.prose import PADDING, few, prose_of, share


def lines(*documents: list[tuple[int, str]]) -> list[str]:
    return [text.rstrip("\n") for text in prose(*documents).texts.to_pylist()]


def test_only_kinds_of_prose_are_looked_at_and_what_lies_beside_is_measured() -> None:
    document = [
        (Kind.TITLE, "Pumps"),
        (Kind.CODE, "x = 1"),
        (Kind.TABLE, "a b"),
        (Kind.HEADER, "page head"),
        (Kind.FOOTNOTE, "a note"),
        (Kind.PARAGRAPH, ""),
    ]
    found = prose(document, paragraphs("next"))
    assert lines(document) == ["Pumps", "a note"]
    assert found.titles.tolist() == [True, False, False]
    assert found.beside.tolist() == [8, 0]
    assert found.lines.tolist() == [0, 2, 3]


def test_raw_text_is_cut_into_lines_without_fenced_code_and_empty_ones() -> None:
    text = "# Pumps\n\nOpen the valve.\n```python\nx = 1\n```\n- close it\n~~~\nrest"
    assert lines([(Kind.RAW, text)]) == ["# Pumps", "Open the valve.", "- close it"]
    assert lines([(Kind.MESSAGE, text)]) == ["# Pumps", "Open the valve.", "- close it"]


def test_raw_text_keeps_its_place_among_other_elements() -> None:
    document = [(Kind.PARAGRAPH, "one\ntwo"), (Kind.RAW, "three\nfour"), (Kind.PARAGRAPH, "five")]
    assert lines(document, paragraphs("six")) == ["one\ntwo", "three", "four", "five", "six"]


def test_a_document_that_is_not_chosen_has_no_lines() -> None:
    elements = table([paragraphs("one"), paragraphs("two")])["elements"].combine_chunks()
    ((first, found),) = prose_of(elements, pa.array([False, True]))
    assert first == 0
    assert found.lines.tolist() == [0, 0, 1]
    assert found.texts.to_pylist() == ["two\n"]


def test_many_documents_come_in_slices_that_cover_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    documents = [*clean.documents(), [], paragraphs("x" * 9_000), []]
    elements = table(documents)["elements"].combine_chunks()
    chosen = pa.repeat(pa.scalar(True), len(elements))
    monkeypatch.setattr(module, "SLICE_BYTES", 5_000)
    slices = list(prose_of(elements, chosen))
    assert len(slices) > 10
    next_one = 0
    for first, found in slices:
        assert first == next_one
        next_one += found.n_documents
    assert next_one == len(documents)
    monkeypatch.undo()
    (whole,) = prose_of(elements, chosen)
    assert [t for _, found in slices for t in found.texts.to_pylist()] == whole[1].texts.to_pylist()


def test_of_a_very_long_document_the_beginning_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    found = prose(paragraphs("short"), paragraphs(*["x" * 39] * 9), paragraphs("short"))
    assert np.diff(found.lines).tolist() == [1, 3, 1]
    assert len(found.titles) == 5


def test_values_a_line_add_up_by_document() -> None:
    found = prose(paragraphs("one", "two"), [], paragraphs("three"))
    assert found.per_document(np.array([True, False, True])).tolist() == [1, 0, 1]
    assert found.per_document(np.array([2, 3, 4])).tolist() == [5, 0, 4]


def test_a_share_of_nothing_is_not_a_number() -> None:
    part, whole = np.array([1, 0, 3]), np.array([2, 0, 4])
    assert share(part, whole)[[0, 2]].tolist() == [0.5, 0.75]
    assert np.isnan(share(part, whole)[1])
    assert np.isnan(share(part, whole, np.array([False, True, True]))).tolist() == [
        True,
        True,
        False,
    ]


@given(st.lists(st.booleans(), max_size=60).map(lambda flags: [*flags, *[False] * PADDING]))
def test_few_flags_are_found_where_they_are(flags: list[bool]) -> None:
    assert few(np.array(flags)).tolist() == np.flatnonzero(flags).tolist()
