"""Boundaries: white space goes with a word or a line, and where counts add up they do."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tore_export.chunks.characters import character_table
from tore_export.chunks.spaces import Spaces
from tore_export.chunks.strength import Strength
from tore_export.chunks.structure import Structure
from tore_export.chunks.units import units_of
from tore_export.documents.schema import Kind
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.reference import count_reference

PIECES = [
    "a", "A", "'s", "'", "1", "12", "é", "漢", "\u0301", "ſ", ".", "!", "//", "/", "-", "_", "\x00",
    " ", "  ", "\t", "\n", "\r", "\r\n", "\n\n", "\u00a0", "\u3000", "\x0b", "\x85", "\u2028", "👍",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]), min_size=2)


@pytest.mark.parametrize("encoding", ["cl100k_base", "o200k_base"])
@settings(max_examples=300, deadline=None)
@example(list("foo.\n/bar"))
@example(list("foo \n \n /bar"))
@given(TEXTS)
def test_both_sides_of_a_safe_place_count_as_the_whole(encoding, letters):
    text = "".join(letters)
    codes = np.frombuffer(f"\n{text}\n".encode("utf-32-le"), np.uint32)
    classes = character_table()[codes]
    places = np.arange(2, len(text) + 1)
    safe = Spaces.of(codes, classes).is_safe(places, codes, classes)
    whole = count_reference(text, encoding)
    for place in (places[safe] - 1).tolist():
        left, right = text[:place], text[place:]
        assert count_reference(left, encoding) + count_reference(right, encoding) == whole, place


def strengths_of(structure: Structure) -> dict[str, str]:
    """Return, by the text behind each place, what ends there."""
    units = units_of([structure], TokenizerManager().get("cl100k_base"), 1000)[0]
    places = units.places.tolist()
    names = {int(strength): strength.name for strength in Strength}
    return {
        structure.text[a:b].partition("\n")[0]: names.get(
            units.strengths[i], f"SECTION{units.strengths[i]}"
        )
        for i, (a, b) in enumerate(pairwise(places))
        if i
    }


def test_markdown_of_unknown_structure_is_cut_where_its_marks_say():
    text = (
        "Intro of it.\n\n# One\n\n## Sub\n\nText goes\non here. And ends.\nThen more.\n"
        "- item\n- other\n12. twelfth\n> quoted\n\n```python\nx = 1\n\n# no heading\ny = 2\n```\n\n"
        "after\n\n### Third\ntext"
    )
    assert strengths_of(Structure.of(text)) == {
        "# One": "SECTION13",
        "on here.": "LINE",
        " And ends.": "SENTENCE",
        "Then more.": "SENTENCE",
        "- item": "ROW",
        "- other": "ROW",
        "12. twelfth": "ROW",
        "> quoted": "ROW",
        "```python": "BLOCK",
        "# no heading": "STANZA",
        "y = 2": "ROW",
        "after": "BLOCK",
        "### Third": "SECTION11",
    }


def blocks(*parts: tuple[str, Kind, int]) -> Structure:
    text = "\n\n".join(part for part, _, _ in parts)
    starts, ends, place = [], [], 0
    for part, _, _ in parts:
        starts.append(place)
        ends.append(place + len(part))
        place += len(part) + 2
    return Structure.of(
        text, starts, ends, [k for _, k, _ in parts], [level for *_, level in parts]
    )


def test_elements_are_cut_by_what_they_are():
    found = strengths_of(
        blocks(
            ("before", Kind.PARAGRAPH, 0),
            ("# T", Kind.TITLE, 1),
            ("It says:", Kind.PARAGRAPH, 0),
            ("- a", Kind.LIST_ITEM, 0),
            ("- b", Kind.LIST_ITEM, 0),
            ("| h |\n| --- |\n| 1. |\n| 2. |", Kind.TABLE, 0),
            ("```\nm = 1\n\nn = 2\n```", Kind.CODE, 0),
            ("t", Kind.TERM, 0),
            ("d", Kind.DEFINITION, 0),
            ("## S", Kind.TITLE, 2),
            ("### U", Kind.TITLE, 3),
            ("end", Kind.PARAGRAPH, 0),
        )
    )
    assert found == {
        "# T": "SECTION13",
        "It says:": "WORD",
        "- a": "SENTENCE",
        "- b": "ROW",
        "| h |": "BLOCK",
        "| --- |": "WORD",
        "| 1. |": "WORD",
        "| 2. |": "ROW",
        "```": "WORD",
        "m = 1": "WORD",
        "n = 2": "STANZA",
        "t": "BLOCK",
        "d": "LINE",
        "## S": "SECTION12",
        "### U": "WORD",
        "end": "WORD",
    }


def test_rows_of_an_html_table_end_with_their_tag_also_on_one_line():
    table = "<table><tr><th>a</th></tr><tr><td>1. One</td></tr> <tr><td>2</td></tr></table>"
    assert list(
        strengths_of(blocks(("x", Kind.PARAGRAPH, 0), (table, Kind.TABLE, 0))).values()
    ) == [
        "BLOCK",
        "ROW",
        "ROW",
    ]


def test_ideographs_are_words_and_what_belongs_to_one_before_stays_with_it():
    text = "中文字、かなです。コンピュータ々ー (中)文"
    units = units_of([Structure.of(text)], TokenizerManager().get("cl100k_base"), 1)[0]
    places = units.places.tolist()
    assert "|".join(text[a:b] for a, b in pairwise(places)) == (
        "中|文|字、|か|な|で|す。|コンピュータ々ー| (中)|文"
    )


def test_a_carriage_return_and_a_line_feed_are_one_line_end_only_next_to_each_other():
    found = strengths_of(Structure.of("one\rtwo\nthree\r\nfour\r\n\r\nfive"))
    assert found == {
        "two": "LINE",
        "three\r": "LINE",
        "four\r": "LINE",
        "five": "BLOCK",
    }
