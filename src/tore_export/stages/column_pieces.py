"""Elements to pieces of text in columns: most at a stroke, by their kind, the rest by the formatter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import CONTAINERS, DOCUMENT, Kind
from tore_export.formatters.column_form import ColumnForm, ColumnFormatter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.signedinteger]
    Truths = npt.NDArray[np.bool_]

__all__ = ["column_pieces"]

_HOLDERS = (*CONTAINERS, Kind.TABLE, Kind.IMAGE)
"""Kinds by whose id a formatter finds where an element lies."""

_NO_LEVEL = -(2**31)


def column_pieces(
    formatter: ColumnFormatter, form: ColumnForm, elements: pa.ListArray
) -> pa.StringArray:
    r"""Return what `formatter.render` does, one piece of text per element, as an Arrow array.

    The formatter does not see what is written here. Such an element ends what is open, unless it
    is a list item, so that for the formatter another document begins behind it.

    >>> from tore_export.documents.element import Element
    >>> from tore_export.formatters.markdown import Markdown
    >>> elements = [Element(Kind.TITLE, "A"), Element(Kind.PARAGRAPH, "5 * 3"), Element(Kind.RAW, "b")]
    >>> column = ElementColumns.from_elements([elements]).to_arrow()
    >>> column_pieces(Markdown(), Markdown().column_form, column).to_pylist()
    ['# A', '\n\n5 * 3', '\n\nb']
    """
    import numpy as np

    values = elements.flatten()
    kinds = pc.fill_null(values.field("kind"), -1).to_numpy()
    levels = pc.fill_null(values.field("level").cast(pa.int32()), _NO_LEVEL).to_numpy()
    lengths = pc.fill_null(elements.value_lengths(), 0).to_numpy()
    documents = np.repeat(np.arange(len(lengths)), lengths)

    clean, easy, changed = _by_care(values, kinds, form)
    simple = (clean | easy) & _stands_alone(values, kinds, documents)
    is_item = kinds == Kind.LIST_ITEM
    written = simple & ~_has_lines(values, simple & (is_item | (kinds == Kind.TITLE)))
    written &= ~is_item | _is_like_the_one_before(values, simple & is_item, levels, documents)
    ends = written & ~is_item

    seen = np.flatnonzero(~written)
    begun = np.cumsum(ends) + documents  # rises wherever another document begins for the formatter
    columns = ElementColumns.from_arrow(_documents(values.take(pa.array(seen)), begun[seen]))
    pieces, leads = formatter.pieces(columns, clean[seen].tolist())

    before, behind = _Strings(len(kinds)), _Strings(len(kinds))
    for kind in form.care:
        places = np.flatnonzero(ends & (kinds == kind))
        found, which = np.unique(levels[places], return_inverse=True)
        sorts = [None if level == _NO_LEVEL else level for level in found.tolist()]
        before.put(places, [form.before(kind, level) for level in sorts], which)
        behind.put(places, [form.after.get(kind, "")], np.zeros_like(which))
    items = np.flatnonzero(written & is_item)
    different = list(dict.fromkeys(leads.values()))
    number = {lead: at for at, lead in enumerate(different)}
    which = np.full(len(seen), len(different))
    which[list(leads)] = [number[lead] for lead in leads.values()]
    before.put(items, different, which[np.cumsum(~written)[items] - 1])

    visible = written.copy()
    visible[seen] = [bool(piece) for piece in pieces]
    shown = np.flatnonzero(visible)
    firsts = shown[np.flatnonzero(np.diff(documents[shown], prepend=-1))]
    before.begin(firsts[written[firsts]])
    for at in np.searchsorted(seen, firsts[~written[firsts]]).tolist():
        pieces[at] = pieces[at].lstrip("\n")

    # texts that are written otherwise than they came: numbers of what is written, -1 for the others
    instead = np.full(len(kinds), -1)
    instead[easy] = np.arange(len(changed)) + len(seen)
    instead[seen] = np.arange(len(seen))
    given = pa.concat_arrays([pa.array(pieces, pa.string()), changed])
    other = instead >= 0
    texts = pc.replace_with_mask(
        values.field("text"), pa.array(other), given.take(pa.array(instead[other]))
    )
    return pc.binary_join_element_wise(before.array(), texts, behind.array(), "")


def _by_care(
    values: pa.StructArray, kinds: Numbers, form: ColumnForm
) -> tuple[Truths, Truths, pa.StringArray]:
    """Tell which elements are written as they are and which are easy, and return the texts of these."""
    import numpy as np
    import polars as pl

    texts = pl.Series(values.field("text"), dtype=pl.String)
    is_bare = pc.and_(
        pc.greater(pc.fill_null(pc.binary_length(values.field("text")), 0), 0),
        pc.is_null(values.field("meta")),
    ).to_numpy(zero_copy_only=False)
    clean = np.zeros(len(kinds), np.bool_)
    found, written = [np.zeros(0, np.int64)], [pl.Series([], dtype=pl.String)]
    for kind, care in form.care.items():
        places = np.flatnonzero(is_bare & (kinds == kind))
        needed = texts.gather(places).str.contains(care.needed).to_numpy()
        clean[places] = ~needed
        places = places[needed]
        of_kind = texts.gather(places)
        simple = ~of_kind.str.contains(care.hard)
        changed = of_kind.filter(simple)
        for pattern, by in care.changes:
            changed = changed.str.replace_all(pattern, by)
        found.append(places[simple.to_numpy()])
        written.append(changed)
    places = np.concatenate(found)
    easy = np.zeros(len(kinds), np.bool_)
    easy[places] = True
    changed = pl.concat(written).gather(np.argsort(places))
    return clean, easy, changed.to_arrow().cast(pa.string())


def _stands_alone(values: pa.StructArray, kinds: Numbers, documents: Numbers) -> Truths:
    """Tell which elements are of a document in which none lies in another or refers to a note."""
    import numpy as np

    parents = values.field("parent")
    nested = kinds == Kind.FOOTNOTE
    if parents.null_count < len(parents):
        holders = values.field("id").filter(pa.array(np.isin(kinds, _HOLDERS))).drop_null()
        nested |= pc.is_in(parents, value_set=holders).to_numpy(zero_copy_only=False)
    found = np.zeros(len(kinds) and int(documents[-1]) + 1, np.bool_)
    found[documents[nested]] = True
    return ~found[documents]


def _has_lines(values: pa.StructArray, asked: Truths) -> Truths:
    """Tell which of the texts that are `asked` for have several lines."""
    import numpy as np

    places = np.flatnonzero(asked)
    found = np.zeros(len(asked), np.bool_)
    texts = values.field("text").take(pa.array(places))
    found[places] = pc.match_substring(texts, "\n").to_numpy(zero_copy_only=False)
    return found


def _is_like_the_one_before(
    values: pa.StructArray, items: Truths, levels: Numbers, documents: Numbers
) -> Truths:
    """Tell which of the list items follow one of their level and parent."""
    import numpy as np

    parents = values.field("parent")
    alike = np.zeros(len(items), np.bool_)
    alike[1:] = items[1:] & items[:-1]
    alike[1:] &= (levels[1:] == levels[:-1]) & (documents[1:] == documents[:-1])
    if parents.null_count < len(parents):
        coded = pc.fill_null(parents.dictionary_encode().indices, -1).to_numpy()
        alike[1:] &= coded[1:] == coded[:-1]
    return alike


def _documents(values: pa.StructArray, begun: Numbers) -> pa.ListArray:
    """Return elements as documents, of which each begins where `begun` rises."""
    import numpy as np

    starts = np.flatnonzero(np.diff(begun, prepend=-1))
    offsets = pa.array(np.append(starts, len(begun)), pa.int32())
    return pa.ListArray.from_arrays(offsets, values, type=DOCUMENT.field("elements").type)


class _Strings:
    """A column of strings in the making, of which few are different."""

    def __init__(self, size: int) -> None:
        import numpy as np

        self._strings = [""]
        self._codes = np.zeros(size, np.int32)

    def put(self, places: Numbers, strings: Sequence[str], which: Numbers) -> None:
        """Set the strings at `places` to those of `strings` with the numbers `which`."""
        self._codes[places] = which + len(self._strings)
        self._strings += strings

    def begin(self, places: Numbers) -> None:
        """Take the newlines at the beginning of what stands at `places`."""
        self._codes[places] += len(self._strings)
        self._strings += [string.lstrip("\n") for string in self._strings]

    def array(self) -> pa.StringArray:
        """Return the column."""
        return pa.array(self._strings, pa.string()).take(pa.array(self._codes))
