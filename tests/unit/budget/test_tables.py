"""Tables in fewer tokens, with every word they have."""

from __future__ import annotations

from hypothesis import given, settings

from tests.unit.budget.material import COUNT, columns_of, tables
from tore_export.budget.draft import Draft
from tore_export.budget.engine import OptimizationEngine
from tore_export.budget.measure import measure_of
from tore_export.budget.tables import flat_cells, plain_rows, simple_tables
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.formatters.formatter import DocumentHead


def draft(*elements: Element, format: str = "markdown", **options) -> Draft:
    measure = measure_of(((format, tuple(options.items())),), "gpt-3.5-turbo")
    return Draft(columns_of(elements), DocumentHead(), measure)


def shown(found: Draft, changes) -> str:
    columns = found.chosen(found.kept, changes)
    return "".join(found.planner.render(columns))


@given(tables)
def test_no_word_is_lost_by_flattening(table):
    cells = [[(c.text, c.row_span, c.col_span, c.header) for c in row] for row in table]
    flat = flat_cells(cells)
    words = [word for row in cells for cell in row for word in cell[0].split()]
    if flat is None:
        assert not words
        return
    rows, _ = flat
    assert [word for row in rows for cell in row for word in cell[0].split()] == words
    assert len({len(row) for row in rows}) == 1
    assert all(cell[1:3] == (1, 1) for row in rows for cell in row)


def test_merged_cells_empty_rows_and_columns_alignment_and_line_ends_go():
    table = Element(
        Kind.TABLE,
        cells=(
            (Cell("a", col_span=2, header=True), Cell("b", header=True)),
            (Cell(""), Cell(" "), Cell("")),
            (Cell("c\nd", row_span=2), Cell(""), Cell("e")),
        ),
        meta={"align": ["left", "right", "center"]},
    )
    found = draft(table, merged_cells="repeat")
    (change,) = simple_tables(found)
    assert shown(found, [change]) == "| a | b |\n| --- | --- |\n| c d | e |"


def test_html_becomes_pipes_and_pipes_stay():
    rich = [{"row": 1, "place": 0, "html": "<p>b</p><p>c</p>"}]
    table = Element(Kind.TABLE, cells=((Cell("a"),), (Cell("b\nc"),)), meta={"rich": rich})
    found = draft(table)
    changes = simple_tables(found)
    assert shown(found, changes) == "| a |\n| --- |\n| b c |"
    found.take(found.kept, changes)
    assert plain_rows(found) == []


def test_spans_of_cells_move_with_them():
    strong = [{"row": 1, "place": 1, "spans": [{"start": 0, "end": 1, "kind": "strong"}]}]
    cells = [
        [("", 1, 1, False), ("a", 1, 1, False)],
        [("", 1, 1, False), ("b  c", 1, 1, False)],
    ]
    assert flat_cells(cells, strong) == (
        [[("a", 1, 1, False)], [("b  c", 1, 1, False)]],
        [{"row": 1, "place": 0, "spans": strong[0]["spans"]}],
    )
    table = Element(
        Kind.TABLE,
        cells=tuple(tuple(Cell(*cell) for cell in row) for row in cells),
        meta={"rich": strong},
    )
    found = draft(table)
    assert shown(found, simple_tables(found)) == "| a |\n| --- |\n| **b**  c |"


def test_where_tables_are_html_or_drawn_they_become_lines():
    table = Element(
        Kind.TABLE,
        cells=((Cell("Month"), Cell("m")), (Cell("May"), Cell("4.5"))),
        meta={"caption": "Level"},
    )
    for found in (draft(table, flavor="commonmark"), draft(table, format="plaintext")):
        assert shown(found, plain_rows(found)) == "Level\n\nMonth, m\nMay, 4.5"


def test_a_grid_far_larger_than_its_cells_is_left_alone():
    wide = [(str(n), 1, 1, False) for n in range(2000)]
    assert flat_cells([wide, *[[("a", 1, 1, False)]] * 3000]) is None


def test_the_html_a_table_came_as_gives_way_to_its_words():
    html = "<table class='very long and useless'><tr><td>a</td><td>b</td></tr></table>"
    table = Element(Kind.TABLE, cells=((Cell("a"), Cell("b")),), meta={"html": html})
    found = draft(table, flavor="unstructured")
    assert shown(found, simple_tables(found)) == "a, b"


def test_only_as_many_tables_as_needed_are_changed():
    table = Element(
        Kind.TABLE,
        cells=((Cell("a", col_span=9), Cell("b")), (Cell("c"),)),
    )
    document = [table, Element(Kind.PARAGRAPH, "Between."), table, Element(Kind.PARAGRAPH, "End.")]
    engine = OptimizationEngine()
    before = engine.optimize(document, 1000).n_tokens
    result = engine.optimize(document, before - 1)
    assert [(s.name, s.n_elements) for s in result.steps][-1] in [("tables", 1), ("repeats", 1)]


@settings(max_examples=50, deadline=None)
@given(tables)
def test_a_change_is_one_that_saves(table):
    found = draft(Element(Kind.TABLE, cells=table))
    before = COUNT(shown(found, []))
    for change in simple_tables(found):
        assert COUNT(shown(found, [change])) == before - change.saving < before
