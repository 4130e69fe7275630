"""Repeats: headings, heads, fences and overlap, within half of the bound, and never the text's loss."""

from __future__ import annotations

from tests.unit.chunks.checks import check_chunks
from tests.unit.tokens.material import CLAUDE_2
from tore_export.chunks import Chunk, Chunker
from tore_export.documents.schema import Kind
from tore_export.tokens.manager import TokenizerManager

WORDS = "One two three four five six seven eight nine ten. "


def chunks_of(text: str, n: int, name: str = "gpt-4", **options) -> list[Chunk]:
    chunker = Chunker(TokenizerManager().get(name), n, **options)
    chunks = chunker.chunks(text)
    check_chunks(text, chunks, chunker)
    return chunks


def before(chunk: Chunk) -> str:
    return chunk.text[: chunk.own_start]


def behind(chunk: Chunk) -> str:
    return chunk.text[chunk.own_end :]


def test_chunks_begin_with_the_headings_they_stand_under():
    text = f"# A\n\n## B\n\n{WORDS * 3}\n\n# C\n\n## D\n\n{WORDS * 3}"
    assert [before(chunk) for chunk in chunks_of(text, 32, headings=True)] == [
        "",
        "# A\n\n## B\n\n",
        "",
        "# C\n\n## D\n\n",
    ]


def test_headings_that_do_not_fit_are_left_out_from_the_outermost():
    text = f"# {WORDS * 2}\n\n## B\n\n{WORDS * 4}"
    assert [before(chunk) for chunk in chunks_of(text, 24, headings=True)][-1] == "## B\n\n"


def test_a_heading_that_is_cut_is_not_its_own_heading():
    text = f"# A\n\n## {WORDS * 4}"
    assert {before(chunk) for chunk in chunks_of(text, 24, headings=True)} == {"", "# A\n\n"}


def test_the_parts_of_a_table_begin_with_its_head():
    head = "| n | w |\n| --- | --- |\n"
    text = "Look:\n\n" + head + "".join(f"| {i} | word {i} |\n" for i in range(20)) + "\nEnd."
    chunks = chunks_of(text, 48, table_header=True)
    assert [before(chunk) for chunk in chunks] == ["", *[head] * (len(chunks) - 1)]
    assert all(chunk.own.startswith("|") for chunk in chunks[1:])


def test_a_head_of_more_than_half_of_the_bound_is_left_out():
    head = "| " + WORDS + " |\n| --- |\n"
    text = head + "".join(f"| {i} |\n" for i in range(20))
    assert {before(chunk) for chunk in chunks_of(text, 24, table_header=True)} == {""}


def test_the_parts_of_a_code_block_are_fenced():
    text = "Run:\n\n```py\n" + "".join(f"x{i} = f({i})\n" for i in range(20)) + "```\n\nEnd."
    chunks = chunks_of(text, 40, table_header=True)
    assert [before(chunk) for chunk in chunks] == ["", *["```py\n"] * (len(chunks) - 1)]
    assert [behind(chunk) for chunk in chunks] == [*["```"] * (len(chunks) - 1), ""]


def test_a_line_of_code_that_is_cut_is_closed_on_a_line_of_its_own():
    text = "```\n" + "word " * 60 + "\n```"
    assert behind(chunks_of(text, 24, table_header=True)[1]) == "\n```"


def test_the_overlap_is_the_end_of_the_chunk_before_from_the_beginning_of_a_sentence():
    text = "It is so. " * 30
    chunks = chunks_of(text, 24, overlap=8)
    assert before(chunks[0]) == ""
    assert {before(chunk) for chunk in chunks[1:]} == {"It is so. It is so."}


def test_an_overlap_in_which_no_sentence_begins_begins_with_a_word():
    chunks = chunks_of(WORDS * 6, 24, overlap=5)
    assert {before(chunk) for chunk in chunks[1:]} <= {"eight nine ten.", "seven eight nine ten."}


def test_a_word_that_is_cut_has_no_overlap():
    assert {before(chunk) for chunk in chunks_of("qx" * 300, 24, overlap=8)} == {""}


def test_an_overlap_in_a_table_is_of_whole_rows_behind_its_head():
    head = "| n | w |\n| --- | --- |\n"
    text = head + "".join(f"| {i} | it. is |\n" for i in range(30))
    chunks = chunks_of(text, 64, table_header=True, overlap=20)
    assert len(chunks) > 2
    for chunk in chunks[1:]:
        assert before(chunk).startswith(head + "| ")
        assert set(before(chunk).removeprefix(head).split("\n")[0]) >= set("| it. is |")


def test_an_overlap_that_reaches_back_over_a_table_s_beginning_holds_its_head():
    text = (
        "Look at it. " * 4
        + "\n\n| a |\n| - |\n| 1 |\n"
        + "".join(f"| row {i} of many words that are long enough |\n" for i in range(4))
    )
    for n in range(40, 70):
        for chunk in chunks_of(text, n, table_header=True, overlap=20):
            assert chunk.text.count("| - |") <= 1


def test_an_overlap_does_not_begin_in_another_code_block():
    text = "```\n" + "a = 1\n" * 12 + "```\n\n" + WORDS * 6
    for n in range(40, 70):
        for chunk in chunks_of(text, n, overlap=n // 2)[1:]:
            assert "a = 1" not in before(chunk) or text.find(chunk.own) < text.find("One")


def test_a_heading_in_the_overlap_is_not_written_twice():
    text = f"# A\n\nOne.\n\n## B\n\n{WORDS * 4}"
    for n in range(24, 60):
        for chunk in chunks_of(text, n, headings=True, overlap=n // 3):
            assert chunk.text.count("## B") <= 1


def test_what_is_repeated_gives_way_to_a_code_point_of_many_tokens():
    text = "# Peace\n\n" + "\ufdfa " * 12
    chunks = chunks_of(text, 16, name=CLAUDE_2, headings=True)
    assert "" in {before(chunk) for chunk in chunks[1:]}


def test_a_row_that_fits_only_without_the_head_of_its_table_is_not_cut_for_it() -> None:
    head = "| A long name of a column | Another long name |\n| --- | --- |\n"
    rows = [f"| cell {i} holds so many words as this | and so does its mate |\n" for i in "123"]
    chunks = table_chunks(head + "| a | b |\n" + "".join(rows), 32, min_fill=0.5)
    assert [chunk.text for chunk in chunks[1:]] == rows


def test_a_caption_above_a_table_is_repeated_with_its_head() -> None:
    head = "Blades\n\n| Blade | Angle |\n| --- | --- |\n"
    rows = ["| cleaver | 25 | a heavy one |\n", "| cook's knife | 18 | a long one |\n"]
    chunks = table_chunks(head + "".join(rows), 30)
    assert chunks[-1].text == head + rows[-1]


def test_what_nothing_opens_is_not_closed_where_a_character_needs_the_whole_budget() -> None:
    rows = "<tr><th>X</th></tr>\n</thead>\n<tbody>\n<tr><td>☑ ☐ ☑</td></tr>\n"
    chunks = table_chunks(f"<table>\n<thead>\n{rows}</tbody>\n</table>", 8)
    assert not behind(chunks[-1])


def table_chunks(text: str, n: int, min_fill: float = 0.9) -> list[Chunk]:
    chunker = Chunker(TokenizerManager().get("gpt-4"), n, table_header=True, min_fill=min_fill)
    chunks = chunker.chunks(text, [(0, len(text))], [int(Kind.TABLE)])
    check_chunks(text, chunks, chunker)
    return chunks
