"""Elements as parsers hold them in memory: the fields that the same element has in a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from tore_export.errors import UsageError
from tore_export.sources.docling.fields import docling_values, is_item
from tore_export.sources.json_text import shown

__all__ = ["element_fields", "refusal", "refuse_no_elements"]

_ALLOWED = (
    "Element throughout, or dicts of a known dialect and objects with to_dict() as TORE Matrix's and "
    "unstructured's, or items of one docling document"
)
_SAY_WHAT_THEY_ARE = ("type", "element_type", "category", "text")


def element_fields(element: Any, place: int) -> Mapping[str, Any]:
    """Return the fields of an element that is a dict, or an object of another library.

    **Raises** UsageError for what is neither.

    >>> element_fields({"type": "Title", "text": "Pumps"}, 0)
    {'type': 'Title', 'text': 'Pumps'}
    """
    if not is_item(element):
        if isinstance(element, Mapping):
            return element
        if _is_plain_dataclass(element):
            return dataclasses.asdict(element, dict_factory=_with_values)
        to_dict = getattr(element, "to_dict", None)
        found = to_dict() if callable(to_dict) and not isinstance(element, type) else None
        if isinstance(found, Mapping):
            return found
    raise refusal("not an element", element, _ALLOWED, where=f"element {place}")


def _is_plain_dataclass(element: Any) -> bool:
    """Tell whether only the fields of an element say what it is.

    TORE Matrix's `to_dict` calls that of the metadata, which not every version of it has.
    """
    if not dataclasses.is_dataclass(element) or not hasattr(element, "element_type"):
        return False
    metadata = getattr(element, "metadata", None)
    said_in_full = metadata is None or hasattr(metadata, "to_dict")
    return not (hasattr(element, "to_dict") and said_in_full)


def _with_values(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Enum) else value for name, value in fields}


def refuse_no_elements(fields: Sequence[Mapping[str, Any]], given: Sequence[Any]) -> None:
    """Refuse a list none of whose items is an element, as its file would be; one odd item is only odd.

    **Raises** UsageError that names the first of those given.
    """
    if fields and not any(name in one for one in fields for name in _SAY_WHAT_THEY_ARE):
        raise refusal("not an element", given[0], _ALLOWED, where="element 0")


def refusal(message: str, found: Any, allowed: str, where: str | None = None) -> UsageError:
    """Return the error for what a caller gave that is no document or element.

    >>> str(refusal("not documents", 7, "a path"))
    'not documents, found int, allowed: a path'
    """
    name = shown(found) if isinstance(found, Mapping) else type(found).__name__
    hint = None
    if docling_values(getattr(found, "document", None)) is not None:
        hint = "give its .document"
    elif is_item(found):
        hint = "a list of items is [item for item, _ in document.iterate_items()]"
    elif isinstance(getattr(found, "text", None), str) and hasattr(found, "to_dict"):
        hint = "put it in a list"
    return UsageError(message, where=where, found=name, allowed=allowed, hint=hint)
