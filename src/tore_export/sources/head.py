"""The first bytes of a file, and what can be told from them."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tore_export.errors import DocumentError
from tore_export.sources.json_lists import CutShortError, values_of
from tore_export.sources.json_text import without_lone_surrogates

__all__ = ["HEAD_BYTES", "Head", "fields_of"]

HEAD_BYTES = 65_536
_N_LINES = 3
_FEW_BYTES = 4_096
_LINES_SUFFIXES = (".jsonl", ".ndjson")
_JSON_SUFFIXES = (".json", ".tore", *_LINES_SUFFIXES)
_PACKED = re.compile(r"\.(?:gz|zst|zstd)$")
_JSON_START = re.compile(rb"\s*+(?:\[\s*+(?:\{\s*+[\"}]|[\]\"])|\{\s*+[\"}])")
_CONTROLS = bytes(sorted({*range(8), *range(14, 27), *range(28, 32), 127}))
_MOST_CONTROLS = 10
"""One byte in so many may be a control character in a text; with more, it is none."""

_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive (docx, xlsx, epub …)",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "RTF",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"ARROW1": "an Arrow file",
    b"BZh": "a bzip2 stream",
    b"\xfd7zXZ": "an xz stream",
}


@dataclass(frozen=True)
class Head:
    """The beginning of a file, seen through its compression and without a byte order mark.

    `whole` tells that there is no more. `name` is for what content leaves open.
    """

    name: str
    data: bytes
    whole: bool = True

    @cached_property
    def first(self) -> bytes:
        """The first byte that is no white space."""
        # a file of nothing but white space is not worth a copy of itself
        return self.data[:1].strip() or self.data.lstrip()[:1]

    @cached_property
    def fields(self) -> dict[str, Any] | None:
        """The fields of the one JSON object that a whole file is, values not yet decoded."""
        return fields_of(self.data) if self.whole and self.first == b"{" else None

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Those of the first three lines that are a JSON object each; values not yet decoded."""
        if self.first != b"{":
            return []
        return [fields for line in self._lines if (fields := fields_of(line)) is not None]

    @cached_property
    def first_item(self) -> dict[str, Any] | None:
        """The fields of the first item of a JSON list, if that is an object; values not yet decoded.

        None, too, where the item is not whole in what has been read.
        """
        if self.first != b"[" or not self.may_be_json:
            return None
        try:
            found = next(self._items(), None)
        except DocumentError:
            return None
        return fields_of(found[1]) if found and found[1] else None

    @cached_property
    def _has_item(self) -> bool:
        """Whether the first item of a list is whole, or never will be."""
        try:
            next(self._items(), None)
        except CutShortError:
            return False
        except DocumentError:
            pass
        return True

    def _items(self) -> Iterator[tuple[int, bytes | None, int]]:
        """Yield the items of a list; mostly the first one ends within a few bytes."""
        starts = range(0, len(self.data), _FEW_BYTES)
        return values_of(
            (self.data[at : at + _FEW_BYTES] for at in starts), max_bytes=len(self.data)
        )

    @cached_property
    def _lines(self) -> list[bytes]:
        found: list[bytes] = []
        start = 0
        while len(found) < _N_LINES and start < len(self.data):
            end = self.data.find(b"\n", start)
            if end < 0:
                if not self.whole:
                    break
                end = len(self.data)
            line = self.data[start:end].strip()
            if line:
                found.append(line)
            start = end + 1
        return found

    @cached_property
    def suffix(self) -> str:
        """How the name ends, in lower case and without that of a compression; "" without a dot."""
        name = _PACKED.sub("", self.name.lower().rpartition("/")[2])
        stem, dot, suffix = name.rpartition(".")
        return dot + suffix if stem else ""

    @cached_property
    def magic(self) -> str | None:
        """What the first bytes say this is, of the formats that are known but not read."""
        return next((what for mark, what in _MAGIC.items() if self.data.startswith(mark)), None)

    @cached_property
    def is_utf8(self) -> bool:
        """Whether the bytes are UTF-8."""
        try:
            # a character may be cut in half where the head ends
            getincrementaldecoder("utf-8")().decode(self.data, final=self.whole)
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def is_text(self) -> bool:
        """Whether the bytes are a text in some encoding: in hardly any are they control characters."""
        n_controls = len(self.data) - len(self.data.translate(None, _CONTROLS))
        return self.magic is None and n_controls * _MOST_CONTROLS <= len(self.data)

    @cached_property
    def may_be_json(self) -> bool:
        """Whether to take it for a JSON list or object if it begins with a bracket.

        A text may begin with one, too: `[1] A reference`, `[2026-01-01 12:00] an event`.
        """
        if self.suffix in _JSON_SUFFIXES or _JSON_START.match(self.data) is not None:
            return True
        return self.whole and self.is_json

    @cached_property
    def is_json(self) -> bool:
        """Whether the whole is a JSON value of any kind."""
        import msgspec

        try:
            msgspec.json.decode(self.data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        return True

    @property
    def is_named_lines(self) -> bool:
        """Whether the name says that each line is a value of its own."""
        return self.suffix in _LINES_SUFFIXES

    @cached_property
    def is_lines(self) -> bool:
        """Whether this is JSON with a value a line, and not one value over one or many lines.

        One object in one line may be either; then the name tells.
        """
        if self.first == b"":
            return self.is_named_lines
        if self.first != b"{":
            return False
        if self.fields is not None:
            return self.is_named_lines and len(self._lines) == 1
        n_lines, n_rows = len(self._lines), len(self.rows)
        if n_rows and fields_of(self._lines[0]) is not None:
            # an object that ends with its line, and something after it
            return n_lines > 1 or not self.whole or self.is_named_lines
        # in an object over many lines, one of the first may look like a row, but not two
        return self.is_named_lines or n_rows > (0 if self.whole else 1)

    @property
    def needs_more(self) -> bool:
        """Whether the first line, or the first item of a list, has to be read to its end first."""
        if self.whole:
            return False
        if self.first == b"[":
            return self.may_be_json and not self._has_item
        return self.first == b"{" and not self._lines


def fields_of(data: bytes) -> dict[str, Any] | None:
    """Return the fields of a JSON object, values not decoded; None for what is none."""
    import msgspec

    try:
        return msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    text, n_repaired = without_lone_surrogates(data.decode("utf-8", "replace"))
    return fields_of(text.encode()) if n_repaired else None
