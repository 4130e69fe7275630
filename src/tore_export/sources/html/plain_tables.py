"""Plain tables from HTML without a parser: rows of cells that hold only text, as most writers emit.

One pass of a regular expression proves it; then every tag is known.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import accumulate, pairwise, repeat
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.cells import Cells, rows_of_columns

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["plain_cells", "plain_tables"]

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


def plain_cells(html: str) -> Cells | None:
    """Return the cells of a table; None if it is not plain."""
    if "&#" in html or not _IS_PLAIN(html):
        return None
    found = _TAG.findall(html)
    letters = "".join([_LETTERS[tag] for tag, _ in found])
    if "(" in letters:
        letters = _HEAD.sub(_all_headers, letters)
    headers = [letter == "h" for letter in letters.replace("r", "")]
    # all texts at once: a table has tens of cells, and each call costs as much as a cell
    texts = _words("\0".join([text for tag, text in found if tag in ("td", "th")])).split("\0")
    cells = list(zip(texts, repeat(1), repeat(1), headers, strict=False))
    ends = accumulate(map(len, letters.split("r")[1:]), initial=0)
    return [cells[start:end] for start, end in pairwise(ends)]


def plain_tables(htmls: pa.StringArray) -> tuple[npt.NDArray[np.int64], pa.ListArray]:
    """Return the places of the tables that are plain, and their cells as in the column `cells`.

    >>> htmls = pa.array(["<table><tr><th>a</th></tr></table>", "<table><tr><td>b</table>"])
    >>> places, cells = plain_tables(htmls)
    >>> places.tolist(), cells[0][0][0]["text"].as_py()
    ([0], 'a')
    """
    import numpy as np

    is_plain = pc.and_not(
        pc.match_substring_regex(htmls, rf"\A{_PLAIN}\z"), pc.match_substring(htmls, "&#")
    )
    places = np.flatnonzero(is_plain.fill_null(False))
    # each piece begins with a tag, but for what stands before the first one, which is white space
    pieces = pc.split_pattern(htmls.take(pa.array(places)), "<")
    table_of = np.repeat(np.arange(len(places)), pieces.value_lengths())
    pieces = pieces.flatten()
    first, second, third, fourth = _first_bytes(pieces)
    opens = first == ord("t")
    is_row = opens & (second == ord("r"))
    is_h = opens & (second == ord("h"))
    is_head_cell = is_h & (third == ord(">"))
    is_cell = is_head_cell | (opens & (second == ord("d")))
    begins = is_h & ~is_head_cell
    ends = (first == ord("/")) & (third == ord("h")) & (fourth == ord("e"))
    is_header = is_head_cell | (np.cumsum(begins.astype(np.int8) - ends, dtype=np.int32) > 0)
    row_of = np.cumsum(is_row) - 1
    n_cells = np.bincount(row_of[is_cell], minlength=np.count_nonzero(is_row))
    n_rows = np.bincount(table_of[is_row], minlength=len(places))
    texts = _texts(pieces.filter(pa.array(is_cell)))
    ones = np.ones(len(texts), np.int32)
    rows = rows_of_columns(texts, ones, ones, is_header[is_cell], n_cells)
    offsets = pa.array(np.append(0, np.cumsum(n_rows)), pa.int32())
    return places, pa.ListArray.from_arrays(offsets, rows)


def _first_bytes(pieces: pa.StringArray) -> list[npt.NDArray[np.uint8]]:
    """Return the first four bytes of each; of one that is shorter, those that follow it."""
    import numpy as np

    bounds, data = pieces.buffers()[1:]
    if not len(pieces):
        return [np.zeros(0, np.uint8)] * 4
    starts = np.frombuffer(bounds, np.int32)[pieces.offset : pieces.offset + len(pieces)]
    octets = np.frombuffer(data, np.uint8)
    return [octets[np.minimum(starts + at, len(octets) - 1)] for at in range(4)]


def _texts(cells: pa.StringArray) -> pa.StringArray:
    """Return the texts of cells behind their tags."""
    if not len(cells):
        return cells
    texts = pc.utf8_slice_codeunits(cells, len("td>"))
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(texts)], texts), "\0")[0].as_py()
    return pc.split_pattern(pa.array([_words(joined)]), "\0").flatten()


def _words(joined: str) -> str:
    """Return texts, joined by NUL, which none of them holds, with the white space of HTML."""
    if "&" in joined:
        joined = unescape(joined)
    for space in "\t\n\f\r":
        joined = joined.replace(space, " ")
    if "  " in joined:
        joined = _SPACES.sub(" ", joined)
    return joined.replace(" \0", "\0").replace("\0 ", "\0").strip(" ")


def _all_headers(head: re.Match[str]) -> str:
    return head[0][1:-1].replace("d", "h")
