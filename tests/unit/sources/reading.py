"""Read bytes as a file of the input, the way a unit is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import DOCUMENT, END_OF_UNIT
from tore_export.sources.source import read_unit
from tore_export.sources.unit import InputFile, Limits, Unit

LIMITS = Limits()


def input_file(path: Path, source: str | None = None) -> InputFile:
    found = os.stat(path)
    return InputFile(str(path), source or path.name, found.st_size, str(found.st_mtime_ns))


def tables(unit: Unit, limits: Limits = LIMITS, batch_rows: int = 1000) -> list[pa.Table]:
    """Read a unit, hold what every unit must keep, and return its tables."""
    found = list(read_unit(unit, limits, batch_rows))
    for table in found:
        table.validate(full=True)
        assert table.schema == DOCUMENT
        assert 0 < table.num_rows <= batch_rows + 1
        assert set(table["unit"].to_pylist()) == {unit.number}
    rejects = [reject for table in found for reject in table["reject"].to_pylist()]
    marks = [reject for reject in rejects if reject and reject["rule"] == END_OF_UNIT]
    assert marks == [rejects[-1]]
    assert marks[0]["value"] == len(rejects) - 1
    for reject in rejects[:-1]:
        if reject:
            assert reject["failed"]
            assert reject["stage"] == "source"
            assert " " not in reject["rule"]
            assert len(reject["detail"]) > 10
    return found


def rows(unit: Unit, limits: Limits = LIMITS, batch_rows: int = 1000) -> list[dict[str, Any]]:
    """Return a unit's documents, each a dict with `elements` as Element objects."""
    table = pa.concat_tables(tables(unit, limits, batch_rows))
    documents = ElementColumns.from_arrow(table["elements"]).to_elements()
    found = table.drop_columns(["elements"]).to_pylist()
    return [
        {**row, "elements": elements}
        for row, elements in zip(found[:-1], documents[:-1], strict=True)
    ]


def read(
    folder: Path, name: str, data: bytes, limits: Limits = LIMITS, batch_rows: int = 1000
) -> list[dict[str, Any]]:
    """Return the documents of a file of these bytes."""
    path = folder / name
    path.write_bytes(data)
    return rows(Unit(3, "files", (input_file(path),)), limits, batch_rows)


def rules(found: list[dict[str, Any]]) -> list[str | None]:
    """Return each document's rule of rejection, None where it is well."""
    return [row["reject"] and row["reject"]["rule"] for row in found]


def texts(row: dict[str, Any]) -> list[str]:
    elements: list[Element] = row["elements"]
    return [element.text for element in elements]
