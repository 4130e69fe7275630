"""Keys and values of forms: listed in an element's metadata, or an element each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["JOINED", "joined", "pairs_of", "text_of"]

_KEYS, _VALUES = ("Field-Name", "FieldName"), ("Value",)

JOINED = frozenset(_KEYS)
"""Names of types that `joined` looks for."""

MAX_PAIRS = 100_000


def pairs_of(metadata: Mapping[str, Any]) -> list[list[str]]:
    """Return the pairs of key and value in `key_value_pairs`; [] where there are none.

    >>> pairs_of({"key_value_pairs": [{"key": {"text": "Name"}, "value": {"text": "Ada"}}]})
    [['Name', 'Ada']]
    """
    said = metadata.get("key_value_pairs")
    if not isinstance(said, list):
        return []
    found = []
    for pair in said[:MAX_PAIRS]:
        if isinstance(pair, Mapping):
            key, value = _text(pair.get("key")), _text(pair.get("value"))
            if key or value:
                found.append([key, value])
    return found


def _text(side: Any) -> str:
    if isinstance(side, Mapping):
        side = side.get("text")
    return side.strip() if isinstance(side, str) else ""


def text_of(pairs: Sequence[Sequence[str]]) -> str:
    r"""Return pairs as lines.

    >>> text_of([["Name", "Ada"], ["Signed", ""]])
    'Name: Ada\nSigned:'
    """
    return "\n".join(f"{key.removesuffix(':')}: {value}".rstrip() for key, value in pairs)


def joined(elements: Sequence[Any]) -> list[Any]:
    """Return elements with each field's name and the value that follows it as one key-value element.

    >>> form = [{"type": "Field-Name", "text": "Name:"}, {"type": "Value", "text": "Ada"}]
    >>> joined(form)[0]["metadata"]
    {'key_value_pairs': [{'key': 'Name:', 'value': 'Ada'}]}
    """
    found: list[Any] = []
    place = 0
    while place < len(elements):
        element = elements[place]
        following = elements[place + 1] if place + 1 < len(elements) else {}
        if _is(element, _KEYS) and _is(following, _VALUES):
            metadata = element.get("metadata")
            pair = {"key": element.get("text"), "value": following.get("text")}
            element = {
                **element,
                "type": "KeyValue",
                "text": "",
                "metadata": {
                    **(metadata if isinstance(metadata, Mapping) else {}),
                    "key_value_pairs": [pair],
                },
            }
            place += 1
        found.append(element)
        place += 1
    return found


def _is(element: Any, names: tuple[str, ...]) -> bool:
    return isinstance(element, Mapping) and element.get("type") in names
