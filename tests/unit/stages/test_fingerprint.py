"""Fingerprint: one a document, whatever the batch."""

from __future__ import annotations

import pyarrow as pa

from tests.conftest import prose
from tests.unit.stages.contract import check_contract
from tests.unit.stages.test_split import REJECTED, documents
from tore_export.dedup.minhash import FINGERPRINT, fingerprints_of
from tore_export.stages.fingerprint import Fingerprint


def test_the_contract_of_stages_is_kept() -> None:
    table = documents(
        ["one", "two three four five", None, "", prose(3), "x"],
        rejects=[None, REJECTED, REJECTED, None, None, None],
    )
    check_contract(Fingerprint(), table, {"minhash": FINGERPRINT})


def test_rejected_rows_and_texts_without_words_have_none() -> None:
    table = Fingerprint()(documents(["a b c", "d e f", "…"], rejects=[None, REJECTED, None]))
    assert [value is None for value in table["minhash"].to_pylist()] == [False, True, True]


def test_it_is_the_fingerprint_of_the_text() -> None:
    texts = [prose(1), prose(2)]
    assert Fingerprint()(documents([*texts]))["minhash"].to_pylist() == (
        fingerprints_of(pa.array(texts)).to_pylist()
    )
