"""Go back to the input: the elements that a record was made of, as their document has them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.schema import Kind
from tore_export.plan.inputs import find_inputs
from tore_export.sources.detect import how_to_split
from tore_export.sources.source import read_unit
from tore_export.sources.unit import InputFile, Limits, Unit
from tore_export.stages.normalize import Normalize
from tore_export.stages.stage import combined

__all__ = ["elements_of"]


def elements_of(
    inputs: Sequence[str],
    source: str,
    doc_id: str,
    place: int | None,
    ids: Collection[str],
    limits: Limits | None = None,
) -> list[dict[str, Any]] | None:
    """Return the elements of a document that have one of these ids, in order; None: not there.

    Each has `id`, `kind`, `page` and `text`. Of JSON lines only the line is read that lies at `place`.

    **Raises** PreflightError where the inputs are not there.
    """
    file = next((file for file in find_inputs(inputs) if file.source == source), None)
    if file is None:
        return None
    for table in read_unit(_unit(file, place), limits or Limits()):
        of_document = pc.equal(table["doc_id"], doc_id)
        if place is not None:
            of_document = pc.and_(of_document, pc.equal(table["place"], place))
        found = table.filter(pc.fill_null(of_document, False))
        if found.num_rows:
            return _named(Normalize()(found.slice(0, 1)), ids)
    return None


def _unit(file: InputFile, place: int | None) -> Unit:
    if place is not None and how_to_split(file) == "jsonl":
        return Unit(0, "jsonl", (file,), place, place + 1)
    return Unit(0, "files", (file,))


def _named(document: pa.Table, ids: Collection[str]) -> list[dict[str, Any]]:
    elements = combined(document["elements"]).flatten()
    return [
        {
            "id": element["id"],
            "kind": Kind(element["kind"]).name.lower(),
            "page": element["page"],
            "text": element["text"],
        }
        for element in elements.to_pylist()
        if element["id"] in ids
    ]
