"""A JSON list too large for memory: the bytes of one of its values after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tore_export.errors import DocumentError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["CutShortError", "values_of"]

_SIGNS = bytes(
    1 if byte in b"[{" else 2 if byte in b"]}" else 3 if byte == 0x2C else 0 for byte in range(256)
)
_OPEN, _CLOSE, _COMMA = 1, 2, 3
_WHITE = b" \t\r\n"
_BLOCK_BYTES = 262_144


class CutShortError(DocumentError):
    """A list that breaks off; the values before are good."""


def values_of(blocks: Iterable[bytes], max_bytes: int) -> Iterator[tuple[int, bytes | None, int]]:
    r"""Yield (offset, value, length) of each value of a list; value None for one over `max_bytes`.

    Time is linear in the bytes, whatever they are; memory holds one value and a block.

    **Raises** DocumentError with rule `invalid_json` where the text is no list, or something stands
    behind it; CutShortError where it breaks off.

    >>> list(values_of([b'[{"a": "], [\\"', b'"}, [1, 2]]'], max_bytes=100))
    [(1, b'{"a": "], [\\""}', 15), (17, b' [1, 2]', 7)]
    """
    scan = _Scan(max_bytes)
    rest = b""
    for block in _small(blocks):
        data = rest + block
        # a backslash is not parted from what it escapes
        n_held = (len(data) - len(data.rstrip(b"\\"))) & 1
        rest = data[len(data) - n_held :]
        yield from scan.take(data[: len(data) - n_held])
    yield from scan.take(rest)
    scan.end()


def _small(blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block in blocks:
        for start in range(0, len(block), _BLOCK_BYTES):
            yield block[start : start + _BLOCK_BYTES]


class _Scan:
    """What is known at a place of the text: how deep it lies, if in a string, the value in hand."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._offset = 0
        self._depth = 0
        self._in_string = False
        self._ended = False
        self._start = 0  # of the value in hand
        self._parts: list[bytes] = []
        self._size = 0
        self._n_values = 0

    def take(self, data: bytes) -> Iterator[tuple[int, bytes | None, int]]:
        """Yield the values that end in these bytes, which follow those before."""
        if not data:
            return
        import numpy as np

        signs, depths = self._signs(np.frombuffer(_plain(data), np.uint8))
        at = 0
        if self._offset == 0 or not (self._depth or self._ended):
            at = self._open(data)
            if at == 0:
                return
        ends = np.flatnonzero(
            ((signs == _COMMA) & (depths == 1)) | ((signs == _CLOSE) & (depths == 0))
        )
        for end in ends.tolist():
            if self._ended or end < at:
                break
            is_last = signs[end] == _CLOSE
            yield from self._value(data[at:end], is_last=bool(is_last))
            at = end + 1
            self._start = self._offset + at
            self._ended = bool(is_last)
        if self._ended:
            self._refuse_more(data[at:], self._offset + at)
        else:
            self._keep(data[at:])
        self._depth = int(depths[-1])
        self._offset += len(data)

    def end(self) -> None:
        """Raise where the list did not end."""
        if not self._ended:
            raise CutShortError(
                f"the JSON is cut short at byte {self._offset}",
                rule="invalid_json",
                found=f"the end of the text in value {self._n_values + 1} of the list",
                allowed="a whole JSON list",
            )

    def _signs(
        self, data: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        """Return the sign each byte is outside of strings, and the depth behind it."""
        import numpy as np

        quotes = np.cumsum(data == 0x22, dtype=np.int32) + self._in_string
        self._in_string = bool(quotes[-1] & 1)
        signs = np.frombuffer(_SIGNS, np.uint8)[data]
        signs[(quotes & 1).astype(np.bool_)] = 0
        steps = (signs == _OPEN).astype(np.int8) - (signs == _CLOSE).astype(np.int8)
        return signs, np.cumsum(steps, dtype=np.int64) + self._depth

    def _open(self, data: bytes) -> int:
        """Return where the first value begins; 0 where these bytes are white space only."""
        text = data.lstrip(_WHITE)
        if not text:
            self._offset += len(data)
            return 0
        if text[:1] != b"[":
            raise DocumentError(
                "not a JSON list", rule="invalid_json", found=repr(text[:20]), allowed="a list"
            )
        at = len(data) - len(text) + 1
        self._start = self._offset + at
        return at

    def _value(self, data: bytes, *, is_last: bool) -> Iterator[tuple[int, bytes | None, int]]:
        self._keep(data)
        size, parts = self._size, self._parts
        self._parts, self._size = [], 0
        value = b"".join(parts)
        if size > self._max_bytes:
            value_or_none: bytes | None = None
        elif is_last and not self._n_values and not value.strip(_WHITE):
            return  # an empty list
        else:
            value_or_none = value
        self._n_values += 1
        yield self._start, value_or_none, size

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._max_bytes:
            self._parts = []
        else:
            self._parts.append(data)

    def _refuse_more(self, data: bytes, offset: int) -> None:
        more = data.lstrip(_WHITE)
        if more:
            raise DocumentError(
                f"more text behind the JSON list, at byte {offset + len(data) - len(more)}",
                rule="invalid_json",
                found=repr(more[:20]),
                allowed="nothing",
            )


def _plain(data: bytes) -> bytes:
    """Return the bytes with each escape in place of which nothing stands that could be a quote."""
    if b"\\" not in data:
        return data
    return data.replace(b"\\\\", b"  ").replace(b'\\"', b"  ")
