"""Where things lie in an output."""

from __future__ import annotations

import pytest

from tore_export.storage.layout import SUFFIXES, Layout


@pytest.mark.parametrize("output", ["out", "out/", "/a/out", "s3://bucket/out", "out.json"])
def test_a_folder_holds_everything_of_its_dataset(output: str) -> None:
    layout = Layout(output)
    root = output.rstrip("/")
    assert (layout.is_file, layout.suffix) == (False, None)
    assert layout.root.rstrip("/") == root
    assert layout.state == f"{root}/.tore-export"
    assert layout.receipts == f"{root}/.tore-export/receipts"
    assert layout.facts == f"{root}/.tore-export/facts"
    assert layout.parts == f"{root}/.tore-export/parts"
    assert layout.state_file("lock") == f"{root}/.tore-export/lock"
    assert layout.data == f"{root}/data"
    assert layout.rejects == f"{root}/rejects"
    assert layout.shard("train", 3, 12, ".parquet") == f"{root}/data/train-00003-of-00012.parquet"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_is_the_train_split_and_the_rest_lies_beside(suffix: str) -> None:
    layout = Layout(f"/a/set{suffix}")
    assert (layout.is_file, layout.suffix) == (True, suffix)
    assert layout.shard("train", 0, 1, suffix) == f"/a/set{suffix}"
    assert layout.shard("test", 0, 1, suffix) == f"/a/set.test{suffix}"
    assert layout.root == layout.state == "/a/set.tore-export"
    assert layout.receipts == "/a/set.tore-export/receipts"
    assert layout.shard("rejects", 0, 1, ".jsonl") == (
        "/a/set.tore-export/rejects/rejects-00000-of-00001.jsonl"
    )


def test_two_splits_never_share_a_path() -> None:
    for output in ("out", "out.jsonl"):
        layout = Layout(output)
        names = ("train", "test", "validation", "rejects")
        assert len({layout.shard(split, 0, 1, ".jsonl") for split in names}) == len(names)


def test_a_first_pass_has_folders_of_its_own_in_one_folder() -> None:
    for output, state in (("out", "out/.tore-export"), ("set.jsonl", "set.tore-export")):
        first = Layout(output).prepared
        folder = f"{state}/prepared"
        assert first.receipts == f"{folder}/receipts"
        assert first.facts == f"{folder}/facts"
        assert first.parts == f"{folder}/parts"
        assert first.decisions == f"{folder}/decisions"
        assert first.state_file("decided.json") == f"{folder}/decided.json"
        assert first.state == state
