"""The sink of a first pass: what a unit's documents became, and the facts that splits are decided by.

The spool holds the rows without what only the first pass needs, elements and blocks, as Arrow IPC; the
text is kept of rejected documents alone, since the others have their records. Its size is about that of
the records, compressed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.errors import RunError
from tore_export.sinks.accounts import Account
from tore_export.sinks.facts import kinds_of, n_elements_of
from tore_export.sinks.shards import Join, JoinReceipt
from tore_export.stages.stage import combined, put
from tore_export.storage.files import join, open_write
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Receipt

__all__ = [
    "DECIDING",
    "UNDECIDED",
    "SpoolSink",
    "decided_by",
    "decisions_path",
    "facts_path",
    "spool_path",
]

NEEDED_ONCE = ("elements", "blocks", "chunks", "title", "meta", "created_at", "topics")
"""Columns that neither records nor facts are written of in the second pass."""

DECIDING = ("doc_id", "text_hash", "group_of", "stratum", "date", "topics", "minhash")
"""Columns that are decided by, where the plan makes them; beside them `n_tokens` and `is_live`."""

UNDECIDED = "undecided"
"""What tokens are counted under before any split is known."""


def spool_path(layout: Layout, unit: int) -> str:
    """Return where a unit's rows are spooled."""
    return join(layout.parts, f"unit-{unit:06d}.arrow")


def facts_path(layout: Layout, unit: int) -> str:
    """Return where a unit's facts lie that splits are decided by."""
    return join(layout.facts, f"unit-{unit:06d}.arrow")


def decisions_path(layout: Layout, unit: int) -> str:
    """Return where it lies what was decided of a unit's documents."""
    return join(layout.decisions, f"unit-{unit:06d}.arrow")


@dataclass(frozen=True)
class SpoolSink:
    """Write the rows and facts of units below `layout`, that of a first pass."""

    layout: Layout
    fingerprint: str

    folders: tuple[str, ...] = ()  # none but state

    def write_unit(self, tables: Iterable[pa.Table]) -> Receipt:
        """Write one unit, of which `tables` are all rows in order; its receipt comes last.

        **Raises** BooksError where rows are missing, StorageError where the disk refuses.
        """
        started = time.perf_counter()
        account = Account()
        facts: list[pa.Table] = []
        rows = account.walk(tables)
        # the unit's number, which names its file, is known with the first of its rows
        first = next(rows)
        with open_write(spool_path(self.layout, account.unit)) as stream:
            schema = _spooled(*first[:2]).schema
            options = pa.ipc.IpcWriteOptions(compression="zstd")
            with pa.ipc.new_stream(stream, schema, options=options) as spool:
                for documents, is_live, _ in chain([first], rows):
                    spool.write_table(_spooled(documents, is_live))
                    facts.append(decided_by(documents, is_live))
        found = pa.concat_tables(facts)
        tokens = pc.sum(found["n_tokens"]).as_py() or 0
        with (
            open_write(facts_path(self.layout, account.unit)) as stream,
            pa.ipc.new_file(stream, found.schema) as file,
        ):
            file.write_table(found.combine_chunks())
        return account.close(
            self.layout,
            self.fingerprint,
            records=Counter(),
            tokens=Counter({UNDECIDED: tokens}),
            parts=[],
            seconds=time.perf_counter() - started,
        )

    def join(self, task: Join) -> JoinReceipt:
        """Refuse: a first pass writes nothing to be joined."""
        raise RunError("a first pass has nothing to join", found=task.name)


def _spooled(documents: pa.Table, is_live: pa.Array) -> pa.Table:
    """Return what the second pass needs of documents. **Rows** 1:1."""
    table = put(documents, "n_elements", n_elements_of(documents))
    table = put(table, "kinds", kinds_of(documents))
    texts = combined(table["text"])
    table = put(table, "text", pc.if_else(is_live, pa.scalar(None, texts.type), texts))
    return table.drop_columns([name for name in NEEDED_ONCE if name in table.column_names])


def decided_by(documents: pa.Table, is_live: pa.Array) -> pa.Table:
    """Return what splits are decided by. **Rows** 1:1. `n_tokens` are those of the records."""
    columns = {
        name: combined(documents[name]) for name in DECIDING if name in documents.column_names
    }
    columns["n_tokens"] = _tokens_of_records(combined(documents["records"]))
    columns["is_live"] = is_live
    return pa.table(columns)


def _tokens_of_records(records: pa.ListArray) -> pa.Array:
    sizes = pc.fill_null(records.value_lengths(), 0).to_numpy()
    ends = np.cumsum(sizes)
    counts = pc.fill_null(records.flatten().field("n_tokens"), 0).to_numpy()
    sums = np.concatenate([[0], np.cumsum(counts)])
    return pa.array(sums[ends] - sums[ends - sizes], pa.int64())
