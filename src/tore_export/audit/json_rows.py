"""Rows of JSON: what no parser of trainers reads alike, and columns that change their type."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tore_export.audit.finding import Finding, Findings
from tore_export.errors import DocumentError
from tore_export.records.fault import shown
from tore_export.sources.json_text import decode, without_lone_surrogates
from tore_export.sources.unit import Limits

__all__ = ["JsonRows"]

_KINDS = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}


class JsonRows:
    """Decode one row after the other of a file; what is wrong goes to `findings`.

    `payload` are the columns that a shape looks at.
    """

    def __init__(
        self, file: str, limits: Limits, findings: Findings, payload: Sequence[str] = ()
    ) -> None:
        self._file = file
        self._limits = limits
        self._findings = findings
        self._payload = frozenset(payload)
        self._kinds: dict[str, tuple[str, int]] = {}

    def decoded(self, data: bytes, number: int) -> dict[str, Any] | None:
        """Return a row; None where it is none."""
        try:
            values, n_repaired = decode(data, self._limits)
        except DocumentError as error:
            self._findings.add(Finding.of_error(self._file, error, number))
            return None
        if n_repaired:
            said = f"{n_repaired} escapes of half a character"
            self._add("lone_surrogate", None, said, "pairs, \\ud83d\\ude00", number)
        if not isinstance(values, dict):
            self._add("not_an_object", None, shown(values), "an object", number)
            return None
        if _n_colons(data) != _n_keys(values):
            for place in _repeated(data):
                self._add("duplicate_key", place, "there twice", "each key once", number)
        self._compare(values, number)
        return values

    def _compare(self, row: dict[str, Any], number: int) -> None:
        for name, value in row.items():
            if value is None or name in self._payload:
                continue
            kind = _KINDS.get(type(value), "an object")
            before, first = self._kinds.setdefault(name, (kind, number))
            if before != kind:
                allowed = f"{before}, as in row {first}"
                self._add("mixed_types", name, f"{kind}, {shown(value)}", allowed, number)

    def _add(self, rule: str, place: str | None, found: str, allowed: str, number: int) -> None:
        self._findings.add(Finding(self._file, rule, place, found, allowed, number))


def _n_colons(data: bytes) -> int:
    """Return how many keys a JSON text has: each has a colon, and no other stands outside of strings."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    return sum(part.count(b":") for part in data.split(b'"')[::2])


def _n_keys(values: Any) -> int:
    n_keys = 0
    left = [values]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            n_keys += len(value)
            left += [inner for inner in value.values() if type(inner) in (dict, list)]
        else:
            left += [inner for inner in value if type(inner) in (dict, list)]
    return n_keys


def _repeated(data: bytes) -> list[str]:
    """Return the keys that an object of a JSON text has more than once, each named once."""
    found: dict[str, None] = {}

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        row = dict(pairs)
        if len(row) < len(pairs):
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen:
                    found[name] = None
                seen.add(name)
        return row

    try:
        json.loads(without_lone_surrogates(data.decode())[0], object_pairs_hook=look)
    except RecursionError:
        return list(found) or ["a key deep within"]
    return list(found)
