"""Plain tables of a batch are what each of them is alone, to the parser as well."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.documents.cells import cells_from_arrow, placed_cells
from tore_export.sources.html.plain_tables import plain_cells, plain_tables
from tore_export.sources.html.table import cells_of_html

PIECES = st.sampled_from(
    [
        "a",
        " ",
        "\n",
        "b  c",
        "&amp;",
        "&",
        "&am",
        "p;",
        "&lt",
        "&#65;",
        "é",
        "\xa0",
        "\0",
        "<b>x</b>",
    ]
)
TABLES = st.builds(
    lambda rows, n_head, tag: (
        "<table>"
        + (f"<thead>{''.join(rows[:n_head])}</thead>" if n_head else "")
        + "".join(rows[n_head:]).replace("td>", tag)
        + "</table>"
    ),
    st.lists(
        st.lists(st.lists(PIECES, max_size=3).map("".join), max_size=3).map(
            lambda cells: f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
        ),
        max_size=3,
    ),
    st.integers(0, 2),
    st.sampled_from(["td>", "th>"]),
)


@settings(deadline=None)
@given(st.lists(TABLES | st.sampled_from([None, "", "no table"]), max_size=6))
def test_many_tables_at_once_are_what_each_is_alone(htmls: list[str | None]) -> None:
    places, tables = plain_tables(pa.array(htmls, pa.string()))
    cells = cells_from_arrow(placed_cells(tables, places, len(htmls)))
    for html, own in zip(htmls, cells, strict=True):
        left = not html or any(odd in html for odd in ("<b>", "&#", "\0", "no table"))
        assert (own is None) == left
        assert own is None or own == cells_of_html(html or "")


def test_white_space_between_tags_is_no_text_and_rows_may_be_empty() -> None:
    html = "\n<table a=b>\n<thead> <tr> <td>a</td>\n</tr> </thead> <tbody><tr></tr>\f</tbody> </table> "
    places, tables = plain_tables(pa.array(["<table></table>", html, "<table><tr><td>x"]))
    assert places.tolist() == [0, 1]
    assert cells_from_arrow(tables) == [[], [[("a", 1, 1, True)], []]]
    assert plain_cells(html) == [[("a", 1, 1, True)], []]


def test_without_a_plain_table_there_are_no_cells() -> None:
    places, tables = plain_tables(pa.array(["<p>x", None], pa.string()))
    assert (len(places), len(tables)) == (0, 0)
