"""How many tokens are written of a document."""

from __future__ import annotations

import msgspec

from tests.unit.budget.material import COUNT, columns_of
from tore_export.budget.measure import documents_of, measure_of
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.formatters.formatter import DocumentHead
from tore_export.formatters.jsonl import JsonLines
from tore_export.formatters.markdown import Markdown
from tore_export.formatters.plaintext import PlainText
from tore_export.formatters.template.source import read_template

PUMPS = [
    Element(Kind.TITLE, "Pumps"),
    Element(Kind.PARAGRAPH, "Open *it*."),
    Element(Kind.TITLE, "B"),
]
VALVES = [Element(Kind.LIST_ITEM, "valve")]
HEADS = [DocumentHead("a"), DocumentHead("b")]
TWO = ElementColumns.from_elements([PUMPS, VALVES])
TEMPLATE = ("template", (("template", read_template("default")),))


def measure(*formats, as_file=True):
    return measure_of(formats, "gpt-3.5-turbo", as_file=as_file)


def test_a_file_is_counted_with_its_last_newline_and_a_text_without():
    columns = columns_of(VALVES)
    assert measure(("markdown", ())).count(columns, HEADS[0]) == COUNT("- valve\n")
    assert measure(("markdown", ()), as_file=False).count(columns, HEADS[0]) == COUNT("- valve")


def test_json_lines_count_as_their_texts():
    (content,) = JsonLines().documents(columns_of(PUMPS), HEADS[:1])
    lines = [msgspec.json.decode(line)["text"] for line in content.splitlines()]
    assert len(lines) == 2
    assert measure(("jsonl", ())).count(columns_of(PUMPS), HEADS[0]) == sum(map(COUNT, lines))


def test_of_several_formats_the_largest_counts():
    one, other = ("markdown", ()), ("plaintext", ())
    columns = columns_of(PUMPS)
    counts = [measure(name).count(columns, HEADS[0]) for name in (one, other)]
    both = measure(one, other)
    assert both.count(columns, HEADS[0]) == max(counts)
    assert isinstance(both.planner(columns, HEADS[0]), Markdown)


def test_documents_are_counted_together_as_they_are_alone():
    for formats in ([("markdown", ())], [("jsonl", ()), ("plaintext", ()), TEMPLATE]):
        for as_file in (True, False):
            whole = measure(*formats, as_file=as_file)
            each = [whole.count(part, h) for part, h in zip(documents_of(TWO), HEADS, strict=True)]
            assert whole.count_each(TWO, HEADS) == each
    assert measure(("markdown", ())).count_each(ElementColumns(), []) == []


def test_formats_that_are_no_running_text_are_planned_by_one_that_is_like_them():
    columns = columns_of(PUMPS)
    lines = measure(("jsonl", (("content", "plaintext"), ("line_width", 40))))
    assert lines.planner(columns, HEADS[0]) == PlainText(line_width=40)
    assert measure(("jsonl", ())).planner(columns, HEADS[0]) == Markdown()
    assert measure(TEMPLATE).planner(columns, HEADS[0]) == Markdown(include_furniture=True)
