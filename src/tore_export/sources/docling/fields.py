"""The fields of docling's documents and items: told from others, and made of its own objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw

from tore_export.sources.json_text import endless, without_lone_surrogates

__all__ = [
    "docling_values",
    "encoded",
    "fields_of_docling",
    "is_docling",
    "is_item",
    "item_values",
]

_NAME = b'"DoclingDocument"'


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
    """Return the fields of a decoded DoclingDocument as `append_docling` takes them.

    **Raises** DocumentError as `encoded` does.
    """
    return {str(name): Raw(encoded(value)) for name, value in values.items()}


def encoded(value: Any) -> bytes:
    """Return a value as JSON that can be written; what JSON has no name for is its text.

    **Raises** DocumentError with rule `too_deep` for a value without end, as one that holds itself.
    """
    try:
        return msgspec.json.encode(value, enc_hook=str)
    except (UnicodeEncodeError, OverflowError):
        # half a surrogate pair, or a number of more than 64 bits
        text, _ = without_lone_surrogates(json.dumps(value, skipkeys=True, default=str))
        return text.encode()
    except RecursionError as error:
        raise endless() from error


def docling_values(thing: Any) -> Mapping[str, Any] | None:
    """Return the fields of a DoclingDocument, be it a dict or docling's own object; None for others."""
    if isinstance(thing, Mapping):
        return thing if is_docling(thing) else None
    export = getattr(thing, "export_to_dict", None)
    found = export() if callable(export) else None
    return found if isinstance(found, Mapping) and is_docling(found) else None


def is_item(thing: Any) -> bool:
    """Tell whether this is an item of a docling document, be it a dict or docling's own object.

    >>> is_item({"self_ref": "#/texts/0", "label": "title", "text": "Pumps"}), is_item({"text": "a"})
    (True, False)
    """
    if isinstance(thing, Mapping):
        reference, has_label = thing.get("self_ref"), "label" in thing
    else:
        reference, has_label = getattr(thing, "self_ref", None), hasattr(thing, "label")
    return has_label and isinstance(reference, str) and reference.startswith("#/")


def item_values(item: Any) -> Mapping[str, Any]:
    """Return the fields of what `is_item` takes for one, as they stand in the document's JSON."""
    if isinstance(item, Mapping):
        return item
    found: Mapping[str, Any] = item.model_dump(mode="json", by_alias=True, exclude_none=True)
    return found
