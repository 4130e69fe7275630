"""Numbers of rows and documents: the same for the same content, else different."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.dedup.rows import first_rows_of_documents, keys_of_documents, keys_of_rows
from tore_export.records.shapes.registry import shape_named


def as_compared(text: str | None) -> str:
    """Return a text as two rows are compared, found character by character."""
    return "".join(
        c.lower() if c.isascii() else c
        for c in text or ""
        if c not in "\0\t\n\v\f\r\x1c\x1d\x1e\x1f "
    )


@settings(deadline=None)  # the first row waits for an import
@given(st.lists(st.none() | st.text(alphabet="aAbB \n\0é\u3000\U0001f600", max_size=6), min_size=1))
def test_rows_are_the_same_if_white_space_and_case_aside_their_strings_are(
    texts: list[str | None],
) -> None:
    keys = keys_of_rows(pa.table({"text": pa.array(texts, pa.string())})).tolist()
    for one, text in zip(keys, texts, strict=True):
        for other, another in zip(keys, texts, strict=True):
            assert (one == other) == (as_compared(text) == as_compared(another))


def test_each_ascii_character_is_compared_as_it_is_or_in_lower_case_or_not_at_all() -> None:
    characters = [chr(code) for code in range(0x80)]
    keys = keys_of_rows(pa.table({"text": characters * 70})).tolist()
    assert keys == keys[:0x80] * 70
    by_key = dict(zip(keys, map(as_compared, characters * 70), strict=True))
    assert [by_key[key] for key in keys[:0x80]] == [as_compared(c) for c in characters]
    assert len(by_key) == len(set(map(as_compared, characters)))


def test_what_stands_in_which_column_counts() -> None:
    table = pa.table({"prompt": ["ab", "a", "ab"], "completion": ["c", "bc", "C"]})
    first, second, third = keys_of_rows(table)
    assert first == third != second


def test_messages_are_told_apart_by_role_content_and_order() -> None:
    def row(*messages: tuple[str, str]) -> list[dict[str, str]]:
        return [{"role": role, "content": text} for role, text in messages]

    rows = [
        row(("user", "Hello"), ("assistant", "Yes")),
        row(("user", "hello "), ("assistant", "yes")),
        row(("assistant", "Yes"), ("user", "Hello")),
        row(("user", "Hello")),
        [],
        None,
    ]
    kind = shape_named("messages").schema.field("messages").type
    keys = keys_of_rows(pa.table({"messages": pa.array(rows, kind)})).tolist()
    assert keys[0] == keys[1]
    assert len(set(keys[1:5])) == 4
    assert keys[5] == keys[4]


def test_a_part_of_a_table_has_the_numbers_it_has_in_the_whole() -> None:
    table = pa.table({"text": ["one", "two", "three", "", "four"]})
    whole = keys_of_rows(table).tolist()
    assert keys_of_rows(table.slice(1, 3)).tolist() == whole[1:4]
    assert keys_of_rows(pa.concat_tables([table, table])).tolist() == whole * 2
    assert keys_of_rows(table.slice(0, 0)).tolist() == []


@pytest.mark.parametrize(
    ("ids", "sources", "firsts"),
    [
        (["a", "a", "b"], ["s", "s", "s"], [0, 2]),
        (["a", "a", "a"], ["s", "t", "t"], [0, 1]),
        (["a"], ["s"], [0]),
        ([], [], []),
    ],
)
def test_documents_begin_where_id_or_source_changes(
    ids: list[str], sources: list[str], firsts: list[int]
) -> None:
    schema = pa.schema([("doc_id", pa.string()), ("source", pa.string())])
    table = pa.table({"doc_id": ids, "source": sources}, schema)
    assert first_rows_of_documents(table).tolist() == firsts


def test_a_document_is_known_by_its_id_and_its_source() -> None:
    table = pa.table({"doc_id": ["1", "1", "1", "2"], "source": ["a", "b", "a", "a"]})
    keys = keys_of_documents(table).tolist()
    assert keys[0] == keys[2]
    assert len(set(keys)) == 3
