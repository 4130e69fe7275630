"""Items of a JSON list, each with where it starts, in bounded memory and linear time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tore_export.errors import DocumentError

__all__ = ["CutShortError", "items_of"]

_IN_STRING = re.compile(rb'(?:[^"\\]|\\.)*+', re.DOTALL)
_TO_A_BRACKET = re.compile(rb'[^"\[\]{}]*+')
_TO_A_COMMA = re.compile(rb'[^"\[\]{},]*+')
_OPENING = b"[{"


class CutShortError(DocumentError):
    """A list that breaks off; what came before is good."""


def items_of(blocks: Iterable[bytes], max_bytes: int) -> Iterator[tuple[int, bytes | None, int]]:
    r"""Yield (offset, item, length) of each item of a list; of one over `max_bytes` None as the item.

    Items are told by brackets and commas alone: what each is, and whether it is JSON at all, whoever
    reads it will see. One that is too long is passed over in blocks and never held.

    **Raises** DocumentError with rule `invalid_json`, after the last whole item, where something comes
    behind the list or nothing stands between two commas; CutShortError where the list breaks off.

    >>> list(items_of([b'[{"a": "]"}', b', 7, "a,', b' b"]\n'], max_bytes=9))
    [(1, None, 10), (13, b'7', 1), (16, b'"a, b"', 6)]
    """
    return _Items(max_bytes).of(blocks)


class _Items:
    """The place in a list, from block to block."""

    __slots__ = (
        "_depth",
        "_in_string",
        "_max",
        "_n_commas",
        "_offset",
        "_parts",
        "_size",
        "_start",
    )

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self._depth = 0
        self._in_string = False
        self._offset = 0  # of the block in hand
        self._start = -1  # of the item in hand; -1 before its first byte
        self._parts: list[bytes] = []
        self._size = 0
        self._n_commas = 0

    def of(self, blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes | None, int]]:
        carried = b""
        is_over = False
        for block in blocks:
            data = carried + block if carried else block
            at = 0
            if self._depth == 0 and not is_over:
                at = len(data) - len(data.lstrip())
                if at == len(data):
                    self._offset += at
                    carried = b""
                    continue
                if data[at : at + 1] != b"[":
                    raise self._broken(at, "something else", "a list, which begins with [")
                at += 1
                self._depth = 1
            carried = b""
            while at < len(data) and not is_over:
                at, sign = self._step(data, at)
                if sign == b"\\":  # an escape that the block's end cuts in half
                    carried = data[at:]
                    data = data[:at]
                elif sign in (b",", b"]"):
                    yield from self._item(at - 1, data, is_last=sign == b"]")
                    is_over = sign == b"]"
            if is_over:
                if behind := data[at:].strip():
                    raise self._broken(at, repr(behind[:20])[1:], "nothing behind the list")
            else:
                self._keep(data, len(data))
            self._offset += len(data)
        if not is_over:
            where = f"byte {self._offset:,}"
            raise CutShortError(
                f"the JSON list is cut short at {where}",
                rule="invalid_json",
                found="the end of the text",
                allowed="a whole list",
                hint="what came before was read",
            )

    def _step(self, data: bytes, at: int) -> tuple[int, bytes]:
        """Go on to the next sign that matters; return where to go on, and the sign if it parts items."""
        if self._in_string:
            found = _IN_STRING.match(data, at)
            end = found.end() if found else at
            if end == len(data):
                return end, b""
            if data[end : end + 1] == b"\\":
                return end, b"\\"
            self._in_string = False
            return end + 1, b""
        skipped = (_TO_A_COMMA if self._depth == 1 else _TO_A_BRACKET).match(data, at)
        end = skipped.end() if skipped else at
        if end > at and self._start < 0:
            self._begin(data, at, end)
        if end == len(data):
            return end, b""
        sign = data[end : end + 1]
        if sign == b"," or (sign in (b"]", b"}") and self._depth == 1):
            if sign == b"}":
                raise self._broken(end, "}", ", or ] after an item")
            return end + 1, sign
        if self._start < 0:
            self._start = self._offset + end
            self._parts, self._size = [], 0
        if sign == b'"':
            self._in_string = True
        else:
            self._depth += 1 if sign in _OPENING else -1
        return end + 1, b""

    def _begin(self, data: bytes, at: int, end: int) -> None:
        """Begin an item at the first byte between two places that is no white space."""
        blank = end - at - len(data[at:end].lstrip())
        if at + blank < end:
            self._start = self._offset + at + blank
            self._parts, self._size = [], 0

    def _keep(self, data: bytes, end: int) -> None:
        """Put aside what a block has of the item in hand."""
        if self._start < 0:
            return
        first = max(self._start - self._offset, 0)
        self._size += end - first
        if self._size <= self._max:
            self._parts.append(data[first:end])
        else:
            self._parts = []

    def _item(
        self, end: int, data: bytes, *, is_last: bool
    ) -> Iterator[tuple[int, bytes | None, int]]:
        if self._start < 0:
            if is_last and not self._n_commas:
                return  # an empty list
            raise self._broken(end, "nothing", "an item between two commas")
        self._keep(data, end)
        item = b"".join(self._parts).rstrip() if self._size <= self._max else None
        yield self._start, item, self._size if item is None else len(item)
        self._start = -1
        self._n_commas += 1

    def _broken(self, at: int, found: str, allowed: str) -> DocumentError:
        return DocumentError(
            f"not JSON at byte {self._offset + at:,}",
            rule="invalid_json",
            found=found,
            allowed=allowed,
            hint="what came before was read",
        )
