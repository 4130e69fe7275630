"""The books of one unit, counted by the sink from the rows it saw, never claimed by the stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.schema import END_OF_UNIT
from tore_export.errors import BooksError
from tore_export.sinks.rejects import reasons_of, rejected_rows
from tore_export.stages.stage import combined
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Books, Part, Receipt, write_receipt

__all__ = ["Account"]


class Account:
    """Count the rows of one unit, and take out those for the rejects."""

    def __init__(self) -> None:
        self.unit = -1
        self.books = Books()
        self.reasons: Counter[str] = Counter()
        self.warnings = 0
        self.shortened: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self._promised: float | None = None

    def walk(self, tables: Iterable[pa.Table]) -> Iterator[tuple[pa.Table, pa.Array, pa.Table]]:
        """Yield (documents, whether each is kept, rows for the rejects) of each table, in order.

        **Raises** BooksError where the tables are not one whole unit.
        """
        for whole in tables:
            if not whole.num_rows:
                continue
            table = self._take_mark(whole)
            reject = combined(table["reject"])
            is_live = pc.is_null(reject)
            rejected = rejected_rows(table, pc.invert(is_live))
            failed = pc.sum(rejected["failed"]).as_py() or 0
            self.books += Books(
                table.num_rows, is_live.true_count, rejected.num_rows - failed, failed
            )
            self.reasons.update(reasons_of(rejected))
            self.warnings += pc.sum(table["warnings"]).as_py() or 0
            if "shortened" in table.column_names:
                self._count_shortened(combined(table["shortened"]).filter(is_live))
            if "left_out" in table.column_names:
                self._count_left_out(combined(table["left_out"]).filter(is_live).flatten())
            yield table, is_live, rejected
        if self._promised != self.books.seen:
            raise BooksError(
                f"unit {self.unit} is not whole: its source read {self._promised:g} documents"
                if self._promised is not None
                else f"unit {self.unit} has no end",
                found=f"{self.books.seen} at the sink",
            )

    def close(
        self,
        layout: Layout,
        fingerprint: str,
        *,
        records: Counter[str],
        tokens: Counter[str],
        parts: list[Part],
        seconds: float,
    ) -> Receipt:
        """Write the receipt: every file it names is in place."""
        receipt = Receipt(
            unit=self.unit,
            fingerprint=fingerprint,
            documents=self.books,
            reasons=dict(sorted(self.reasons.items())),
            records=dict(sorted(records.items())),
            tokens=dict(sorted(tokens.items())),
            parts=parts,
            warnings=self.warnings,
            seconds=round(seconds, 3),
            shortened=dict(self.shortened),
            left_out=dict(sorted(self.left_out.items())),
        )
        write_receipt(layout.receipts, receipt)
        return receipt

    def _count_left_out(self, facts: pa.StructArray) -> None:
        rules, numbers = (pc.struct_field(facts, name).to_pylist() for name in ("rule", "n"))
        for rule, n in zip(rules, numbers, strict=True):
            self.left_out[rule] += n

    def _count_shortened(self, facts: pa.StructArray) -> None:
        facts = facts.drop_null()
        if len(facts):
            self.shortened["documents"] += len(facts)
            for name in facts.type.names:
                self.shortened[name] += pc.sum(pc.struct_field(facts, name)).as_py()

    def _take_mark(self, table: pa.Table) -> pa.Table:
        units = pc.unique(table["unit"]).to_pylist()
        if self.unit < 0:
            self.unit = units[0]
        if units != [self.unit] or self._promised is not None:
            raise BooksError(f"rows of other units within unit {self.unit}", found=str(units))
        reject = combined(table["reject"])
        is_mark = pc.fill_null(pc.equal(pc.struct_field(reject, "rule"), END_OF_UNIT), False)
        marks = pc.struct_field(reject, "value").filter(is_mark)
        if len(marks):
            self._promised = pc.sum(marks).as_py() if len(marks) == 1 else -1.0
            # it is the very last row: without it the table is not copied
            if len(marks) == 1 and is_mark[-1].as_py():
                return table.slice(0, table.num_rows - 1)
            return table.filter(pc.invert(is_mark))
        return table
