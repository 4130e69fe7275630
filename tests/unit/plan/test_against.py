"""Earlier datasets: their documents keep their side, and what tells nothing is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.conftest import write_jsonl
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.errors import PreflightError, StorageError
from tore_export.results import RunSummary


def make(source: Path, output: Path, **options: Any) -> RunSummary:
    config = TrainingConfig.model_validate(
        {"engine": "inline", "splits": "train=0.5,test=0.5", "enable_filtering": False, **options}
    )
    return dataset_run([str(source)], str(output), config).execute()


def sides(output: Path) -> dict[str, str]:
    found = {}
    for path in sorted((output / "data").glob("*.parquet")):
        for doc_id in pq.read_table(path, columns=["doc_id"])["doc_id"].to_pylist():
            found[doc_id] = path.name.partition("-")[0]
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "in" / "a.jsonl", range(40))


@pytest.fixture
def larger(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "more" / "a.jsonl", range(120))


@pytest.mark.parametrize(
    "options",
    [
        {"seed": 9},
        {"split_strategy": "balanced"},
        {"exact_ratios": True, "seed": 9},
        {"split_strategy": "group", "group_by": "doc_id", "seed": 9},
    ],
)
def test_documents_of_an_earlier_dataset_keep_their_side(
    source: Path, larger: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    grouped = {"split_strategy": "group", "group_by": "doc_id"} if "group_by" in options else {}
    make(source, tmp_path / "old", **grouped)
    old = sides(tmp_path / "old")
    make(larger, tmp_path / "new", against=str(tmp_path / "old"), **options)
    new = sides(tmp_path / "new")
    assert {doc_id: new[doc_id] for doc_id in old} == old
    assert len(new) == 120
    alone = tmp_path / "alone"
    make(larger, alone, **options)
    assert sides(alone) != new


def test_the_output_may_be_a_file_and_there_may_be_several(
    source: Path, larger: Path, tmp_path: Path
) -> None:
    make(source, tmp_path / "old.jsonl")
    later = write_jsonl(tmp_path / "later" / "b.jsonl", range(40, 80))
    make(later, tmp_path / "old2", seed=5)
    before = [str(tmp_path / "old.jsonl"), str(tmp_path / "old2")]
    make(larger, tmp_path / "new", against=before, seed=9)
    new = sides(tmp_path / "new")
    lines = (tmp_path / "old.jsonl").read_text().splitlines()
    assert {new[json.loads(line)["doc_id"]] for line in lines} == {"train"}
    assert {doc_id: new[doc_id] for doc_id in sides(tmp_path / "old2")} == sides(tmp_path / "old2")


def test_a_newcomer_like_documents_of_two_sides_is_dropped(source: Path, tmp_path: Path) -> None:
    near = {"near_duplicates": 0.5}
    make(source, tmp_path / "old", **near)
    old = sides(tmp_path / "old")
    rows = {
        json.loads(line)["doc_id"]: json.loads(line) for line in source.read_text().splitlines()
    }
    one = next(doc_id for doc_id, side in old.items() if side == "train")
    other = next(doc_id for doc_id, side in old.items() if side == "test")
    like_one = {**rows[one], "doc_id": "like one"}
    like_one["elements"] = [*rows[one]["elements"], {"type": "Text", "text": "and some more words"}]
    between = {"doc_id": "between", "elements": rows[one]["elements"] + rows[other]["elements"]}
    new = tmp_path / "new.jsonl"
    new.write_text("\n".join(json.dumps(row) for row in (like_one, between)))
    summary = make(new, tmp_path / "new", against=str(tmp_path / "old"), near_duplicates=0.3)
    assert summary.documents == {"in": 2, "kept": 0, "dropped": 2, "failed": 0}
    # joined by the one between, both are; without it, one follows what it is like
    assert summary.reasons == {"split.between_splits": 2}
    new.write_text(json.dumps(like_one))
    make(new, tmp_path / "new2", against=str(tmp_path / "old"), **near)
    assert sides(tmp_path / "new2") == {"like one": "train"}


def test_what_is_in_a_split_that_this_run_has_not_is_dropped(source: Path, tmp_path: Path) -> None:
    make(source, tmp_path / "old")
    n_test = list(sides(tmp_path / "old").values()).count("test")
    summary = make(source, tmp_path / "new", against=str(tmp_path / "old"), splits="train=1")
    assert summary.reasons == {"split.no_such_split": n_test}
    assert summary.documents["kept"] == 40 - n_test


def refused(source: Path, tmp_path: Path, **options: Any) -> str:
    with pytest.raises(PreflightError) as found:
        make(source, tmp_path / "new", against=str(tmp_path / "old"), **options)
    assert not (tmp_path / "new").exists()
    return str(found.value)


def test_what_is_no_dataset_is_refused(source: Path, tmp_path: Path) -> None:
    assert "old: no finished dataset of this command" in refused(source, tmp_path)
    make(source, tmp_path / "old")
    (tmp_path / "old" / ".tore-export" / "done.json").write_text("[]")
    assert "no finished dataset of this command" in refused(source, tmp_path)


def test_a_dataset_without_facts_is_refused(source: Path, tmp_path: Path) -> None:
    make(source, tmp_path / "old")
    shutil.rmtree(tmp_path / "old" / ".tore-export" / "facts")
    assert "the facts of this dataset are gone" in refused(source, tmp_path)


def test_a_dataset_whose_texts_were_made_otherwise_is_refused(source: Path, tmp_path: Path) -> None:
    make(source, tmp_path / "old", default_format="plaintext")
    told = refused(source, tmp_path)
    assert "the texts of this dataset were made otherwise, so they tell nothing: Format" in told


def test_a_dataset_without_fingerprints_is_refused_where_they_are_asked_for(
    source: Path, tmp_path: Path
) -> None:
    make(source, tmp_path / "old")
    told = refused(source, tmp_path, near_duplicates=0.7)
    assert "made otherwise, so they tell nothing: Fingerprint, found none, allowed: {" in told
    assert "(make it again with near_duplicates)" in told


def test_a_dataset_with_other_groups_is_refused(source: Path, tmp_path: Path) -> None:
    make(source, tmp_path / "old")
    told = refused(source, tmp_path, split_strategy="group", group_by="title")
    assert "was grouped otherwise, found no groups, allowed: group_by title" in told
    shutil.rmtree(tmp_path / "old")
    make(source, tmp_path / "old", split_strategy="group", group_by="folder", exact_ratios=True)
    told = refused(source, tmp_path, split_strategy="group", group_by="title")
    assert "found folder, allowed: group_by title" in told


def test_a_dataset_is_not_held_against_itself(source: Path, tmp_path: Path) -> None:
    make(source, tmp_path / "old")
    with pytest.raises(PreflightError, match="this is what the run is to write"):
        make(source, tmp_path / "old", against=f"{tmp_path}/old/")


def test_a_dataset_that_changes_while_the_run_is_prepared_is_noticed(
    source: Path, tmp_path: Path
) -> None:
    make(source, tmp_path / "old")
    config = TrainingConfig(engine="inline", against=(str(tmp_path / "old"),))
    run = dataset_run([str(source)], str(tmp_path / "new"), config)
    shutil.rmtree(tmp_path / "old")
    with pytest.raises(StorageError, match="old: this dataset changed since the run began"):
        run.execute()
