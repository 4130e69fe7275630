"""A dataset of ours is what its run wrote, or it is told what is not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import write_jsonl
from tore_export.api.training import dataset_run
from tore_export.api.validate import validate
from tore_export.config import TrainingConfig


def written(folder: Path, output: Path, **options: Any) -> Path:
    config = TrainingConfig.model_validate({"engine": "inline", "check_disk": False} | options)
    dataset_run([str(folder)], str(output), config).execute()
    return output


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("in")
    path = write_jsonl(folder / "a.jsonl", range(60))
    with path.open("a") as stream:
        stream.write('{"doc_id": "cut", "elem\n')
    return folder


@pytest.fixture(scope="module")
def made(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    splits = {"train": 0.6, "test": 0.4}
    return written(source, tmp_path_factory.mktemp("out") / "dataset", splits=splits)


@pytest.fixture
def dataset(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "dataset"))


def found(path: Path, **options: Any) -> list[str]:
    result = validate([str(path)], **options)
    return [finding.rule for finding in result.findings]


def train(dataset: Path) -> Path:
    return next((dataset / "data").glob("train-*"))


def rewrite(dataset: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    """Write the train shard again, and a receipt that agrees with its bytes."""
    from hashlib import sha256

    shard = train(dataset)
    pq.write_table(change(pq.read_table(shard)), shard)
    receipt = next((dataset / ".tore-export" / "receipts").glob("join-train-*"))
    said = json.loads(receipt.read_text())
    said |= {
        "size": shard.stat().st_size,
        "sha256": sha256(shard.read_bytes()).hexdigest(),
    }
    receipt.write_text(json.dumps(said))


@pytest.mark.parametrize("shard_format", ["parquet", "jsonl", "jsonl.zst"])
@pytest.mark.parametrize("include_metadata", [True, False])
def test_what_we_write_is_well(
    source: Path, tmp_path: Path, shard_format: str, include_metadata: bool
) -> None:
    options = {"shard_format": shard_format, "include_metadata": include_metadata}
    result = validate([str(written(source, tmp_path / "out", **options))])
    assert (result.findings, result.shapes) == ((), ("text",))
    assert result.rows == 60


@pytest.mark.parametrize(
    "shape", ["prompt_completion", "conversational", "messages", "chatml", "alpaca", "sharegpt"]
)
def test_what_we_write_is_well_in_every_shape(source: Path, tmp_path: Path, shape: str) -> None:
    said: dict[str, Any] = {"shape": shape, "task": "section"}
    if shape == "conversational":
        said |= {"shape": "prompt_completion", "conversational": True}
    result = validate([str(written(source, tmp_path / "out", **said))])
    assert (result.findings, result.shapes) == ((), (said["shape"],))
    assert result.rows > 50


@pytest.mark.parametrize("name", ["d.jsonl", "d.jsonl.zst", "d.parquet"])
def test_a_file_a_split_is_a_dataset_too(source: Path, tmp_path: Path, name: str) -> None:
    output = written(source, tmp_path / name, splits={"train": 0.6, "test": 0.4})
    result = validate([str(output)])
    assert (result.findings, result.files, result.rows) == ((), 2, 60)
    (tmp_path / name.replace("d.", "d.test.")).unlink()
    assert sorted(found(output)) == ["books", "books", "missing_shard"]


def test_a_dataset_without_its_state_is_checked_by_its_rows(dataset: Path) -> None:
    shutil.rmtree(dataset / ".tore-export")
    assert found(dataset) == []


def test_a_shard_that_is_gone_is_missed_by_receipt_books_and_card(dataset: Path) -> None:
    train(dataset).unlink()
    assert sorted(found(dataset)) == ["books", "books", "card", "missing_shard"]


def test_a_byte_that_changed_is_found(dataset: Path) -> None:
    shard = next((dataset / "rejects").iterdir())
    shard.write_bytes(shard.read_bytes().replace(b"cut", b"cat"))
    assert found(dataset) == ["changed_shard"]


def test_a_shard_that_nobody_wrote_is_found(dataset: Path) -> None:
    shutil.copy(train(dataset), dataset / "data" / "more-00001-of-00002.parquet")
    rules = found(dataset)
    assert sorted(set(rules)) == [
        "books",
        "card",
        "in_two_splits",
        "shard_numbering",
        "unknown_shard",
    ]
    assert rules.count("in_two_splits") == pq.read_metadata(train(dataset)).num_rows


def test_a_document_in_two_splits_is_named(dataset: Path) -> None:
    test_shard = next((dataset / "data").glob("test-*"))
    stray = pq.read_table(test_shard).slice(0, 1)
    rewrite(dataset, lambda table: pa.concat_tables([table.slice(0, table.num_rows - 1), stray]))
    result = validate([str(dataset)])
    (told,) = [finding for finding in result.findings if finding.rule == "in_two_splits"]
    assert told.found == stray["doc_id"][0].as_py()
    assert {finding.rule for finding in result.findings} <= {"in_two_splits", "books"}


def test_rows_that_are_too_few_are_found(dataset: Path) -> None:
    rewrite(dataset, lambda table: table.slice(1))
    assert sorted(found(dataset)) == ["books", "books", "row_count"]


def test_a_row_that_does_not_say_where_it_is_from_is_found(dataset: Path) -> None:
    def nameless(table: pa.Table) -> pa.Table:
        ids = [None, "", *table["doc_id"].to_pylist()[2:]]
        return table.set_column(0, "doc_id", pa.array(ids, pa.string()))

    rewrite(dataset, nameless)
    assert found(dataset) == ["no_doc_id", "no_doc_id"]


def test_a_shard_of_another_shape_is_found(dataset: Path) -> None:
    rewrite(dataset, lambda table: table.rename_columns({"text": "content"}))
    assert "unknown_shape" in found(dataset)


def test_the_books_of_the_account_are_checked(dataset: Path) -> None:
    done = dataset / ".tore-export" / "done.json"
    said = json.loads(done.read_text())
    said["documents"]["dropped"] += 1
    done.write_text(json.dumps(said))
    assert found(dataset) == ["books", "books"]


def test_a_run_that_did_not_end_and_an_account_that_is_damaged_are_told(dataset: Path) -> None:
    done = dataset / ".tore-export" / "done.json"
    done.write_text("{")
    assert found(dataset) == ["damaged_state", "unfinished"]
    done.unlink()
    assert found(dataset) == ["unfinished"]
    next((dataset / ".tore-export" / "receipts").glob("join-*")).write_text("[]")
    assert "unfinished" in found(dataset)


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ("no card", "no YAML as `datasets` reads it"),
        ("---\nconfigs: 7\n---\n", "no YAML as `datasets` reads it"),
        ("---\n{}\n---\n", "other files than there are"),
    ],
)
def test_a_card_that_names_something_else_is_found(dataset: Path, card: str, told: str) -> None:
    (dataset / "README.md").write_text(card)
    result = validate([str(dataset)])
    assert {finding.rule for finding in result.findings} == {"card"}
    assert any(told in str(finding) for finding in result.findings)


def test_a_card_that_is_gone_is_found(dataset: Path) -> None:
    (dataset / "README.md").unlink()
    assert found(dataset) == ["card"]


def test_rows_are_held_to_a_score_only_where_that_is_asked_for(dataset: Path) -> None:
    config = TrainingConfig(min_quality_score=1.0)
    assert found(dataset, config=config) == []
    rules = set(found(dataset, config=config, score_rows=True))
    assert rules == {"min_quality_score"}
