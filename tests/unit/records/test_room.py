"""How many tokens a record has room for."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.chunks.options import ChunkOptions
from tore_export.chunks.structure import Structure
from tore_export.records.room import Part, Room
from tore_export.tokens.manager import TokenizerManager

TOKENIZER = TokenizerManager().get("gpt-4")


class Twenty:
    """A tokenizer that makes twenty tokens of each character."""

    name = encoding = "twenty"
    approximate = False

    def count(self, text: str) -> int:
        return 20 * len(text)

    def count_batch(self, texts: list[str]) -> list[int]:
        return [self.count(text) for text in texts]

    def count_column(self, texts: pa.Array) -> pa.Array:
        return pa.array([None if t is None else self.count(t) for t in texts.to_pylist()])

    def encode(self, text: str) -> list[int]:
        return [0] * self.count(text)


def cut(room: Room, texts: list[str], rooms: list[int | None]) -> list[list[Part] | None]:
    return room.cut(texts, rooms, lambda i: Structure.of(texts[i]))


def test_without_a_bound_there_is_room_for_everything() -> None:
    assert Room(TOKENIZER).beside(["a prompt"]) == [None]
    assert Room(TOKENIZER).for_answers(["a prompt"]) == [None]
    assert cut(Room(TOKENIZER), ["a b " * 99], [None]) == [[Part("a b " * 99, 0, 396, 0)]]


def test_a_prompt_and_its_shape_take_their_part_of_the_bound() -> None:
    room = Room(TOKENIZER, ChunkOptions(50), overhead=7)
    assert room.beside(["two words", "", "a " * 90]) == [41, 43, 0]
    assert Room(TOKENIZER, ChunkOptions(50), 7, 42).for_answers(["two words", ""]) == [41, 42]
    assert Room(TOKENIZER, max_answer_tokens=9).for_answers(["two words"]) == [9]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text("ab. \n|`é水", max_size=300), max_size=5),
    st.integers(8, 40),
    st.sampled_from([0, 4]),
)
def test_parts_fit_their_room_and_join_to_the_text(texts: list[str], n: int, overlap: int) -> None:
    room = Room(TOKENIZER, ChunkOptions(100, overlap))
    for text, parts in zip(texts, cut(room, texts, [n] * len(texts)), strict=True):
        assert parts is not None
        assert all(TOKENIZER.count(part.text) <= n for part in parts)
        owned = [part.text[part.own_start :][: part.end - part.start] for part in parts]
        assert "".join(owned) == text


def test_half_a_table_has_its_head_and_half_a_program_its_fences() -> None:
    table = "| a | b |\n| --- | --- |\n" + "\n".join(f"| {i} | x |" for i in range(60))
    code = "```\n" + "\n".join(f"call({i})" for i in range(60)) + "\n```"
    tables, codes = cut(Room(TOKENIZER), [table, code], [80, 80])
    assert tables is not None
    assert codes is not None
    assert all(part.text.lstrip().startswith("| a | b |\n| --- ") for part in tables)
    assert all(part.text.count("```") == 2 for part in codes)


def test_a_room_of_next_to_nothing_holds_nothing() -> None:
    assert cut(Room(TOKENIZER), ["a b " * 99], [7]) == [None]


@pytest.mark.parametrize("text", ["水水水水", "a b c"])
def test_neither_does_one_that_a_single_character_exceeds(text: str) -> None:
    assert cut(Room(Twenty()), [text], [16]) == [None]
