"""Split: the side a document lands on depends on its key alone."""

from __future__ import annotations

import random
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.stages.contract import check_contract
from tore_export.documents.schema import REJECT
from tore_export.stages.split import Split

REJECTED = {
    "failed": False,
    "stage": "x",
    "rule": "y",
    "value": None,
    "threshold": None,
    "detail": None,
}


def documents(
    texts: list[str | None],
    sources: list[str] | None = None,
    metas: list[str | None] | None = None,
    rejects: list[object] | None = None,
) -> pa.Table:
    n = len(texts)
    return pa.table(
        {
            "doc_id": [f"d{i}" for i in range(n)],
            "source": pa.array(sources or ["s"] * n, pa.string()),
            "title": pa.nulls(n, pa.string()),
            "language": pa.array(["en"] * n, pa.string()),
            "meta": pa.array(metas or [None] * n, pa.string()),
            "text": pa.array(texts, pa.string()),
            "reject": pa.array(rejects or [None] * n, REJECT),
        }
    )


def splits_of(stage: Split, table: pa.Table) -> list[str | None]:
    return stage(table)["split"].to_pylist()


@pytest.mark.parametrize("stage", [Split(), Split(strategy="group", group_by="folder")])
def test_the_contract_of_stages_is_kept(stage: Split) -> None:
    table = documents(
        ["one", "two", None, "", "ünï", "x"],
        ["a/b", "a/c", "d", "e", "f", "g"],
        rejects=[None, REJECTED, REJECTED, None, None, None],
    )
    columns = {"split": pa.string(), "text_hash": pa.binary(16)}
    if stage.strategy == "group":
        columns["group_of"] = pa.string()
    check_contract(stage, table, columns)


def test_rejected_rows_are_in_no_split() -> None:
    table = Split()(documents(["a", "b"], rejects=[None, REJECTED]))
    assert table["split"].to_pylist() == ["train", None]
    assert table["text_hash"].to_pylist() == [sha256(b"a").digest()[:16], None]


def test_exact_copies_stay_together() -> None:
    texts = [f"text {n}" for n in range(200)]
    assert splits_of(Split(), documents(texts)) == splits_of(Split(), documents(texts))
    both = splits_of(Split(), documents([*texts, *texts]))
    assert both[:200] == both[200:]


def test_shares_hold() -> None:
    found = splits_of(Split(), documents([f"text {n}" for n in range(20_000)]))
    for name, share in (("train", 0.9), ("validation", 0.05), ("test", 0.05)):
        assert found.count(name) / 20_000 == pytest.approx(share, abs=0.005)


def test_another_seed_is_another_assignment_with_the_same_shares() -> None:
    texts = documents([f"text {n}" for n in range(5_000)])
    first, second = splits_of(Split(seed=1), texts), splits_of(Split(seed=2), texts)
    assert first != second
    assert second.count("train") / 5_000 == pytest.approx(0.9, abs=0.02)


@settings(deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=30), st.randoms())
def test_the_assignment_of_a_document_does_not_depend_on_the_others(
    texts: list[str], order: random.Random
) -> None:
    alone = {text: splits_of(Split(), documents([text]))[0] for text in texts}
    shuffled = order.sample(texts, len(texts))
    assert splits_of(Split(), documents(list(shuffled))) == [alone[text] for text in shuffled]


def test_groups_by_folder_and_source_stay_together() -> None:
    sources = [f"{n % 40}/{n}.json" for n in range(400)]
    table = documents([f"t{n}" for n in range(400)], sources)
    found = splits_of(Split(strategy="group", group_by="folder", seed=3), table)
    by_folder: dict[str, set[str | None]] = {}
    for source, split in zip(sources, found, strict=True):
        by_folder.setdefault(source.split("/")[0], set()).add(split)
    assert all(len(splits) == 1 for splits in by_folder.values())
    assert len(set(found)) > 1


def test_groups_may_be_a_field_of_the_document_and_documents_without_it_stand_alone() -> None:
    metas = ['{"site":"a"}', '{"site":"a"}', '{"other":1}', None]
    stage = Split((("one", 0.5), ("two", 0.5)), "group", "site")
    found = splits_of(stage, documents(["p", "q", "r", "s"], metas=metas))
    assert found[0] == found[1]
    alone = Split((("one", 0.5), ("two", 0.5)))
    assert found[2:] == splits_of(alone, documents(["r", "s"]))


def test_a_column_of_the_document_may_be_the_group() -> None:
    found = splits_of(Split(strategy="group", group_by="language"), documents(["a", "b", "c"]))
    assert len(set(found)) == 1


def test_a_split_is_what_its_definition_says() -> None:
    key = sha256(b"a").digest()[:16]
    digest = sha256(b"0\0" + key).digest()
    position = (int.from_bytes(digest[:8], "big") >> 11) / 2**53
    expected = "low" if position < 0.25 else "high"
    assert Split((("low", 0.25), ("high", 0.75))).of(key) == expected


def test_texts_that_are_all_empty_have_the_hash_of_nothing() -> None:
    nothing = sha256(b"").digest()[:16]
    for table in (documents(["", "", None]), documents(["", "", None]).slice(1)):
        hashes = Split()(table)["text_hash"].to_pylist()
        assert hashes == [nothing] * (table.num_rows - 1) + [None]
