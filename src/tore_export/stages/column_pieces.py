"""Elements to pieces of text in columns: most at a stroke, by their kind, the rest by the formatter."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import CONTAINERS, DOCUMENT, Kind
from tore_export.formatters.column_form import CellForm, ColumnForm, ColumnFormatter
from tore_export.stages.column_lists import like_the_one_before, whole_lists
from tore_export.stages.column_tables import pipe_tables
from tore_export.stages.column_texts import ColumnTexts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.signedinteger]
    Truths = npt.NDArray[np.bool_]

__all__ = ["FEW", "column_pieces"]

FEW = 2_000
"""Elements that take a formatter no longer than the start of so many operations on columns takes."""

_HOLDERS = (*CONTAINERS, Kind.TABLE, Kind.IMAGE)
"""Kinds by whose id a formatter finds where an element lies."""

_NEIGHBOURLY = (Kind.FOOTNOTE, Kind.TERM, Kind.DEFINITION)
"""Kinds that matter to how others of the document are written."""

_NO_LEVEL = -(2**31)


def column_pieces(
    formatter: ColumnFormatter, form: ColumnForm, elements: pa.ListArray
) -> pa.StringArray | None:
    r"""Return what `formatter.render` does, one piece of text per element, as an Arrow array.

    None where that would not pay: for few elements, and where the formatter must see most of them.

    The formatter does not see what is written here. Such an element ends what is open, unless it
    is a list item, so that for the formatter another document begins behind it.

    >>> from tore_export.documents.element import Element
    >>> from tore_export.formatters.markdown import Markdown
    >>> elements = [Element(Kind.TITLE, "A"), Element(Kind.PARAGRAPH, "5 * 3"), Element(Kind.RAW, "b")]
    >>> column = ElementColumns.from_elements([elements] * FEW).to_arrow()
    >>> column_pieces(Markdown(), Markdown().column_form, column)[:3].to_pylist()
    ['# A', '\n\n5 * 3', '\n\nb']
    """
    import numpy as np

    values = elements.flatten()
    if len(values) < FEW:
        return None
    kinds = pc.fill_null(values.field("kind"), -1).to_numpy()
    levels = pc.fill_null(values.field("level").cast(pa.int32()), _NO_LEVEL).to_numpy()
    lengths = pc.fill_null(elements.value_lengths(), 0).to_numpy()
    documents = np.repeat(np.arange(len(lengths)), lengths)

    alone = _stands_alone(values, kinds, documents)
    alone &= values.field("meta").is_null().to_numpy(zero_copy_only=False)
    bare = alone & _has_text(values)
    if 2 * np.count_nonzero(bare) < len(kinds):
        return None
    texts = ColumnTexts(values.field("text"))
    clean, simple = np.zeros((2, len(kinds)), np.bool_)
    plain, changed = texts.change(bare, kinds, form.care)
    clean[plain] = simple[plain] = simple[changed] = True
    tables, piped = np.zeros(0, np.int64), pa.array([], pa.string())
    if form.cells is not None:
        tables, piped = _piped(values.field("cells"), alone & (kinds == Kind.TABLE), form.cells)
        simple[tables] = True
    is_item = kinds == Kind.LIST_ITEM
    items, ends = simple & is_item, simple & ~is_item
    alike = like_the_one_before(items, levels, values.field("parent"), documents)
    firsts, further = whole_lists(is_item, items, alike, ends, documents)
    written = ends | alike
    written[firsts] = True
    seen = np.flatnonzero(~written)

    begun = np.cumsum(ends) + documents  # rises wherever another document begins for the formatter
    columns = ElementColumns.from_arrow(_documents(values.take(pa.array(seen)), begun[seen]))
    pieces, leads = formatter.pieces(columns, clean[seen].tolist())

    for kind in form.care:
        places = np.flatnonzero(ends & (kinds == kind))
        sorts = pa.array(levels[places]).dictionary_encode()
        found = [None if level == _NO_LEVEL else level for level in sorts.dictionary.to_pylist()]
        before = [form.before(kind, level) for level in found]
        texts.frame(places, before, sorts.indices.to_numpy(), form.after.get(kind, ""))
    texts.set(tables, piped)
    texts.frame(tables, ["\n\n"], np.zeros_like(tables))
    leads |= {-1: form.next_item}
    before = list(dict.fromkeys(leads.values()))
    number = {lead: at for at, lead in enumerate(before)}
    lead_of = np.full(len(seen) + 1, len(before))
    lead_of[list(leads)] = [number[lead] for lead in leads.values()]
    places = np.flatnonzero(alike)
    last_seen = np.where(further[places], -1, np.cumsum(~written)[places] - 1)
    which = lead_of[last_seen]
    texts.frame(places, before, which)
    texts.frame(firsts, [form.first_item], np.zeros_like(firsts))
    margins = np.array([len(lead) - 1 for lead in [*before, form.next_item]])
    which = np.append(which, np.full(len(firsts), len(before)))
    texts.indent(np.append(places, firsts), margins[which])

    visible = written.copy()
    visible[seen] = [bool(piece) for piece in pieces]
    shown = np.flatnonzero(visible)
    beginnings = shown[np.flatnonzero(np.diff(documents[shown], prepend=-1))]
    texts.begin(beginnings[written[beginnings]])
    for at in np.searchsorted(seen, beginnings[~written[beginnings]]).tolist():
        pieces[at] = pieces[at].lstrip("\n")
    texts.set(seen, pieces)
    return texts.joined()


def _piped(cells: pa.ListArray, chosen: Truths, form: CellForm) -> tuple[Numbers, pa.StringArray]:
    """Return the places of the chosen tables that are simple, and those as pipe tables."""
    import numpy as np

    places = np.flatnonzero(chosen & cells.is_valid().to_numpy(zero_copy_only=False))
    simple, written = pipe_tables(cells.take(pa.array(places)), form)
    return places[simple], written


def _has_text(values: pa.StructArray) -> Truths:
    sizes = pc.fill_null(pc.binary_length(values.field("text")), 0)
    return cast("Truths", pc.greater(sizes, 0).to_numpy(zero_copy_only=False))


def _stands_alone(values: pa.StructArray, kinds: Numbers, documents: Numbers) -> Truths:
    """Tell which elements are of a document in which none lies in another or depends on its like."""
    import numpy as np

    parents = values.field("parent")
    nested = np.isin(kinds, _NEIGHBOURLY)
    if parents.null_count < len(parents):
        holders = values.field("id").filter(pa.array(np.isin(kinds, _HOLDERS))).drop_null()
        nested |= pc.is_in(parents, value_set=holders).to_numpy(zero_copy_only=False)
    found = np.zeros(len(kinds) and int(documents[-1]) + 1, np.bool_)
    found[documents[nested]] = True
    return ~found[documents]


def _documents(values: pa.StructArray, begun: Numbers) -> pa.ListArray:
    """Return elements as documents, of which each begins where `begun` rises."""
    import numpy as np

    starts = np.flatnonzero(np.diff(begun, prepend=-1))
    offsets = pa.array(np.append(starts, len(begun)), pa.int32())
    return pa.ListArray.from_arrays(offsets, values, type=DOCUMENT.field("elements").type)
