"""DoclingDocuments made by hand, and their elements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.unit.sources.reading import LIMITS, read
from tore_export.documents.element import Element
from tore_export.sources.unit import Limits

Fields = dict[str, Any]


def refs(*pointers: str) -> list[Fields]:
    return [{"$ref": f"#/{pointer}"} for pointer in pointers]


def item(label: str, text: str | None = None, *children: str, **more: Any) -> Fields:
    found: Fields = {"label": label, "children": refs(*children), "content_layer": "body"}
    if text is not None:
        found |= {"text": text, "orig": text}
    return found | more


def document(*body: str, **lists: Any) -> Fields:
    """A document with these children of its body; other fields, and lists of items, by name."""
    return {
        "schema_name": "DoclingDocument",
        "version": "1.10.0",
        "name": "pumps",
        "body": {"self_ref": "#/body", "children": refs(*body), "label": "unspecified"},
        **lists,
    }


def flat(*texts: Fields, **lists: Any) -> Fields:
    """A document whose texts are the children of its body."""
    return document(*(f"texts/{i}" for i in range(len(texts))), texts=list(texts), **lists)


def rows_of(folder: Path, said: Fields | bytes, limits: Limits = LIMITS) -> list[dict[str, Any]]:
    data = said if isinstance(said, bytes) else json.dumps(said).encode()
    return read(folder, "a.json", data, limits)


def elements_of(
    folder: Path, said: Fields, *, n_warnings: int = 0, limits: Limits = LIMITS
) -> list[Element]:
    """The elements of a document that can be read, with so many warnings."""
    (row,) = rows_of(folder, said, limits)
    assert row["reject"] is None, row["reject"]
    assert row["warnings"] == n_warnings
    found: list[Element] = row["elements"]
    return found
