"""A row that a stage cannot bear costs only itself."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pytest

from tests.unit.sinks.test_accounts import rows
from tore_export.engine.guard import guarded
from tore_export.errors import StorageError, TemplateError
from tore_export.stages.stage import put


class Panic(BaseException):
    """Like that of a Rust library: no Exception."""


@dataclass(frozen=True)
class Fragile:
    """Writes a column, and raises on some ids."""

    bad: tuple[str, ...] = ()
    error: type[BaseException] = ValueError

    reads: ClassVar[tuple[str, ...]] = ("doc_id",)
    writes: ClassVar[tuple[str, ...]] = ("n",)
    version: ClassVar[int] = 1

    def __call__(self, table: pa.Table) -> pa.Table:
        found = set(table["doc_id"].to_pylist()) & set(self.bad)
        if found:
            raise self.error(f"cannot bear {sorted(found)}")
        return put(table, "n", pa.array(range(table.num_rows), pa.int64()))


@pytest.mark.parametrize("error", [ValueError, Panic, RecursionError, MemoryError])
def test_only_the_rows_that_raise_are_rejected(error: type[BaseException]) -> None:
    table = rows(0, 9, 0, mark=9)
    result = guarded(Fragile(("k3", "k8"), error))(table)
    assert result["doc_id"].to_pylist() == table["doc_id"].to_pylist()
    rejected = [r for r in result["reject"].to_pylist() if r and r["failed"]]
    assert [(r["stage"], r["rule"]) for r in rejected] == [("fragile", "error")] * 2
    assert rejected[0]["detail"] == f"{error.__name__}: cannot bear ['k3']"
    assert result["n"].null_count == 2


def test_a_batch_that_is_well_is_one_call() -> None:
    assert guarded(Fragile())(rows(0, 4, 0, mark=4))["n"].to_pylist() == [0, 1, 2, 3, 4]


def test_a_batch_of_nothing_but_bad_rows_keeps_its_columns() -> None:
    result = guarded(Fragile(("k0", "k1")))(rows(0, 2, 0, mark=None))
    assert result["n"].type == pa.int64()
    assert result["n"].null_count == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, StorageError])
def test_what_is_not_about_a_row_passes(error: type[BaseException]) -> None:
    with pytest.raises(error):
        guarded(Fragile(("k0",), error))(rows(0, 2, 0, mark=2))


def test_a_guarded_stage_is_called_by_the_name_of_the_stage_and_travels() -> None:
    import ray.cloudpickle as cloudpickle

    stage = guarded(Fragile(("k1",)))
    assert stage.__name__ == "Fragile"
    copy = pickle.loads(cloudpickle.dumps(stage))
    assert copy(rows(0, 2, 0, mark=2)).num_rows == 3


def test_an_error_that_names_a_rule_rejects_by_it() -> None:
    made = guarded(Fragile(("k0",), TemplateError))(rows(0, 2, 0, mark=None))
    assert [row and row["rule"] for row in made["reject"].to_pylist()] == ["template_error", None]
