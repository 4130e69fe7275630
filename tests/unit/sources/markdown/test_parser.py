"""The parser reads GitHub's Markdown, and no text makes it lose words or take for ever."""

from __future__ import annotations

import time

import pytest

from tests.unit.sources.markdown.test_blocks import elements
from tore_export.sources.markdown.parser import MAX_NESTING

N = 20_000

HOSTILE = {
    "opened brackets": "[" * N,
    "nested brackets": "[" * (N // 2) + "]" * (N // 2),
    "brackets of a reference": "[a]: /b\n\n" + "[" * (N // 2) + "a" + "]" * (N // 2),
    "opened images": "![" * (N // 2),
    "nested images": "![" * (N // 8) + "](a)" * (N // 8),
    "brackets in images": "![[](" * (N // 5),
    "opened links": "[a](" * (N // 4),
    "links to nowhere": "[a](<b" * (N // 6),
    "links with titles": '[a](b "' * (N // 7),
    "emphasis": "*a **a " * (N // 7),
    "emphasis that closes": "*a " * (N // 6) + "b* " * (N // 6),
    "mixed marks": "*a_ __b~~ " * (N // 10),
    "ticks": "".join("e" + "`" * i for i in range(int((2 * N) ** 0.5))),
    "opened tags": "<a " * (N // 3),
    "opened attributes": '<a b="' * (N // 6) + ">",
    "opened comments": "x<!--" * (N // 5) + ">",
    "tags that cross": "<b>*" + "<i>" * (N // 8) + "</b>" * (N // 8),
    "tags that no one opened": "<b>" * (N // 8) + "</i>" * (N // 8),
    "tags of blocks": "x <br>" + "<p>" * (N // 3),
    "entities": "&" * N,
    "dollars": "$a " * (N // 3),
    "footnote references": "[^a]: b\n\n" + "[^" * (N // 2),
    "footnotes in footnotes": "[^a]: " * (N // 6),
    "nested quotes": ">" * N + "a",
    "quotes going deeper": "\n".join(">" * i + "a" for i in range(1, int((2 * N) ** 0.5))),
    "lazy quotes": ">" * 60 + "a\n" + "b\n" * (N // 4),
    "nested items": "- " * (N // 2) + "a",
    "nested numbers": "1. " * (N // 3) + "a",
    "items going deeper": "\n".join("  " * i + "- a" for i in range(int(N**0.5))),
    "definitions": "".join(f"[a{i}]: b\n" for i in range(N // 9)),
    "definitions never ended": "[a\n" * (N // 3),
    "titles never ended": "[a]: b '\n" * (N // 9),
    "cells": "|" + "a|" * (N // 8) + "\n|" + "-|" * (N // 8) + "\n" + "|\n" * (N // 8),
    "spaces": "a" + " " * N + "b",
    "front matter": "---\na: " + "[" * N + "\n---\n",
    "embedded data": "![a](data:image/png;base64," + "A" * (40 * N) + ")",
    "half embedded data": "data:image/png" * (N // 14),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_costs_seconds_at_most(text: str):
    started = time.process_time()
    elements(text)
    assert time.process_time() - started < 10


@pytest.mark.slow
@pytest.mark.parametrize("name", ["[", "![", "> ", "- ", "1. ", "**a "])
def test_a_hundred_thousand_of_a_mark_cost_seconds_at_most(name: str):
    started = time.process_time()
    elements(name * 100_000 + "a")
    assert time.process_time() - started < 20


def test_text_nested_too_deep_is_kept():
    marks = "> " * MAX_NESTING
    found = elements(f"{marks}> deep **words**\n{marks}> and more\n\nafter\n")
    assert found[-1].text == "after"
    assert found[-1].parent is None
    assert found[-2].text == "> deep words\n> and more"
    assert len(found) == MAX_NESTING + 1


def test_items_nested_too_deep_do_not_swallow_what_follows():
    deep = "\n".join("  " * i + f"- item {i}" for i in range(60))
    found = elements(f"{deep}\n- next\n\nafter\n")
    said = " ".join(element.text for element in found)
    assert all(f"item {i}" in said for i in range(60))
    assert [(e.text, e.level) for e in found[-2:]] == [("next", 0), ("after", None)]


def test_a_long_line_is_read_whole():
    words = "word " * 200_000
    (element,) = elements(words)
    assert element.text == words.strip()


def test_spaces_at_line_ends_are_as_the_full_parser_has_them():
    (element,) = elements("a \nb\t\n  c\n\td")
    assert element.text == "a\nb\nc\nd"
