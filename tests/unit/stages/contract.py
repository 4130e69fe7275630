"""What every stage keeps, whatever it does; each stage's own tests call `check_contract` once."""

from __future__ import annotations

import pickle
from collections.abc import Mapping

import pyarrow as pa

from tore_export.stages.stage import Stage


def check_contract(stage: Stage, table: pa.Table, columns: Mapping[str, pa.DataType]) -> pa.Table:
    """Hold the stage to the protocol on `table` (of some rows); return what it makes of it.

    `columns` are the columns the stage writes, with their exact types. Rows are compared wherever the
    table is cut, one row at a time and in every two parts; after pickling; and without any row.
    """
    assert isinstance(stage, Stage)
    assert set(stage.reads) <= set(table.column_names)
    assert set(columns) == set(stage.writes)
    whole = stage(table)
    for name, kind in columns.items():
        assert whole.schema.field(name).type == kind, name
    for name in set(table.column_names) - set(columns):
        assert whole.schema.field(name).type == table.schema.field(name).type, name
    cuts = [[table.slice(0, middle), table.slice(middle)] for middle in range(table.num_rows + 1)]
    cuts.append([table.slice(i, 1) for i in range(table.num_rows)])
    for parts in cuts:
        results = [stage(part) for part in parts]
        assert all(result.schema.equals(whole.schema) for result in results)
        assert pa.concat_tables(results).to_pylist() == whole.to_pylist()
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert stage(chunked).to_pylist() == whole.to_pylist()
    again = pickle.loads(pickle.dumps(stage))
    assert again == stage
    assert again(table).equals(whole)
    empty = stage(table.slice(0, 0))
    assert empty.num_rows == 0
    assert empty.schema.equals(whole.schema)
    return whole
