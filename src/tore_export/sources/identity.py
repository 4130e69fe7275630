"""What a document is called: what its source says, else a hash of where it lies."""

from __future__ import annotations

from hashlib import sha256

__all__ = ["document_id"]


def document_id(said: object, source: str, place: int | None) -> str:
    """Return the id a document says it has, else one made of its file and its place in the file.

    The second depends on nothing but `source` and `place`: not on the run, the unit or the machine.

    >>> document_id(42, "a.jsonl", 0)
    '42'
    >>> document_id(None, "a.jsonl", 0) == document_id("", "a.jsonl", 0)
    True
    >>> len(document_id(None, "a.tore", None))
    24
    """
    if isinstance(said, str) and said:
        return said
    if isinstance(said, int | float) and not isinstance(said, bool):
        return str(said)
    named = f"{source}\0{'' if place is None else place}"
    # a file name may hold bytes that are no UTF-8; they travel as lone surrogates
    return sha256(named.encode("utf-8", "surrogateescape")).hexdigest()[:24]
