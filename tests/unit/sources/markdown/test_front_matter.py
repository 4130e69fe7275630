"""Front matter is a mapping before the text; what only looks like one is text."""

from __future__ import annotations

import pytest

from tore_export.sources.markdown.front_matter import FrontMatter, front_matter_of


def test_fields_are_read_and_the_text_begins_after_them():
    text = "---\ntitle: Pumps\ntags: [water, oil]\nn: 3\nshare: 0.5\ndraft: true\n---\n# Why\n"
    found = front_matter_of(text)
    assert found.fields == {
        "title": "Pumps",
        "tags": ["water", "oil"],
        "n": 3,
        "share": 0.5,
        "draft": True,
    }
    assert text[found.end :] == "# Why\n"


def test_dates_times_and_languages_stay_as_they_are_spelt():
    text = "---\nlanguage: no\nat: 12:30:45\ndate: 2024-05-01\nversion: 010\nbig: 1_000\n---\n"
    assert front_matter_of(text).fields == {
        "language": "no",
        "at": "12:30:45",
        "date": "2024-05-01",
        "version": "010",
        "big": "1_000",
    }


def test_three_dots_end_it_and_comments_may_begin_it():
    assert front_matter_of("---\n# about\n\ntitle: x\n...\nbody").fields == {"title": "x"}


def test_tagged_values_become_what_json_has():
    text = (
        "---\nday: !!timestamp 2024-01-01\nnames: !!set {b, a}\nfile: !!binary aGk=\n"
        "huge: !!int 99999999999999999999\nnone: !!float .nan\nnested: {1: ~}\n---\n"
    )
    assert front_matter_of(text).fields == {
        "day": "2024-01-01",
        "names": ["a", "b"],
        "file": None,
        "huge": "99999999999999999999",
        "none": "nan",
        "nested": {"1": None},
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Pumps\n",
        "---\n",
        "---\n---\n",
        "---\ntitle: never closed\n",
        "---\nFoo\n---\nBar\n---\nBaz\n",
        "---\n- a list\n---\n",
        "---\n# a comment: x\n---\n",
        '---\n"a: b"\n---\n',
        "---\n\nA paragraph: with a colon\nand a line\n\n---\n"[:4] + "> quoted\n---\n",
        " ---\ntitle: indented\n---\n",
        "text\n---\ntitle: below\n---\n",
    ],
)
def test_what_is_no_mapping_at_the_very_beginning_is_text(text: str):
    assert front_matter_of(text) == FrontMatter()


@pytest.mark.parametrize(
    "source",
    [
        "title: [never closed\n",
        "a: b: c\n",
        "x: !!python/object:os.system {}\n",
        "day: !!timestamp 2024-19-99\n",
        "a: &a [1, 2]\nb: *a\n",
        "a: " + "[" * 30 + "]" * 30 + "\n",
        "a: " + "[" * 60_000 + "\n",
        "a: " + "x" * 70_000 + "\n",
    ],
)
def test_broken_or_costly_yaml_is_handed_back_as_it_is(source: str):
    found = front_matter_of(f"---\n{source}---\ntext")
    assert found.fields == {}
    assert found.broken == source
    assert found.end == len(source) + 8


def test_aliases_that_stand_for_billions_are_refused_in_no_time():
    lines = ["a: &a [x, x]"] + [
        f"{chr(ord(c) + 1)}: &{chr(ord(c) + 1)} [*{c}, *{c}, *{c}, *{c}]"
        for c in "abcdefghijklmnop"
    ]
    source = "\n".join(lines) + "\n"
    assert front_matter_of(f"---\n{source}---\n").broken == source
