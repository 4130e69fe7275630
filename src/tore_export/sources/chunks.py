"""Chunks of elements put back into the elements they were made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tore_export.errors import DocumentError
from tore_export.sources.kinds import kind_of
from tore_export.sources.unit import Limits

__all__ = ["MAX_CHUNK_BYTES", "has_chunks", "originals_of", "unfolded"]

MAX_CHUNK_BYTES = 16_000_000
"""The elements of one chunk, inflated, are read up to so many bytes."""


def has_chunks(elements: Sequence[Any]) -> bool:
    """Tell whether any element says of which others it is made."""
    return any(_packed(element) is not None for element in elements)


def unfolded(elements: Sequence[Any], limits: Limits) -> list[Any]:
    """Return the elements with each chunk replaced by those it was made of, as `orig_elements` says.

    An element that a chunker cut in pieces, or let two chunks have, is there once. A chunk whose
    originals cannot be read stays as it is. An id that several different originals have stays with the
    first of them.

    **Raises** DocumentError with rule `too_large`: what is packed small may be large.

    >>> parts = [{"type": "Title", "element_id": "a", "text": "A"}]
    >>> chunk = {"type": "CompositeElement", "text": "A", "metadata": {"orig_elements": parts}}
    >>> unfolded([chunk, chunk], Limits())
    [{'type': 'Title', 'element_id': 'a', 'text': 'A'}]
    """
    found: list[Any] = []
    ids: set[Any] = set()
    before: set[Any] = set()  # what the chunk right before this one was made of
    packed_before: Any = None
    n_bytes = 0
    for element in elements:
        packed = _packed(element)
        if packed is None:
            found.append(element)
            ids.add(_id_of(element))
            before, packed_before = set(), None
            continue
        if packed_before is not None and packed == packed_before:
            # the next piece of one long element
            continue
        originals, n_inflated = originals_of(packed)
        n_bytes += n_inflated
        if n_bytes > limits.max_document_bytes:
            raise DocumentError(
                "the elements that chunks were made of are too large",
                rule="too_large",
                found=f"more than {limits.max_document_bytes:,} bytes",
                allowed=f"{limits.max_document_bytes:,} bytes",
            )
        if not originals:
            found.append(element)
            before, packed_before = set(), None
            continue
        known = before
        before = {_look(original) for original in originals}
        packed_before = packed
        for original in originals:
            if _look(original) in known:
                continue
            identity = _id_of(original)
            if identity is not None and identity in ids:
                original = {n: v for n, v in original.items() if n not in ("element_id", "id")}  # noqa: PLW2901
            ids.add(identity)
            found.append(original)
    return found


def originals_of(packed: Any) -> tuple[list[Mapping[str, Any]] | None, int]:
    """Return the elements a chunk was made of and their bytes; None where they cannot be read.

    They are a list of elements, or that list as JSON, deflated and in base64.
    """
    import binascii
    import zlib

    import msgspec

    n_bytes = 0
    if isinstance(packed, str):
        if len(packed) > MAX_CHUNK_BYTES:
            return None, 0
        inflater = zlib.decompressobj()
        try:
            raw = inflater.decompress(binascii.a2b_base64(packed), MAX_CHUNK_BYTES)
            n_bytes = len(raw)
            packed = msgspec.json.decode(raw, type=list[dict[str, Any]])
        except (zlib.error, binascii.Error, msgspec.MsgspecError, ValueError, RecursionError):
            return None, n_bytes or len(packed)
    if not isinstance(packed, list):
        return None, n_bytes
    return [part for part in packed if isinstance(part, Mapping)], n_bytes


def _packed(element: Any) -> Any:
    if not isinstance(element, Mapping):
        return None
    metadata = element.get("metadata")
    return metadata.get("orig_elements") if isinstance(metadata, Mapping) else None


def _id_of(element: Any) -> Any:
    if not isinstance(element, Mapping):
        return None
    identity = element.get("element_id", element.get("id"))
    return identity if isinstance(identity, str | int) else None


def _look(element: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what tells an original from its neighbours."""
    text = element.get("text")
    name = element.get("type")
    return (
        _id_of(element),
        name if isinstance(name, str) and kind_of(name) is not None else None,
        text if isinstance(text, str) else None,
    )
