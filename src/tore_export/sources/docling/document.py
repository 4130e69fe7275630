"""A DoclingDocument, given by its fields, to elements and to what it says about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.builder import Builder
from tore_export.sources.docling.floating import FLOATING
from tore_export.sources.docling.texts import TEXTS
from tore_export.sources.docling.tree import Tree
from tore_export.sources.docling.types import DoclingItem, Ref, decoded
from tore_export.sources.docling.walk import Walk
from tore_export.sources.json_text import shown
from tore_export.sources.unit import Limits

__all__ = ["append_docling"]

_LISTS = (
    "groups",
    "texts",
    "pictures",
    "tables",
    "key_value_items",
    "form_items",
    "field_regions",
    "field_items",
)
_NOT_CARRIED = frozenset({*_LISTS, "body", "furniture", "pages"})
_VERSION = re.compile(r"([0-9]{1,9})\.[0-9]{1,9}(?:\..*)?", re.DOTALL)


def append_docling(
    fields: Mapping[str, Raw], columns: ElementColumns, limits: Limits
) -> tuple[dict[str, Any], int]:
    """Append the elements of a document; return its other fields and the number of warnings.

    What no pointer from `body` leads to is left out, as docling does. The deprecated tree `furniture`
    becomes headers before the text, its page footers too, since nothing says where they stood.

    **Raises** DocumentError with rule `unsupported_version`, `reference_cycle`, `too_many_elements` or
    `no_content`; what was appended by then is the caller's to take back.
    """
    version = _value(fields.get("version"))
    _refuse_other_versions(version)
    n_warnings = 0
    items: dict[str, DoclingItem] = {}
    for name in _LISTS:
        raw = fields.get(name)
        if raw is None:
            continue
        found, n_wrong = decoded(raw, list[DoclingItem])
        n_warnings += n_wrong
        for index, item in enumerate(found or ()):
            items[f"#/{name}/{index}"] = item
    body, n_wrong = _root(fields, "body")
    n_warnings += n_wrong
    if body is None:
        raise DocumentError(
            "a docling document without a body",
            rule="no_content",
            found=shown(_value(fields.get("body"))),
            allowed="body, an object whose children point to the items",
        )
    furniture, n_wrong = _root(fields, "furniture")
    aside: list[Ref] = (furniture.children if furniture else None) or []
    roots = body.children or []
    tree = Tree(items, [*aside, *roots])
    walk = Walk(tree, Builder(columns, limits), limits, {**TEXTS, **FLOATING})
    walk.run(aside, Kind.HEADER)
    walk.run(roots)
    values = {
        name: value
        for name, raw in fields.items()
        if name not in _NOT_CARRIED and (value := _value(raw)) is not None
    }
    values.setdefault("title", walk.title or values.get("name"))
    language = body.meta.language.code if body.meta and body.meta.language else None
    if language:
        values.setdefault("language", language)
    return values, n_warnings + n_wrong + tree.n_faults + walk.n_faults


def _root(fields: Mapping[str, Raw], name: str) -> tuple[DoclingItem | None, int]:
    raw = fields.get(name)
    if raw is None:
        return None, 0
    found, n_wrong = decoded(raw, DoclingItem)
    return found, n_wrong


def _value(raw: Raw | None) -> Any:
    return None if raw is None else msgspec.json.decode(raw)


def _refuse_other_versions(version: Any) -> None:
    """Refuse a schema of another major version; a newer minor one only adds what is not known here."""
    found = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if found is not None and int(found[1]) != 1:
        raise DocumentError(
            "another version of docling's schema",
            rule="unsupported_version",
            found=shown(version),
            allowed="1.0 to 1.10, and later 1.x as far as they are known",
            hint="save the document with a docling-core of schema 1",
        )
