"""A DoclingDocument, given by its fields, to elements and to what it says about itself."""

from __future__ import annotations

import json
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
from tore_export.sources.json_text import shown, without_lone_surrogates
from tore_export.sources.unit import Limits

__all__ = ["append_docling", "docling_values", "fields_of_docling", "is_docling"]

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
_NAME = b'"DoclingDocument"'
_VERSION = re.compile(r"([0-9]{1,9})\.[0-9]{1,9}(?:\..*)?", re.DOTALL)


def is_docling(fields: Mapping[str, Any]) -> bool:
    """Tell whether these are the fields of a DoclingDocument, decoded or not.

    >>> is_docling({"schema_name": "DoclingDocument"}), is_docling({"schema_name": Raw(b'"x"')})
    (True, False)
    """
    said = fields.get("schema_name")
    return (
        said == "DoclingDocument"
        if isinstance(said, str)
        else (isinstance(said, Raw) and bytes(said) == _NAME)
    )


def fields_of_docling(values: Mapping[str, Any]) -> dict[str, Raw]:
    """Return the fields of a decoded DoclingDocument as `append_docling` takes them."""
    return {str(name): Raw(_encoded(value)) for name, value in values.items()}


def _encoded(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value, enc_hook=str)
    except (UnicodeEncodeError, OverflowError):
        # half a surrogate pair, or a number of more than 64 bits
        text, _ = without_lone_surrogates(json.dumps(value, skipkeys=True, default=str))
        return text.encode()


def docling_values(thing: Any) -> Mapping[str, Any] | None:
    """Return the fields of a DoclingDocument, be it a dict or docling's own object; None for others."""
    if isinstance(thing, Mapping):
        return thing if is_docling(thing) else None
    export = getattr(thing, "export_to_dict", None)
    found = export() if callable(export) else None
    return found if isinstance(found, Mapping) and is_docling(found) else None


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
