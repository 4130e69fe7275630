"""Every example of the CommonMark and GFM specifications is read, written and read again.

Three things are compared, and what differs is named, example by example, with the reason:

- what is read from an example, and the HTML its specification shows;
- the elements read from an example, and those read from the Markdown written of them;
- what markdown-it-py sees in an example, and in the Markdown written of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from tests.conftest import SHARED
from tests.corpora import needs_corpora
from tests.integration.export.shown_structure import (
    Entry,
    structure_of_elements,
    structure_of_html,
)
from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.formatters.markdown import Markdown
from tore_export.sources.builder import Builder
from tore_export.sources.markdown.reader import append_markdown
from tore_export.sources.unit import Limits

FOLDER = SHARED / "corpora" / "markdown_spec"
FIXTURES = "markdown-it-py/test_port/fixtures"
FILES = {
    "commonmark": "commonmark/spec.json",
    "commonmark_0_31": "markdown-it-py/test_cmark_spec/commonmark.json",
    "gfm": "cmark-gfm/gfm_spec.json",
    "gfm_extensions": "cmark-gfm/gfm_extensions.json",
    "regression": "cmark-gfm/regression.txt",
    "info_strings": "cmark-gfm/extensions-full-info-string.txt",
    "table_styles": "cmark-gfm/extensions-table-prefer-style-attributes.txt",
    "commonmark_extras": f"{FIXTURES}/commonmark_extras.md",
    "fatal": f"{FIXTURES}/fatal.md",
    "strikethrough": f"{FIXTURES}/strikethrough.md",
    "tables": f"{FIXTURES}/tables.md",
    "tasklists": f"{FIXTURES}/tasklists.md",
    "xss": f"{FIXTURES}/xss.md",
}
FLAVORS = ("github", "commonmark")

Reasons = dict[str, dict[int, str]]

TORN = "HTML that Markdown tears apart: a browser mends it, elements cannot lie across each other"
HIDING = "GFM shows <textarea>, <xmp> and their kin as text, CommonMark has a browser hide them"
BROWSER = "HTML of a kind that is no text: browsers take its middle for some, by mistake"
OLD_COMMENT = "what a comment may hold is that of CommonMark 0.31, wider than in GFM's 0.29"
NOTES = "footnotes stand where they are written and keep their labels; HTML numbers and moves them"
TILDES = "one or two tildes strike out, as in GFM; markdown-it's own rule is two at a time"
UNSAFE = "markdown-it makes no link of an address that a browser should not open; CommonMark does"
QUOTE_MARKS = "the fixture is of typographic replacements"
NO_HTML = "the example shows none, it only must not crash"
EMPTY = "code without a word is not written"
ENDS = "blank lines at the ends of code are not written"
HEADLESS = "a table of pipes has a head: its first row becomes one"
UNUSED = "a footnote that nothing refers to is written as text, or no one would see it"
DATA = "embedded data is never written, and what is left of its image is no address"
NO_NOTES = "CommonMark has no footnotes: their marks and texts are written as such"
SPACES = "a table in HTML, where several spaces are one"

SHOWN_OTHERWISE: Reasons = {
    "commonmark": {148: TORN, 173: HIDING, 182: BROWSER, 631: BROWSER},
    "commonmark_0_31": {148: TORN, 171: HIDING, 180: BROWSER, 629: BROWSER},
    "gfm": {118: TORN, 149: BROWSER, 645: OLD_COMMENT, 646: OLD_COMMENT, 649: BROWSER},
    "gfm_extensions": {20: NO_HTML, 23: NOTES},
    "regression": {13: NOTES},
    "fatal": {4: QUOTE_MARKS},
    "strikethrough": dict.fromkeys((2, 3, 4, 5, 14, 15), TILDES),
    "xss": dict.fromkeys((2, 3, 4, 5, 7, 9, 10, 12), UNSAFE),
}

_COMMONMARK_CODE = dict.fromkeys((126, 129, 130, 144), EMPTY) | {127: ENDS}
_CODE: Reasons = {
    "commonmark": _COMMONMARK_CODE | {171: ENDS, 239: EMPTY, 320: ENDS},
    "commonmark_0_31": _COMMONMARK_CODE | {169: ENDS, 237: EMPTY, 318: ENDS},
    "gfm": dict.fromkeys((96, 99, 100, 114, 215), EMPTY) | dict.fromkeys((97, 139, 298), ENDS),
}
READ_OTHERWISE: dict[str, Reasons] = {
    "github": {
        "commonmark": _CODE["commonmark"] | dict.fromkeys((149, 160, 192), HEADLESS),
        "commonmark_0_31": _CODE["commonmark_0_31"] | dict.fromkeys((149, 160, 190), HEADLESS),
        "gfm": _CODE["gfm"] | dict.fromkeys((119, 130, 159), HEADLESS),
        "gfm_extensions": {23: UNUSED},
        "xss": {6: DATA},
    },
    "commonmark": {
        **_CODE,
        "gfm_extensions": {23: NO_NOTES},
        "regression": {13: NO_NOTES},
        "tables": {6: SPACES},
        "xss": {6: DATA},
    },
}
_SEEN: Reasons = {
    "commonmark": _CODE["commonmark"] | SHOWN_OTHERWISE["commonmark"],
    "commonmark_0_31": _CODE["commonmark_0_31"] | SHOWN_OTHERWISE["commonmark_0_31"],
    "gfm": _CODE["gfm"] | {118: TORN, 149: BROWSER, 649: BROWSER, 653: HIDING},
    "xss": dict.fromkeys((2, 3, 4, 5, 7, 9, 12), UNSAFE),
}
SEEN_OTHERWISE: dict[str, Reasons] = {
    "github": _SEEN | {"gfm_extensions": {22: HIDING, 23: UNUSED}},
    "commonmark": _SEEN
    | {"gfm_extensions": {22: HIDING, 23: NO_NOTES}, "regression": {13: NO_NOTES}},
}

pytestmark = needs_corpora


@cache
def examples(name: str) -> list[tuple[str, str]]:
    """Return (Markdown, HTML) of each example of a file; the first is number 1."""
    path = FOLDER / FILES[name]
    text = path.read_bytes().decode()
    if path.suffix == ".json":
        return [(example["markdown"], example["html"]) for example in json.loads(text)]
    if path.suffix == ".txt":
        fence = "`" * 32
        found = re.findall(rf"^{fence} example[^\n]*\n(.*?)^\.\n(.*?)^{fence}$", text, re.M | re.S)
        return [(source.replace("→", "\t"), html.replace("→", "\t")) for source, html in found]
    parts = re.split(r"^\.\n", text, flags=re.M)
    return list(zip(parts[1::3], parts[2::3], strict=False))


def read(markdown: str) -> ElementColumns:
    rows = DocumentRows(0)
    append_markdown(markdown, Builder(rows.elements, Limits()), Limits())
    rows.elements.counts.append(len(rows.elements))
    return rows.elements


def write(columns: ElementColumns, flavor: str) -> str:
    return "".join(Markdown(flavor=flavor, images="link").render(columns))


@cache
def oracle() -> MarkdownIt:
    found = MarkdownIt("commonmark", {"tasklists": True, "strikethrough_single_tilde": True})
    return found.enable(["table", "strikethrough"]).use(footnote_plugin, inline=False)


def seen(markdown: str) -> list[Entry]:
    return structure_of_html(oracle().render(markdown))


def comparable(columns: ElementColumns) -> list[Any]:
    """Return elements without their ids, and with addresses as a browser resolves them."""
    (elements,) = columns.to_elements()
    place = {element.id: i for i, element in enumerate(elements)}
    return [
        (
            element.kind.name,
            element.text,
            element.level,
            None if element.parent is None else place[element.parent],
            element.page,
            element.cells,
            _decoded(dict(element.meta)),
        )
        for element in elements
    ]


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: unquote(v) if k == "url" else _decoded(v) for k, v in value.items()}
    return [_decoded(inner) for inner in value] if isinstance(value, list) else value


def differing(name: str, same: Callable[[str, str], bool]) -> set[int]:
    return {
        number
        for number, (markdown, html) in enumerate(examples(name), 1)
        if not same(markdown, html)
    }


def named(reasons: Reasons, name: str) -> set[int]:
    return set(reasons.get(name, {}))


def test_every_example_is_found():
    assert {name: len(examples(name)) for name in FILES} == {
        "commonmark": 655,
        "commonmark_0_31": 652,
        "gfm": 673,
        "gfm_extensions": 28,
        "regression": 19,
        "info_strings": 4,
        "table_styles": 1,
        "commonmark_extras": 57,
        "fatal": 5,
        "strikethrough": 15,
        "tables": 42,
        "tasklists": 11,
        "xss": 13,
    }


@pytest.mark.parametrize("name", FILES)
def test_what_is_read_is_what_the_specification_shows(name: str):
    def same(markdown: str, html: str) -> bool:
        return structure_of_elements(read(markdown).to_elements()[0]) == structure_of_html(html)

    assert differing(name, same) == named(SHOWN_OTHERWISE, name)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("name", FILES)
def test_elements_are_the_same_after_writing_and_reading(name: str, flavor: str):
    def same(markdown: str, _: str) -> bool:
        found = read(markdown)
        return comparable(read(write(found, flavor))) == comparable(found)

    assert differing(name, same) == named(READ_OTHERWISE[flavor], name)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("name", FILES)
def test_a_parser_sees_in_what_is_written_what_it_sees_in_the_example(name: str, flavor: str):
    def same(markdown: str, _: str) -> bool:
        return seen(write(read(markdown), flavor)) == seen(markdown)

    assert differing(name, same) == named(SEEN_OTHERWISE[flavor], name)


def test_pages_are_read_where_the_formatter_marked_them():
    found = read(
        "<!-- page 1 -->\n\na\n\n<!-- page 2 -->\n\n- b\n\n  c\n\n<!-- page 4 -->\n\n# d\n"
    )
    written = "".join(Markdown(page_marks="comment").render(found))
    assert comparable(read(written)) == comparable(found)
