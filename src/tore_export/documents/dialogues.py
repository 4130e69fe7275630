"""Which documents are dialogues, asked of the column `elements`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.schema import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["are_dialogues"]


def are_dialogues(elements: pa.ListArray) -> npt.NDArray[np.bool_]:
    """Tell of each document whether somebody speaks in it: whether it has an element MESSAGE.

    **Rows** 1:1.

    >>> from tore_export.documents.columns import ElementColumns
    >>> from tore_export.documents.element import Element
    >>> documents = [[Element(Kind.TITLE, "Pumps")], [Element(Kind.MESSAGE, "Hi")], []]
    >>> are_dialogues(ElementColumns.from_elements(documents).to_arrow()).tolist()
    [False, True, False]
    """
    said = pc.equal(elements.flatten().field("kind"), pa.scalar(int(Kind.MESSAGE), pa.int8()))
    found = np.zeros(len(elements), np.bool_)
    if pc.any(said).as_py():
        found[pc.list_parent_indices(elements).filter(said).to_numpy()] = True
    return found
