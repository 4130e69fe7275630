"""Documents that are held as values: what a parser's JSON file holds, once it was loaded."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from tore_export.plan.inputs import find_inputs
from tore_export.plan.units import make_units
from tore_export.sources.docling.fields import is_item
from tore_export.sources.identity import document_id
from tore_export.sources.limit import read
from tore_export.sources.unit import Limits
from tore_export.stages.stage import put

__all__ = ["fields_of", "is_document", "table_of_mapping"]

_HOLD_TEXT = ("elements", "content", "documents", "text", "messages", "conversations")
_OF_ELEMENTS = ("type", "element_type", "category")


def is_document(value: Any) -> bool:
    """Tell whether a value is one document as a mapping, or an object whose `to_dict` gives one.

    >>> is_document({"version": "3.0", "elements": []}), is_document({"type": "Title", "text": "A"})
    (True, False)
    """
    # an object says by its attributes what its dict will hold; asking each element for its dict is dear
    if not isinstance(value, Mapping):
        return hasattr(value, "elements") and callable(getattr(value, "to_dict", None))
    is_element = any(name in value for name in _OF_ELEMENTS) and "elements" not in value
    is_element = is_element or is_item(value)
    return not is_element and any(name in value for name in _HOLD_TEXT)


def fields_of(document: Any) -> Mapping[str, Any]:
    """Return the fields of what `is_document` takes for one."""
    found: Mapping[str, Any] = document if isinstance(document, Mapping) else document.to_dict()
    return found


def table_of_mapping(values: Mapping[str, Any], limits: Limits, number: int) -> pa.Table:
    """Return the documents that a mapping holds, read as the file of it would be.

    One that has no id is called `document-NUMBER`, or, of several, `document-NUMBER-ROW`.
    """
    name = f"document-{number}"  # what is told of a fault
    with tempfile.TemporaryDirectory(prefix="tore-export-") as folder:
        path = os.path.join(folder, name)
        with open(path, "w", encoding="ascii") as stream:
            json.dump(dict(values), stream, skipkeys=True, default=str)
        (unit,) = make_units(find_inputs([path]))
        table = pa.concat_tables(read(unit, limits, 1000))
    table = table.slice(0, table.num_rows - 1).combine_chunks()  # without the mark at the end
    ids, places = table["doc_id"].to_pylist(), table["place"].to_pylist()
    for row, (said, place) in enumerate(zip(ids, places, strict=True)):
        if said == document_id(None, name, place):
            ids[row] = name if len(ids) == 1 else f"{name}-{row}"
    table = put(table, "doc_id", pa.array(ids, pa.string()))
    return put(table, "source", pa.array([""] * len(ids), pa.string()))
