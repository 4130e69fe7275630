"""Leaks: what lies on two sides of a written dataset is found, whoever put it there."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import prose
from tests.unit.dedup.test_minhash import with_changes
from tests.unit.dedup.test_written import FORMATS, write
from tore_export.dedup import contents, leaks, written
from tore_export.dedup.leaks import LeakCheck, check_leaks
from tore_export.dedup.minhash import fingerprints_of
from tore_export.errors import StorageError
from tore_export.results import LeakReport

TEXT = pa.schema([("text", pa.string())])
LONG = [prose(number, 30) for number in range(40)]

Row = dict[str, Any]


def rows_of(texts: Sequence[str], first: int = 0, source: str = "a.jsonl") -> list[Row]:
    """Return a row a text, each of a document of its own."""
    return [
        {"doc_id": f"d{first + n}", "source": source, "text": text} for n, text in enumerate(texts)
    ]


def facts_of(rows: Sequence[Row], groups: Sequence[str | None] | None = None) -> pa.Table:
    """Return facts of documents that have one record each."""
    texts = pa.array([row["text"] for row in rows], pa.string())
    return pa.table(
        {
            "doc_id": pa.array([row["doc_id"] for row in rows], pa.string()),
            "source": pa.array([row["source"] for row in rows], pa.string()),
            "n_records": pa.array([1] * len(rows), pa.int64()),
            "group_of": pa.array(groups or [None] * len(rows), pa.string()),
            "text_hash": pa.array(
                [sha256(row["text"].encode()).digest()[:16] for row in rows], pa.binary(16)
            ),
            "minhash": fingerprints_of(texts),
        }
    )


def check(
    folder: Path,
    splits: dict[str, list[Row]],
    facts: pa.Table | None = None,
    suffix: str = ".parquet",
    map: Any = map,
    **options: Any,
) -> LeakReport:
    """Write the rows of each split in two shards, and look for leaks in them."""
    shards = []
    for split, rows in splits.items():
        for number, part in enumerate((rows[: len(rows) // 2], rows[len(rows) // 2 :])):
            if part:
                path = write(folder / f"{split}-{number}{suffix}", pa.Table.from_pylist(part))
                shards.append((split, path, Path(path).stat().st_size))
    if facts is None:
        facts = facts_of([row for rows in splits.values() for row in rows])
    for number in range(2):
        half = facts.num_rows // 2
        pq.write_table(
            facts.slice(number * half, half if not number else None), folder / f"facts-{number}"
        )
    kept = folder / "kept"
    report = check_leaks(
        shards,
        [str(folder / "facts-0"), str(folder / "facts-1")],
        LeakCheck(TEXT, str(kept), **options),
        sum(len(rows) for rows in splits.values()),
        map,
    )
    assert not list(kept.iterdir())  # nothing stays behind
    return report


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_clean_dataset_is_read_whole_and_nothing_is_found(suffix: str, tmp_path: Path) -> None:
    report = check(
        tmp_path,
        {"train": rows_of(LONG[:30]), "test": rows_of(LONG[30:], 30)},
        suffix=suffix,
        threshold=0.7,
        is_text=True,
        by_group=True,
    )
    assert report == LeakReport(
        records=40,
        documents=40,
        split_documents=0,
        shared_ids=0,
        near_duplicates=0,
        threshold=0.7,
        groups=0,
    )
    assert not report.leaks


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_document_with_records_in_two_splits_is_found(suffix: str, tmp_path: Path) -> None:
    train, test = rows_of(LONG[:30]), rows_of(LONG[30:], 30)
    torn = {**train[7], "text": "another part of it"}
    facts = facts_of([*train, *test])
    report = check(tmp_path, {"train": train, "test": [*test, torn]}, facts, suffix)
    assert report.leaks == {"split_documents": 1}
    assert report.examples == ("a.jsonl: d7",)
    assert report.documents == 40


def test_an_id_that_two_documents_of_a_source_have_is_no_leak_but_told(tmp_path: Path) -> None:
    train = rows_of(LONG[:10])
    test = rows_of(LONG[10:20])  # the same ids
    report = check(tmp_path, {"train": train, "test": test}, threshold=0.7, by_group=True)
    assert (report.split_documents, report.shared_ids) == (0, 10)
    assert not report.leaks
    text = check(tmp_path, {"train": train, "test": test}, threshold=0.7, is_text=True)
    assert not text.leaks


def test_the_same_id_in_two_sources_is_two_documents(tmp_path: Path) -> None:
    train, test = rows_of(LONG[:10]), rows_of(LONG[10:20], source="b.jsonl")
    report = check(tmp_path, {"train": train, "test": test})
    assert (report.documents, report.shared_ids) == (20, 0)


def test_records_that_another_split_has_are_counted_by_split_and_are_no_leak(
    tmp_path: Path,
) -> None:
    train = rows_of(["Yes, it is.", "No.", "yes,  it is.", "Perhaps."])
    test = rows_of(["YES, it is.", "Never."], 10)
    validation = rows_of(["Never.", "Never.", "Always."], 20)
    report = check(tmp_path, {"train": train, "test": test, "validation": validation})
    assert report.equal_records == {"train": 2, "test": 2, "validation": 2}
    assert not report.leaks


def test_equal_records_are_counted_the_same_in_any_number_of_ranges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    splits = {
        "train": rows_of([f"text {n}" for n in range(100)]),
        "test": rows_of([f"text {n}" for n in range(60, 120)], 200),
    }
    whole = check(tmp_path, splits)
    monkeypatch.setattr(leaks, "RANGE_ROWS", 7)
    assert check(tmp_path, splits) == whole
    assert whole.equal_records == {"train": 40, "test": 40}


@pytest.mark.parametrize("is_text", [True, False])
def test_near_copies_on_two_sides_are_found(is_text: bool, tmp_path: Path) -> None:
    near = [with_changes(text, 0.02, n) for n, text in enumerate(LONG[:3])]
    splits = {"train": rows_of(LONG[:30]), "test": rows_of([*LONG[30:], *near], 30)}
    report = check(tmp_path, splits, threshold=0.7, is_text=is_text)
    assert report.leaks == {"near_duplicates": 3}
    assert len(report.examples) == 3
    assert report.examples[0] == "a.jsonl: d0"
    assert not check(tmp_path, splits).leaks  # where they were not asked for


def test_copies_and_near_copies_on_one_side_are_no_leak(tmp_path: Path) -> None:
    near = [with_changes(text, 0.02, n) for n, text in enumerate(LONG[:10])]
    splits = {"train": rows_of([*LONG[:30], *near, *LONG[:5]]), "test": rows_of(LONG[30:], 50)}
    assert not check(tmp_path, splits, threshold=0.7, is_text=True).leaks


def test_fingerprints_are_those_of_what_was_written(tmp_path: Path) -> None:
    train, test = rows_of(LONG[:20]), rows_of(LONG[20:], 20)
    honest = facts_of([*train, *test])
    test[0] = {**test[0], "text": LONG[3]}  # not what was decided on
    report = check(tmp_path, {"train": train, "test": test}, honest, threshold=0.7, is_text=True)
    assert report.leaks == {"near_duplicates": 1}
    assert report.equal_records == {"train": 1, "test": 1}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("block", [300, 8_000_000])
def test_the_rows_of_a_document_are_compared_as_one_text(
    suffix: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written, "BLOCK_BYTES", block)

    def in_pieces(rows: list[Row], size: int) -> list[Row]:
        return [
            {**row, "text": row["text"][at : at + size]}
            for row in rows
            for at in range(0, len(row["text"]), size)
        ]

    near = rows_of([with_changes(LONG[5], 0.02, 1), *LONG[30:]], 30)
    train = rows_of(LONG[:30])
    splits = {"train": in_pieces(train, 900), "test": in_pieces(near, 500)}
    report = check(tmp_path, splits, facts_of([*train, *near]), suffix, threshold=0.7, is_text=True)
    assert report.leaks == {"near_duplicates": 1}
    assert report.documents == 41


def test_a_document_beyond_all_measure_is_compared_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written, "BLOCK_BYTES", 1_000)
    monkeypatch.setattr(contents, "MOST_BYTES_OF_DOCUMENT", 3_000)
    train = [{**row, "doc_id": "one"} for row in rows_of(LONG[:20])]
    report = check(tmp_path, {"train": train}, threshold=0.7, is_text=True)
    assert (report.documents, report.records) == (1, 20)


def test_a_group_in_two_splits_is_found(tmp_path: Path) -> None:
    train, test = rows_of(LONG[:4]), rows_of(LONG[4:7], 4)
    groups = ["a", "a", "b", None, "b", "c", None]
    facts = facts_of([*train, *test], groups)
    report = check(tmp_path, {"train": train, "test": test}, facts, by_group=True)
    assert report.leaks == {"groups": 1}
    assert report.examples == ("a.jsonl: d2", "a.jsonl: d4")


def test_what_an_earlier_dataset_tore_apart_is_told_and_is_no_leak(tmp_path: Path) -> None:
    splits = {"train": rows_of(LONG[:5]), "test": rows_of([*LONG[5:9], LONG[0]], 5)}
    report = check(tmp_path, splits, threshold=0.7, is_text=True, is_inherited=True)
    assert report.near_duplicates == 1
    assert not report.leaks


def test_rows_that_do_not_say_their_document_are_compared_with_each_other_alone(
    tmp_path: Path,
) -> None:
    splits = {"train": [{"text": "one"}, {"text": "two"}], "test": [{"text": "two"}]}
    report = check(tmp_path, splits, facts_of([]), has_ids=False, threshold=0.7, is_text=True)
    assert report == LeakReport(3, threshold=0.7, equal_records={"train": 1, "test": 1})
    assert report.documents is report.split_documents is report.near_duplicates is None


def test_a_dataset_without_rows_leaks_nothing(tmp_path: Path) -> None:
    nothing = check_leaks([], [], LeakCheck(TEXT, str(tmp_path / "kept"), threshold=0.7), 0)
    assert nothing == LeakReport(0, threshold=0.7)


def test_one_split_leaks_nothing(tmp_path: Path) -> None:
    rows = rows_of(["word", "word"])
    report = check(tmp_path, {"train": rows}, threshold=0.7, is_text=True)
    assert (report.documents, report.equal_records) == (2, {})
    assert not report.leaks


def test_a_document_that_the_facts_do_not_know_is_compared_too(tmp_path: Path) -> None:
    train, test = rows_of(LONG[:5]), rows_of([LONG[2]], 5)
    report = check(
        tmp_path, {"train": train, "test": test}, facts_of(train), threshold=0.7, is_text=True
    )
    assert report.leaks == {"near_duplicates": 1}


def test_a_shard_that_cannot_be_read_back_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "train-0.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(StorageError, match=r"train-0\.parquet: a shard cannot be read back"):
        check_leaks([("train", str(path), 16)], [], LeakCheck(TEXT, str(tmp_path / "kept")), 1)


def test_only_shards_with_texts_that_the_facts_do_not_know_are_read_again(tmp_path: Path) -> None:
    read = []

    def counted(function: Any, items: Any) -> Any:
        for item in items:
            if isinstance(item, tuple) and isinstance(item[1], str):
                read.append(Path(item[1]).name)
            yield function(item)

    train, test = rows_of(LONG[:20]), rows_of(LONG[20:], 20)
    facts = facts_of([*train, *test])
    options: dict[str, Any] = {"map": counted, "threshold": 0.7, "is_text": True}
    check(tmp_path, {"train": train, "test": test}, facts, **options)
    shards = [f"{split}-{n}.parquet" for split in ("train", "test") for n in (0, 1)]
    assert read == shards
    test[-1]["text"] += " And more."
    check(tmp_path, {"train": train, "test": test}, facts, **options)
    assert read == [*shards, *shards, "test-1.parquet"]


def test_shards_read_in_pieces_give_the_same_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = [{**row, "text": f"{row['text']} {n}"} for row in rows_of(LONG[:30]) for n in range(9)]
    test = [*rows_of(LONG[30:], 30), *pieces[100:103], {**pieces[9], "text": "another part of it"}]
    options: dict[str, Any] = {"facts": facts_of([*rows_of(LONG)]), "by_group": True}
    whole = check(tmp_path, {"train": pieces, "test": test}, **options)
    assert whole.split_documents == 2
    assert whole.equal_records == {"train": 3, "test": 3}
    monkeypatch.setattr(written, "PIECE_BYTES", 1_000)
    assert check(tmp_path, {"train": pieces, "test": test}, **options) == whole


def test_the_work_is_done_shard_by_shard_and_piece_by_piece(tmp_path: Path) -> None:
    calls = []

    def counted(function: Any, items: Any) -> Any:
        for item in items:
            calls.append(item)
            yield function(item)

    splits = {"train": rows_of(LONG[:30]), "test": rows_of(LONG[30:], 30)}
    check(tmp_path, splits, map=counted, threshold=0.7, is_text=True)
    assert len(calls) >= 4 + 1 + 2  # shards, ranges of rows, files of facts
