"""A document's other fields, as they may travel in `meta`: bounded, and without anything embedded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["MAX_META_BYTES", "encode_fields"]

MAX_META_BYTES = 65_536
MAX_NUMBERS = 64
"""A longer list of numbers is an embedding."""

MAX_NESTING = 16

_ENCODER = msgspec.json.Encoder(order="sorted")
# a dict by itself: to ask whether anything is a mapping costs more than all the rest
_OBJECTS = (dict, Mapping)


def encode_fields(values: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Return fields as JSON with sorted keys, None if there are none, and whether they fitted.

    Embeddings (lists of more than 64 numbers), embedded files (`data:`), nulls and what is nested
    deeper than 16 levels are left out; more than 64 KB in all are not kept.

    >>> encode_fields({"url": "x", "embedding": [0.5] * 65, "image": "data:image/png;base64,AA"})
    ('{"url":"x"}', True)
    """
    if not values:
        return None, True
    kept = _kept(values, MAX_NESTING)
    if not kept:
        return None, True
    text = _ENCODER.encode(kept)
    return (text.decode(), True) if len(text) <= MAX_META_BYTES else (None, False)


def _kept(value: Any, depth: int) -> Any:
    """Return the value without what is not kept, None if nothing is left of it."""
    if isinstance(value, str):
        return None if value[:5].lower() == "data:" else value
    if isinstance(value, _OBJECTS):
        if depth == 0:
            return None
        found = {str(k): _kept(v, depth - 1) for k, v in value.items()}
        if None in found.values():
            found = {k: v for k, v in found.items() if v is not None}
        return found or None
    if isinstance(value, list | tuple):
        if depth == 0 or _is_embedding(value):
            return None
        return [_kept(v, depth - 1) for v in value] or None
    return value


def _is_embedding(values: list[Any] | tuple[Any, ...]) -> bool:
    return len(values) > MAX_NUMBERS and all(isinstance(v, int | float) for v in values)
