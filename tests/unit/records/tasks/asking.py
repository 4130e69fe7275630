"""Documents as the pipeline hands them to ToRecords, and the records a task makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.stages.count_tokens import CountTokens
from tore_export.stages.format import Format
from tore_export.stages.stage import put
from tore_export.stages.to_records import ToRecords

Cells = Sequence[Sequence[str]]


def title(text: str, level: int = 1) -> Element:
    return Element(Kind.TITLE, text, level=level)


def paragraph(text: str) -> Element:
    return Element(Kind.PARAGRAPH, text)


def rendered(
    *documents: Sequence[Element], language: str | None = "en", name: str | None = None
) -> pa.Table:
    """Return documents with their texts and tokens; each element has an id and a page of its own."""
    rows = DocumentRows(0)
    for number, elements in enumerate(documents):
        columns = ElementColumns.from_elements([elements])
        columns.ids = [one or f"e{i}" for i, one in enumerate(columns.ids)]
        columns.pages = list(range(1, len(elements) + 1))
        for target, values in zip(rows.elements.lists(), columns.lists(), strict=True):
            target.extend(values)
        rows.add(f"doc-{number}", f"{number}.json", title=name, language=language)
    table = CountTokens()(Format()(rows.to_table()))
    return put(table, "quality_score", pa.array([1.0] * len(documents)))


def asked(task: str, table: pa.Table | Sequence[Element], **options: Any) -> list[dict[str, Any]]:
    """Return the records that a task makes of the documents, in shape `alpaca`."""
    if not isinstance(table, pa.Table):
        table = rendered(table)
    lists = ToRecords((task,), "alpaca", **options)(table)["records"].to_pylist()
    return [record for records in lists for record in records]


def answers(task: str, table: pa.Table | Sequence[Element], **options: Any) -> list[str]:
    return [record["output"] for record in asked(task, table, **options)]


def left_out(task: str, table: pa.Table | Sequence[Element], **options: Any) -> str:
    """Return why the first document has no record, and "" where it has one."""
    if not isinstance(table, pa.Table):
        table = rendered(table)
    reject = ToRecords((task,), "alpaca", **options)(table)["reject"][0].as_py()
    return (
        reject["detail"].removeprefix("no record could be made of the document: ") if reject else ""
    )
