from __future__ import annotations

from pathlib import Path

import pytest

from tore_export.errors import StorageError
from tore_export.storage.receipts import Books, Part, Receipt, Receipts, write_receipt


def receipt(unit: int) -> Receipt:
    part = Part(name="p", split="train", rows=2, size=10, estimate=5, sha256="0" * 64)
    return Receipt(
        unit=unit,
        fingerprint="f",
        documents=Books(3, 2, 1, 0),
        reasons={"a.b": 1},
        records={"train": 2},
        tokens={"train": 20},
        parts=[part],
    )


def test_receipts_are_read_back_as_written_and_once_each(tmp_path: Path) -> None:
    receipts = Receipts(str(tmp_path))
    assert receipts.poll() == []
    write_receipt(str(tmp_path), receipt(1))
    assert receipts.poll() == [receipt(1)]
    write_receipt(str(tmp_path), receipt(0))
    assert receipts.poll() == [receipt(0)]
    assert receipts.poll() == []
    assert set(receipts.found) == {0, 1}


def test_other_files_beside_receipts_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "join-train.json").write_text("{}")
    assert Receipts(str(tmp_path)).poll() == []


def test_a_damaged_receipt_names_its_file_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "unit-000003.json").write_text('{"unit": 3')
    with pytest.raises(StorageError, match=r"unit-000003\.json.*delete this file"):
        Receipts(str(tmp_path)).poll()


def test_books_balance_when_in_is_kept_and_dropped_and_failed() -> None:
    assert Books(3, 1, 1, 1).balanced
    assert not Books(3, 1, 1, 0).balanced
    assert Books(1, 1, 0, 0) + Books(2, 0, 1, 1) == Books(3, 1, 1, 1)
    assert Books(3, 1, 1, 1).to_dict() == {"in": 3, "kept": 1, "dropped": 1, "failed": 1}
