"""The first bytes of a file, and what can be told from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tore_export.sources.json_text import without_lone_surrogates

__all__ = ["HEAD_BYTES", "Head", "fields_of"]

HEAD_BYTES = 65_536
_N_LINES = 3
_LINES_SUFFIXES = (".jsonl", ".ndjson")


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

    @property
    def is_named_lines(self) -> bool:
        """Whether the name says that each line is a value of its own."""
        name = self.name.lower().removesuffix(".gz").removesuffix(".zst").removesuffix(".zstd")
        return name.endswith(_LINES_SUFFIXES)

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
        """Whether the first line has to be read to its end before anything can be told."""
        return not self.whole and self.first == b"{" and not self._lines


def fields_of(data: bytes) -> dict[str, Any] | None:
    """Return the fields of a JSON object, values not decoded; None for what is none."""
    import msgspec

    try:
        return msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    text, n_repaired = without_lone_surrogates(data.decode("utf-8", "replace"))
    return fields_of(text.encode()) if n_repaired else None
