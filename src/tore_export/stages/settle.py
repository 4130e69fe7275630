"""Write into documents what was decided of them when all were known."""

from __future__ import annotations

import pyarrow as pa

from tore_export.stages.stage import combined, put, reject

__all__ = ["settled"]


def settled(documents: pa.Table, decisions: pa.Table) -> pa.Table:
    """Return documents with `split` and `together_with`, those rejected for which a rule says so.

    **Rows** 1:1, the decisions in the same order. **Reads** reject; of decisions split, rule, detail,
    together_with (doc_id of the first document of its family, null where it is alone).
    """
    table = put(documents, "split", combined(decisions["split"]))
    table = put(table, "together_with", combined(decisions["together_with"]))
    rules = combined(decisions["rule"])
    if rules.null_count == len(rules):
        return table
    rows = decisions.select(["rule", "detail"]).to_pylist()
    rejects = [{"stage": "split", **row} if row["rule"] is not None else None for row in rows]
    return reject(table, rejects)
