"""Read a unit that a first pass spooled, with what was decided of its documents since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from tore_export.documents.schema import END_OF_UNIT, REJECT
from tore_export.errors import StorageError
from tore_export.sources.unit import InputFile, Unit
from tore_export.stages.settle import settled
from tore_export.storage.files import open_read

__all__ = ["READER", "read_spooled", "spooled_unit"]

READER = "spooled"


def spooled_unit(unit: Unit, spool: str, decisions: str) -> Unit:
    """Return the unit of a second pass that goes on with what a first one made of `unit`."""
    files = tuple(InputFile(path, path.rpartition("/")[2], 0) for path in (spool, decisions))
    return Unit(unit.number, READER, files, n_bytes=unit.n_bytes)


def read_spooled(unit: Unit) -> Iterator[pa.Table]:
    """Yield the rows of a unit in the tables they were written in, a mark at the end.

    **Raises** StorageError for a file that is gone, cut short, or of other rows than the other.
    """
    spool, decisions = (file.path for file in unit.files)
    with _told(decisions), open_read(decisions) as stream, pa.ipc.open_file(stream) as reader:
        decided = reader.read_all()
    at = 0
    with _told(spool), open_read(spool) as stream, pa.ipc.open_stream(stream) as reader:
        for batch in reader:
            found = decided.slice(at, batch.num_rows)
            at += batch.num_rows
            _check(at <= decided.num_rows, decisions, decided.num_rows)
            yield settled(pa.Table.from_batches([batch]), found)
        schema = reader.schema
    _check(at == decided.num_rows, decisions, decided.num_rows)
    yield _mark(unit.number, at, settled(schema.empty_table(), decided.slice(0, 0)).schema)


def _mark(unit: int, n_documents: int, schema: pa.Schema) -> pa.Table:
    """Return the row that says that a unit is whole."""
    mark = {"failed": False, "rule": END_OF_UNIT, "value": float(n_documents)}
    told = {"unit": pa.array([unit], pa.int32()), "reject": pa.array([mark], REJECT)}
    return pa.Table.from_arrays(
        [told.get(field.name, pa.nulls(1, field.type)) for field in schema], schema=schema
    )


def _check(is_well: bool, where: str, n_decisions: int) -> None:
    if not is_well:
        raise StorageError(
            "a unit has other rows than decisions",
            where=where,
            found=f"{n_decisions} decisions",
            hint="run again with --restart",
        )


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Say what is wrong with what an earlier pass wrote: no document is to blame."""
    try:
        yield
    except (OSError, pa.ArrowInvalid) as error:
        raise StorageError(
            "what the first pass wrote cannot be read",
            where=path,
            found=str(error).partition("\n")[0],
            hint="run again with --restart",
        ) from error
