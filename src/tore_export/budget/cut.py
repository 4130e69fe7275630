"""Cutting one element short: text at a sentence, word or letter, tables at a row or within a cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tore_export.budget.draft import Content
from tore_export.budget.sentences import letter_end, word_end
from tore_export.chunks.sentences import sentence_ends_of
from tore_export.documents.columns import Cells, decode_meta, encode_meta
from tore_export.documents.schema import FURNITURE, Kind
from tore_export.formatters.grid import header_rows
from tore_export.formatters.table import lines_of

__all__ = ["CodeCut", "Cut", "PairsCut", "TableCut", "clipped_spans", "cut_of"]

WHOLE = frozenset(
    {int(kind) for kind in (Kind.TITLE, Kind.FORMULA, Kind.IMAGE, Kind.RULE, Kind.TERM)}
    | {int(kind) for kind in FURNITURE}
)
"""Kinds that are kept whole or not at all: half a formula or heading says something else."""

LEAST_CHARACTERS = 20

_INDIVISIBLE = frozenset({"math", "image", "footnote"})


class Cut:
    """An element's text, and what the element is when only its beginning is kept.

    `text` is what there is to cut, in reading order; places are counted in it.
    """

    def __init__(self, content: Content) -> None:
        self.text, self.cells, meta = content
        self.said = decode_meta(meta) if meta else {}

    def at(self, end: int) -> Content:
        """Return the element with its first `end` characters."""
        said, text = self.said, self.text
        spans = said.get("spans")
        if spans:
            for span in spans:
                if span["start"] < end < span["end"] and span["kind"] in _INDIVISIBLE:
                    end = span["start"]
            said = said | {"spans": clipped_spans(spans, len(text[:end].rstrip()))}
        return text[:end].rstrip(), self.cells, encode_meta(said)

    def ends(self) -> Sequence[int]:
        """Return where sentences (of code, lines; of tables, rows) end, in order."""
        return sentence_ends_of(self.text)

    def least(self) -> int:
        """Return where the shortest beginning ends that says something: a few words."""
        return LEAST_CHARACTERS

    def word(self, end: int) -> int:
        """Return the last end of a word at or before `end`."""
        return word_end(self.text, end)

    def letter(self, end: int) -> int:
        """Return the last place at or before `end` that parts no letter."""
        return letter_end(self.text, end)


class CodeCut(Cut):
    """Code, whose sentences are its lines."""

    def ends(self) -> Sequence[int]:
        """Return where lines end."""
        return [found.start() for found in re.finditer("\n", self.text)]


class PairsCut(Cut):
    """Keys with their values, whose sentences are the pairs."""

    def __init__(self, content: Content) -> None:
        super().__init__(content)
        self.pairs = [(str(key), str(value)) for key, value in self.said["pairs"]]
        self.text = "\n".join(f"{key}: {value}" for key, value in self.pairs)

    def ends(self) -> Sequence[int]:
        """Return where pairs end."""
        found, at = [], -1
        for key, value in self.pairs:
            at += len(key) + len(value) + 3
            found.append(at)
        return found

    def at(self, end: int) -> Content:
        """Return the pairs up to there; a key stays with some of its value or goes."""
        pairs, left = [], end
        for key, value in self.pairs:
            room = left - len(key) - 2
            if room <= 0 and (value or room < 0):
                break
            pairs.append([key, value[:room].rstrip()])
            left = room - len(value) - 1
        said = {name: self.said[name] for name in self.said if name != "spans"} | {"pairs": pairs}
        text = "\n".join(f"{key}: {value}" for key, value in pairs)
        return text, self.cells, encode_meta(said)


class TableCut(Cut):
    """A table: its rows one after the other, cell by cell."""

    def __init__(self, content: Content) -> None:
        super().__init__(content)
        self.rows: Cells = content[1] or []
        self.written = bool(self.text)
        self.text = "\n".join("\t".join([cell[0] or "" for cell in row]) for row in self.rows)

    def ends(self) -> Sequence[int]:
        """Return where rows end."""
        found, at = [], -1
        for row in self.rows:
            at += sum(len(cell[0] or "") + 1 for cell in row) + (not row)
            found.append(at)
        return found

    def at(self, end: int) -> Content:
        """Return the rows up to there; of the last one, cells beyond it are empty."""
        rows: Cells = []
        left = end
        partial = None
        for row in self.rows:
            if left <= 0:
                break
            size = sum(len(cell[0] or "") + 1 for cell in row) + (not row)
            if size <= left + 1:
                rows.append(row)
            else:
                line, room = [], left
                for place, cell in enumerate(row):
                    text = cell[0] or ""
                    if 0 < room < len(text):
                        partial = (len(rows), place)
                    line.append((text[: max(room, 0)].rstrip(), *cell[1:]))
                    room -= len(text) + 1
                if not rows or any(cell[0] for cell in line):
                    rows.append(line)
            left -= size
        said = {name: self.said[name] for name in self.said if name not in ("html", "rich")}
        rich = [
            cell
            for cell in self.said.get("rich") or ()
            if cell["row"] < len(rows)
            and (cell["row"], cell["place"]) != partial
            and rows[cell["row"]][cell["place"]][0]
        ]
        if rich:
            said["rich"] = rich
        text = lines_of(rows, "blank") if self.written and rows else ""
        return text, rows, encode_meta(said)

    def least(self) -> int:
        """Return where the first row below the head ends: a head alone says nothing."""
        ends = self.ends()
        head = max(header_rows(self.rows), 1)
        return ends[min(head, len(ends) - 1)]


def cut_of(kind: int, content: Content) -> Cut | None:
    """Return how an element can be cut; None for one that is kept whole or not at all."""
    text, cells, meta = content
    if kind in WHOLE:
        return None
    if kind == Kind.CODE:
        return CodeCut(content)
    if kind == Kind.TABLE and cells:
        return TableCut(content)
    if kind == Kind.KEY_VALUE and meta is not None and decode_meta(meta).get("pairs"):
        return PairsCut(content)
    return Cut(content) if text else None


def clipped_spans(spans: Sequence[Any], end: int) -> list[Any]:
    """Return the spans of a text of which the first `end` characters are left.

    >>> clipped_spans([{"start": 0, "end": 9, "kind": "strong"}], 4)
    [{'start': 0, 'end': 4, 'kind': 'strong'}]
    """
    return [
        span if span["end"] <= end else {**span, "end": end}
        for span in spans
        if span["start"] < end
    ]
