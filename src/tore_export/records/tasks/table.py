"""Task `table`: questions about a table, which is the `input`, and what the table answers.

Of a table whose columns have names and whose rows have one each that is theirs alone: what it gives for
a row under a column (one question, one more for each ten rows, at most three), and which row has a value
that stands only once in its column. Of every table with a head: how many rows it has, and the table as
CSV, as JSON, or as a list. A head is what the source marks as one; where it marks nothing, the first row
if there are numbers below a word of it. Merged cells count in each place they take; values are as they
stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from tore_export.documents.cells import Cells
from tore_export.documents.schema import Kind
from tore_export.formatters.grid import are_numbers, says_nothing
from tore_export.formatters.table_records import named_rows
from tore_export.records.candidates import Candidates
from tore_export.records.documents import Document, Documents, oneline
from tore_export.records.task import Tools

__all__ = ["TASK", "Table"]

_LEAST_ROWS = 2
_LEAST_NAMES = 2
_LEAST_DIFFERENT = 0.75
"""Share of the rows: a column of fewer values does not name them."""

_MOST_LOOK_UPS = 3
_MOST_CHARACTERS = 200
"""Of a name or value that a question or answer quotes."""

_FORMS = ("as_csv", "as_json", "as_list")


@dataclass(frozen=True, slots=True)
class Table:
    """Asks what a table says."""

    name: ClassVar[str] = "table"
    found_none: ClassVar[str] = "no_table"
    looks_up: ClassVar[bool] = True

    def samples(self, documents: Documents, tools: Tools) -> Candidates:
        """Return the samples of each table, in the order of the document."""
        found = Candidates(self.name)
        for document in documents:
            if document.is_dialogue:
                found.leave_out(document, "is_dialogue")
                continue
            columns = document.columns
            for i in document.shown(document.first, document.last):
                if columns.kinds[i] != Kind.TABLE or columns.cells[i] is None:
                    continue
                asked = list(_Asking(document, i, tools))
                if not asked:
                    found.leave_out(document, "no_head_or_rows")
                about, elements = _with_caption(document, i)
                for instruction, output in asked:
                    found.add(document, instruction, output, about=about, elements=elements)
        return found


def _with_caption(document: Document, table: int) -> tuple[str, list[int]]:
    """Return the table as it is rendered, and its caption before or behind it."""
    columns = document.columns
    shown = [table]
    for beside in (table - 1, table + 1):
        if document.first <= beside < document.last and columns.kinds[beside] == Kind.CAPTION:
            parent = columns.parents[beside]
            if (parent is not None and parent == columns.ids[table]) or beside < table:
                shown.append(beside)
                break
    first, last = min(shown), max(shown) + 1
    return document.rendered(first, last), document.places(first, last)


class _Asking:
    """The questions about one table with their answers."""

    def __init__(self, document: Document, table: int, tools: Tools) -> None:
        self._language = document.language
        self._phrases = tools.phrases
        self._key = f"{document.doc_id}\0{table - document.first}"
        cells = document.columns.cells[table] or []
        names, rows = named_rows(cells)
        self.names = [oneline(name) for name in names]
        self.rows = [[oneline(text) for text in row] for row in rows]
        known = Counter(name for name in self.names if name)
        self.asked_for = [name if known[name] == 1 else "" for name in self.names]
        self.has_head = (
            len(known) >= _LEAST_NAMES
            and len(self.rows) >= _LEAST_ROWS
            and (_is_marked(cells) or self._has_numbers_below_words())
        )

    def __iter__(self) -> Iterator[tuple[str, str]]:
        if not self.has_head:
            return
        at = self._naming_column()
        if at is not None:
            labels = Counter(row[at] for row in self.rows)
            named = [
                row
                for row in self.rows
                if labels[row[at]] == 1 and _is_quotable(row[at]) and len(set(row)) > 1
            ]
            yield from self._cells(at, named)
            yield from self._row(at, named)
        yield self._say("count"), self._say("count_answer", n=len(self.rows))
        form = _FORMS[self._chosen("form", len(_FORMS))]
        yield self._say(form), getattr(self, f"_{form}")()

    def _has_numbers_below_words(self) -> bool:
        return any(
            name and not are_numbers([name]) and are_numbers([row[at] for row in self.rows])
            for at, name in enumerate(self.names)
        )

    def _naming_column(self) -> int | None:
        """Return the column that names the rows: the first of mostly different words, else numbers."""
        for numbers in (False, True):
            for at, name in enumerate(self.names):
                values = [row[at] for row in self.rows]
                if (
                    (name or at == 0)
                    and len(set(values)) >= _LEAST_DIFFERENT * len(values)
                    and all(values)
                    and are_numbers(values) == numbers
                ):
                    return at
        return None

    def _cells(self, at: int, rows: Sequence[list[str]]) -> Iterator[tuple[str, str]]:
        places = [
            (row, column)
            for row in rows
            for column in range(len(self.names))
            if column != at and self._is_value(row, column) and row[column] != row[at]
        ]
        n_wanted = min(_MOST_LOOK_UPS, 1 + len(self.rows) // 10, len(places))
        for number in range(n_wanted):
            # one of each part of the table
            first, last = (len(places) * part // n_wanted for part in (number, number + 1))
            row, column = places[first + self._chosen(f"cell {number}", last - first)]
            said = {"row": row[at], "column": self.names[column]}
            yield (
                self._say("cell", number=number, **said),
                self._say("cell_answer", number=number, **said, value=row[column]),
            )

    def _row(self, at: int, rows: Sequence[list[str]]) -> Iterator[tuple[str, str]]:
        counts = [Counter(values) for values in zip(*self.rows, strict=True)]
        places = [
            (row, column)
            for row in rows
            for column in range(len(self.names))
            if column != at and self._is_value(row, column) and counts[column][row[column]] == 1
        ]
        if places:
            row, column = places[self._chosen("row", len(places))]
            said = {"column": self.names[column], "value": row[column]}
            yield self._say("row", **said), self._say("row_answer", row=row[at], **said)

    def _is_value(self, row: Sequence[str], column: int) -> bool:
        name = self.asked_for[column]
        return bool(_is_quotable(name) and _is_quotable(row[column]) and row[column] != name)

    def _chosen(self, what: str, n: int) -> int:
        digest = sha256(f"{what}\0{self._key}".encode()).digest()
        return int.from_bytes(digest[:4], "big") % n

    def _say(self, phrase: str, **values: object) -> str:
        chosen_by = f"{self._key}\0{values.pop('number', 0)}"
        return self._phrases.say(self._language, phrase, chosen_by, **values)

    def _as_csv(self) -> str:
        import csv
        import io

        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows([self.names, *self.rows])
        return written.getvalue().rstrip("\n")

    def _as_json(self) -> str:
        from msgspec.json import encode, format

        keys: list[str] = []
        for number, name in enumerate(self.names, 1):
            key = name or str(number)
            while key in keys:
                key = f"{key} ({number})"
            keys.append(key)
        records = [dict(zip(keys, row, strict=True)) for row in self.rows]
        return format(encode(records), indent=2).decode()

    def _as_list(self) -> str:
        colon, stop = ("：", "；") if self._language in ("zh", "ja") else (": ", "; ")
        if self._language == "fr":
            colon = " : "
        return "\n".join(
            "- "
            + stop.join(
                f"{name}{colon}{text}" if name else text
                for name, text in zip(self.names, row, strict=True)
                if text
            )
            for row in self.rows
        )


def _is_marked(cells: Cells) -> bool:
    return any(header for row in cells for _, _, _, header in row)


def _is_quotable(text: str) -> bool:
    return not says_nothing(text) and len(text) <= _MOST_CHARACTERS


TASK = Table()
