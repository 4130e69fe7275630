"""The filters of templates."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.formatters.template.templating import rendered
from tore_export.errors import TemplateError
from tore_export.formatters.table import TABLE_STYLES
from tore_export.formatters.template.filters import FILTERS

PIPES = "| Part | n |\n| --- | --- |\n| bolt | 12 |"


@pytest.mark.parametrize(
    ("template", "output"),
    [
        ("{{ document.tables[0] | format_table }}", PIPES),
        ('{{ document.tables[0] | format_table(style="markdown") }}', PIPES),
        ("{{ document.elements[5] | format_table }}", PIPES),
        ("{{ document.tables[0] | format_table('csv') }}", "Part,n\nbolt,12"),
        ("{{ document.tables[0] | format_table('records') }}", "Part: bolt\nn: 12"),
        ("{{ document.tables[0] | format_table('lines') }}", "Part, n\nbolt, 12"),
        (
            "{{ document.tables[0] | format_table('lines', caption=true) }}",
            "What is needed\n\nPart, n\nbolt, 12",
        ),
        ("{{ [['a', 'b'], ['c', 1]] | format_table('lines') }}", "a, b\nc, 1"),
        ("{{ document.sections[1] | markdown }}", "# Pumps\n\nClose \\*the\\* valve."),
        ("{{ document.sections[1] | plaintext }}", "Pumps\n\nClose *the* valve."),
        ("{{ document.elements[1:3] | plaintext }}", "Pumps\n\nClose *the* valve."),
        ("{{ document.elements[7:9] | markdown }}", "- first\n  - second"),
        ("{{ document.sections[1:2] | markdown }}", "# Pumps\n\nClose \\*the\\* valve."),
        ("{{ [] | markdown }}", ""),
        ("{{ document | markdown == document.content }}", "True"),
        ("{{ document.sections[1] | heading }}", "# Pumps"),
        ("{{ document.sections[1] | heading(3) }}", "### Pumps"),
        ("{{ document.sections[0] | heading }}", ""),
        ("{{ 'a *b*' | heading(2) }}", "## a \\*b\\*"),
        ("{{ 'a' | heading }}", "# a"),
        ("{{ 'Öl & Wasser, 2. Teil_x' | slug }}", "öl-wasser-2-teil-x"),
        ("{{ 'one two  three' | truncate_words(2) }}", "one two …"),
        ("{{ 'one two' | truncate_words(2) }}", "one two"),
        ("{{ 'one two' | truncate_words(0, end='') }}", ""),
        ("{{ 'one two three' | wordwrap(8) }}", "one two\nthree"),
        ("{{ 'a\\nb\\n\\nc' | indent }}", "a\n    b\n\n    c"),
        ("{{ 'a\\nb' | indent('> ', first=true) }}", "> a\n> b"),
        ("{{ 'a\\n\\nb' | indent(2, blank=true) }}", "a\n  \n  b"),
        ("{{ 'a' | center(5) }}|", "  a  |"),
        ("{{ ['a', 1, none] | join(', ') }}", "a, 1, "),
        ("{{ document.sections | join('/', attribute='heading') }}", "/Pumps/Parts/Care"),
        ("{{ '%s of %d' | format('a', 2) }}{{ '%(x)s' | format(x=1) }}", "a of 21"),
        ("{{ 'aaa' | replace('a', 'b') }}{{ 'aaa' | replace('a', 'b', 1) }}", "bbbbaa"),
        ("{{ '<a & b>' | escape }}{{ '\"' | e }}", "&lt;a &amp; b&gt;&quot;"),
        ("{{ [1, 2.5] | sum }}{{ [{'a': 1}, {'a': 2}] | sum('a', 10) }}", "3.513"),
        ("{{ 1 | string ~ 'x' }}", "1x"),
        ("{{ [3, 1, 2] | sort | join }}{{ [1, 2] | reverse | list }}", "123[2, 1]"),
        ("{{ [1, 2, 3] | batch(2, 0) | list }}", "[[1, 2], [3, 0]]"),
        ("{{ [1, 2, 3] | slice(2) | list }}", "[[1, 2], [3]]"),
        ("{{ 2.345 | round(1) }}{{ 2.5 | round | int }}", "2.32"),
        ("{{ document.elements | groupby('kind') | length }}", "7"),
        ("{% for page, own in document.elements | groupby('page') %}{{ page }} {% endfor %}", "1 2 3 "),
        ("{{ (document.elements | groupby('page') | first).list | length }}", "3"),
        ("{{ document.elements | selectattr('kind', 'equalto', 'title') | list | length }}", "3"),
        ("{{ 'x' | n_tokens }}", ""),
        ("{{ document.elements[1] | upper }}", "# PUMPS"),
        ("{{ 'one two-three' | wordcount }}{{ {'a b': 1} | urlencode }}", "3a+b=1"),
        ("{{ 'a b' | urlencode }}{{ 'ab' | list }}", "a%20b['a', 'b']"),
        ("{{ [1, 2, 3] | select('odd') | map('string') | join }}", "13"),
        ("{{ 'a b' | title }}{{ 'ab' | first }}{{ [] | length }}", "A Ba0"),
    ],
)  # fmt: skip
def test_filters(template: str, output: str) -> None:
    assert rendered(template) == output


@pytest.mark.parametrize("style", TABLE_STYLES)
def test_a_table_is_written_in_every_style(style: str) -> None:
    shown = rendered(f"{{{{ document.tables[0] | format_table('{style}') }}}}")
    assert "bolt" in shown
    assert "12" in shown


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ document | format_table }}", "no table"),
        ("{{ document.elements[0] | format_table }}", "no table"),
        ("{{ none | format_table }}", "no table"),
        ("{{ 'a' | markdown }}", "only what is of a document"),
        ("{{ 1 | plaintext }}", "only what is of a document"),
        ("{{ [1] | markdown }}", "only what is of a document"),
        ("{{ ['a'] | sum }}", "only numbers"),
        ("{{ [[1]] | sum(start=[]) }}", "only numbers"),
    ],
)
def test_what_a_filter_is_not_for_is_refused(template: str, told: str) -> None:
    with pytest.raises(TemplateError, match=told):
        rendered(template)


def test_tokens_are_counted_by_who_is_given() -> None:
    assert rendered("{{ 'abc' | n_tokens }}", count=lambda texts: [len(texts[0])]) == "3"


def test_json_is_one_line_with_the_parts_of_a_document_as_data() -> None:
    shown = rendered(
        "{{ {'document': document, 'section': document.sections[1], 'table': document.tables[0],"
        " 'element': document.elements[1], 'x': [1.5, none, true, '<&>']} | tojson }}"
    )
    assert "\n" not in shown
    found = json.loads(shown)
    assert found["document"]["metadata"]["author"] == "A. Smith"
    assert found["section"] == {
        "heading": "Pumps",
        "level": 1,
        "path": ["Pumps"],
        "pages": [1, 2],
        "text": "Close *the* valve.",
    }
    assert found["table"]["rows"] == [["Part", "n"], ["bolt", "12"]]
    assert found["element"] == {"id": "1", "kind": "title", "text": "Pumps", "level": 1, "page": 1}
    assert found["x"] == [1.5, None, True, "<&>"]
    assert rendered("{{ [1] | tojson(indent=2) }}") == "[\n  1\n]"


@given(st.recursive(st.none() | st.booleans() | st.integers(-99, 99) | st.text(), st.lists))
def test_json_of_any_value_is_read_back_as_it_was(value: Any) -> None:
    from tests.unit.formatters.template.templating import HEAD
    from tore_export.formatters.formatter import DocumentHead

    head = DocumentHead(**{**_fields(HEAD), "meta": json.dumps({"value": value})})
    assert json.loads(rendered("{{ document.metadata.value | tojson }}", head=head)) == value


def _fields(head: Any) -> dict[str, Any]:
    return {name: getattr(head, name) for name in head.__slots__}


def test_every_filter_is_documented() -> None:
    page = (Path(__file__).resolve().parents[4] / "docs" / "templates.md").read_text("utf-8")
    section = page.partition("## Filters")[2].partition("\n## ")[0]
    assert set(FILTERS) <= set(re.findall(r"`(\w+)`", section))
