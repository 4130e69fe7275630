"""How much each element of a document matters to it: by its kind, its place, its length and its words.

A product of factors, the same for the same document wherever it runs:

- **kind**: see KINDS; running text, tables and definitions count most, what belongs to the page least.
- **words**: 0.5 for an element whose words say nothing of the document, up to 1.5 for one whose words
  are what the document is about. A word weighs `(1 + ln n) · ln(N / d)`, where it occurs n times in the
  document, in d of its N elements; an element has the mean of its words.
- **length**: up to 1 for 20 words; a word alone has a quarter.
- **place**: 1 at the beginning of the document, falling to 0.7 at its end; a quarter more for the first
  element under a heading or of the document.
- **heading**: a tenth less for each level below the first of the heading it stands under.

**Source** The words' weight is tf-idf within one document, with elements in the place of documents
(Salton & Buckley 1988); that beginnings matter more is Edmundson 1969.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import compress
from math import log
from typing import TYPE_CHECKING, Any

from tore_export.budget.structure import Structure
from tore_export.documents.columns import ElementColumns, decode_meta
from tore_export.documents.schema import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["KINDS", "importance_of"]

KINDS = {
    Kind.PARAGRAPH: 1.0,
    Kind.RAW: 1.0,
    Kind.MESSAGE: 1.0,
    Kind.TABLE: 1.0,
    Kind.DEFINITION: 1.0,
    Kind.TERM: 1.0,
    Kind.CODE: 0.9,
    Kind.FORMULA: 0.9,
    Kind.KEY_VALUE: 0.9,
    Kind.LIST_ITEM: 0.8,
    Kind.CHECKBOX: 0.8,
    Kind.QUOTE: 0.7,
    Kind.IMAGE: 0.5,
    Kind.CAPTION: 0.5,
    Kind.FOOTNOTE: 0.4,
    Kind.TITLE: 0.3,  # one with nothing under it; others stay with their section
    Kind.NOTE: 0.2,
    Kind.HEADER: 0.1,
    Kind.FOOTER: 0.1,
    Kind.PAGE_NUMBER: 0.05,
    Kind.PAGE_BREAK: 0.05,
    Kind.RULE: 0.05,
}
"""The factor of each kind."""

_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_]{2,}")
"""Two letters or more, or one of a script that writes words without spaces."""

ENOUGH_WORDS = 20
_TITLE = int(Kind.TITLE)


def importance_of(
    columns: ElementColumns, structure: Structure, kept: Sequence[int]
) -> list[float]:
    """Return a number for each element of the one document in `columns`, higher for what matters more.

    Only words of what is `kept` count.

    What holds other elements has at least the importance of each of them, and what leads them just
    the highest. Numbers are rounded to six digits, so that no machine's rounding changes an order.
    """
    import numpy as np

    n = len(columns)
    words, lengths = _words(columns, kept)
    kinds = np.array([KINDS[Kind(kind)] for kind in range(len(Kind))])[np.array(columns.kinds, int)]
    places = 1 - 0.3 * np.arange(n) / max(n, 1)
    levels, firsts = _sections(columns, structure)
    found = kinds * (0.5 + words) * lengths * places * firsts * 0.9 ** np.array(levels, float)
    own: list[float] = np.round(found, 6).tolist()
    leads, parent = structure.leads, structure.parent
    for i, leading in enumerate(leads):
        if leading:
            own[i] = 0.0
    for i in range(n - 1, -1, -1):
        above = parent[i]
        if above >= 0 and own[i] > own[above] and structure.visible[i]:
            own[above] = own[i]
    return own


def _sections(
    columns: ElementColumns, structure: Structure
) -> tuple[list[int], NDArray[np.float64]]:
    """Return how deep the heading above each element is (the first level is 0), and who comes first."""
    import numpy as np

    kinds, parent, visible = columns.kinds, structure.parent, structure.visible
    depths = [0] * len(kinds)
    firsts = np.ones(len(kinds))
    begun: set[int] = set()
    for i, above in enumerate(parent):
        if above >= 0:
            depths[i] = (
                max((columns.levels[above] or 1) - 1, 0)
                if kinds[above] == _TITLE
                else depths[above]
            )
        if visible[i] and kinds[i] != _TITLE and above not in begun:
            begun.add(above)
            if above < 0 or kinds[above] == _TITLE:
                firsts[i] = 1.25
    return depths, firsts


def _words(
    columns: ElementColumns, kept: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each element's words say of the document, in [0, 1], and the factor of its length."""
    import numpy as np

    n = len(columns)

    def words_by_element() -> Iterator[tuple[int, list[str]]]:
        for i in compress(range(n), kept):
            if words := _WORD.findall(_text(columns, i).lower()):
                yield i, words

    times: Counter[str] = Counter()
    within: Counter[str] = Counter()
    # read twice, since the words of a large document are far larger than it
    for _, words in words_by_element():
        times.update(words)
        within.update(set(words))
    weights = {word: (1 + log(times[word])) * log(n / within[word]) for word in times}
    totals, counts = np.zeros(n), np.zeros(n)
    for i, words in words_by_element():
        totals[i] = sum(map(weights.__getitem__, words))
        counts[i] = len(words)
    means = totals / np.maximum(counts, 1)
    usual = float(np.sum(means)) / max(int(np.count_nonzero(counts)), 1)
    said = np.minimum(means / (2 * usual), 1.0) if usual > 0 else np.full(n, 0.5)
    said[counts == 0] = 0.25
    lengths = np.log1p(np.minimum(counts, ENOUGH_WORDS)) / np.log1p(ENOUGH_WORDS)
    lengths[counts == 0] = 0.5
    return said, lengths


def _text(columns: ElementColumns, i: int) -> str:
    cells, text = columns.cells[i], columns.texts[i] or ""
    if cells:
        return " ".join([cell[0] or "" for row in cells for cell in row])
    meta = columns.metas[i]
    if meta is not None and columns.kinds[i] == Kind.IMAGE:
        said: dict[str, Any] = decode_meta(meta)
        return str(said.get("alt") or said.get("caption") or text)
    return text
