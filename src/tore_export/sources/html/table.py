"""Cells of a table from HTML (`text_as_html`)."""

from __future__ import annotations

import re
from html import unescape
from itertools import accumulate, pairwise, repeat
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.cells import rows_of_columns
from tore_export.documents.columns import Cells, DocumentRows
from tore_export.errors import DocumentError
from tore_export.sources.html.blocks import PageWalk
from tore_export.sources.html.grid import Table
from tore_export.sources.html.nesting import parsed
from tore_export.sources.html.pieces import pieces_of
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["cells_of_html", "plain_tables", "table_of_html"]

MAX_HTML_BYTES = 20_000_000
_LIMITS = Limits(max_depth=200)

# as one regular expression of both Python and RE2, which see white space in different characters
_SPACE = r"[ \t\n\r\f\v]*"
_PLAIN_ROW = rf"<tr>{_SPACE}(?:<t[dh]>[^<\x00]*</t[dh]>{_SPACE})*</tr>{_SPACE}"
_PLAIN = (
    rf"{_SPACE}<table[^<>\x00]*>{_SPACE}(?:<thead>{_SPACE}(?:{_PLAIN_ROW})*</thead>{_SPACE})?"
    rf"(?:<tbody>{_SPACE}(?:{_PLAIN_ROW})*</tbody>{_SPACE}|(?:{_PLAIN_ROW})*)</table>{_SPACE}"
)
_IS_PLAIN = re.compile(_PLAIN).fullmatch
_TAG = re.compile(r"<(t[rdh]|/?thead)>([^<]*)")
_LETTERS = {"tr": "r", "td": "d", "th": "h", "thead": "(", "/thead": ")"}
_HEAD = re.compile(r"\([^)]*\)")
_SPACES = re.compile("  +")


def cells_of_html(html: str) -> Cells | None:
    r"""Return the cells of the first table in a piece of HTML; None where it holds none to be read.

    White space is that of HTML: runs become one space, a line break is what `<br>` or a block says. A
    table within a cell is part of that cell's text. Cells of `<thead>` and `<th>` are headers.

    >>> cells_of_html("<table><tr><th colspan=2>a</th></tr><tr><td> b <td>1 &lt;<br>2</table>")
    [[('a', 1, 2, True)], [('b', 1, 1, False), ('1 <\n2', 1, 1, False)]]
    """
    return table_of_html(html)[0]


def table_of_html(html: str) -> tuple[Cells | None, dict[str, Any]]:
    """Return the cells of the first table in a piece of HTML, and what else it says.

    That is `rich`, of cells with formatting or blocks in them, `align` and `caption`, as in ElementMeta.

    >>> table_of_html("<table><tr><td>a <b>b</b></td></tr></table>")[1]
    {'rich': [{'row': 0, 'place': 0, 'spans': [{'start': 2, 'end': 3, 'kind': 'strong'}]}]}
    """
    # what most writers emit needs no parser: one pass of a regular expression proves it plain
    if "&#" not in html and _IS_PLAIN(html):
        return _plain_cells(html), {}
    if len(html) > MAX_HTML_BYTES:
        return None, {}
    try:
        table = parsed(html, _LIMITS).css_first("table")
    except DocumentError:
        return None, {}
    return (None, {}) if table is None else _OneTable(table.html or "").read()


def plain_tables(htmls: pa.StringArray) -> tuple[npt.NDArray[np.int64], pa.ListArray]:
    """Return the places of the tables that are plain, and their cells as in the column `cells`."""
    import numpy as np

    is_plain = pc.and_not(
        pc.match_substring_regex(htmls, rf"\A{_PLAIN}\z"), pc.match_substring(htmls, "&#")
    )
    places = np.flatnonzero(is_plain.fill_null(False))
    plain = htmls.take(pa.array(places)).to_pylist()
    texts, headers, n_cells = _plain_columns(plain)
    ones = np.ones(len(texts), np.int32)
    rows = rows_of_columns(texts, ones, ones, headers, n_cells)
    ends = list(accumulate((html.count("<tr>") for html in plain), initial=0))
    return places, pa.ListArray.from_arrays(pa.array(ends, pa.int32()), rows)


class _OneTable(PageWalk):
    """A walk over one table, which is one of data whatever it looks like."""

    def __init__(self, html: str) -> None:
        from tore_export.sources.builder import Builder

        super().__init__(
            pieces_of(html), Builder(DocumentRows(0).elements, _LIMITS), _LIMITS, None, 0
        )
        self.layouts[1] = False
        self._found: tuple[Cells | None, dict[str, Any]] = None, {}

    def read(self) -> tuple[Cells | None, dict[str, Any]]:
        """Return the table's cells and what else it says."""
        self.run()
        return self._found

    def put_table(self, table: Table, number: int) -> None:
        """Keep the table."""
        self._found = table.finish()


def _plain_cells(html: str) -> Cells:
    texts, headers, n_cells = _plain_columns([html])
    cells = list(zip(texts, repeat(1), repeat(1), headers, strict=False))
    ends = list(accumulate(n_cells, initial=0))
    return [cells[start:end] for start, end in pairwise(ends)]


def _plain_columns(htmls: list[str]) -> tuple[list[str], list[bool], list[int]]:
    """Return of plain tables the cells' texts, which are headers, and how many each row has."""
    found = _TAG.findall("".join(htmls))
    # all texts at once: a table has tens of cells, and each call costs as much as a cell
    joined = "\0".join([text for tag, text in found if tag in ("td", "th")])
    if "&" in joined:
        joined = unescape(joined)
    for space in "\t\n\f\r":
        joined = joined.replace(space, " ")
    if "  " in joined:
        joined = _SPACES.sub(" ", joined)
    joined = joined.replace(" \0", "\0").replace("\0 ", "\0").strip(" ")
    letters = "".join([_LETTERS[tag] for tag, _ in found])
    if "(" in letters:
        letters = _HEAD.sub(_all_headers, letters)
    cells = letters.replace("r", "")
    n_cells = list(map(len, letters.split("r")[1:]))
    return joined.split("\0") if cells else [], [letter == "h" for letter in cells], n_cells


def _all_headers(head: re.Match[str]) -> str:
    return head[0][1:-1].replace("d", "h")
