"""Which list items of a column are like the one before them, and which lists are nothing but such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.signedinteger]
    Truths = npt.NDArray[np.bool_]

__all__ = ["like_the_one_before", "whole_lists"]


def like_the_one_before(
    items: Truths, levels: Numbers, parents: pa.StringArray, documents: Numbers
) -> Truths:
    """Tell which of the `items` follow another of them that has their document, level and parent."""
    import numpy as np

    alike = np.zeros(len(items), np.bool_)
    alike[1:] = items[1:] & items[:-1]
    alike[1:] &= (levels[1:] == levels[:-1]) & (documents[1:] == documents[:-1])
    if parents.null_count < len(parents):
        coded = pc.fill_null(parents.dictionary_encode().indices, -1).to_numpy()
        alike[1:] &= coded[1:] == coded[:-1]
    return alike


def whole_lists(
    is_item: Truths, items: Truths, alike: Truths, ends: Truths, documents: Numbers
) -> tuple[Numbers, Truths]:
    """Return the first items of whole lists, and tell which items are the further ones.

    Whole is a list of `items`, all of one level and parent, between two elements that end what is open,
    or the document. Before and behind other elements, a list may go on.

    >>> import numpy as np
    >>> item = np.array([True, True, False, True])
    >>> alike = np.array([False, True, False, False])
    >>> whole_lists(item, item, alike, ~item, np.zeros(4, int))
    (array([0, 3]), array([False,  True, False, False]))
    """
    import numpy as np

    turns = np.ones(len(is_item) + 1, np.bool_)  # where documents begin, and the last one ends
    turns[1:-1] = documents[1:] != documents[:-1]
    begins, stops = is_item.copy(), is_item.copy()
    begins[1:] &= ~is_item[:-1] | turns[1:-1]
    stops[:-1] &= ~is_item[1:] | turns[1:-1]
    sound = items & (alike | begins)
    sound[1:] &= ~begins[1:] | turns[1:-1] | ends[:-1]
    sound[:-1] &= ~stops[:-1] | turns[1:-1] | ends[1:]
    firsts = np.flatnonzero(begins)
    # in a list that is not whole some item is not sound; lists are told apart by their number
    number = np.cumsum(begins) - 1
    broken = np.zeros(len(firsts), np.bool_)
    broken[number[is_item & ~sound]] = True
    further = alike.copy()
    further[is_item] &= ~broken[number[is_item]]
    return firsts[~broken], further
