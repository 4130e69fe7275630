"""Stores of others: whatever lists, reads and writes files can be worked on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.s3_server import s3_server
from tore_export import ExportConfig, ExportWorkflow, TrainingConfig, WorkflowConfig
from tore_export.errors import PreflightError, StorageError, UsageError
from tore_export.integration.storage_integration import ArrowStorage, execute_on


class Shelf:
    """A store that is neither files nor a URI."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def names(self) -> Iterator[str]:
        yield from self.files

    def read(self, name: str) -> bytes:
        return self.files[name]

    def write(self, name: str, data: bytes) -> None:
        self.files[name] = data


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3_server():
        yield "s3://shop"


@pytest.fixture(params=["", "file://", "s3://"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArrowStorage:
    """A folder by its path and by its URI, and a bucket of a server on loopback."""
    if request.param == "s3://":
        return ArrowStorage(f"{request.getfixturevalue('bucket')}/{tmp_path.name}")
    return ArrowStorage(f"{request.param}{tmp_path / 'store'}/")


def test_what_is_written_is_there_and_listed_in_order(store: ArrowStorage) -> None:
    store.write("b.md", b"# B")
    store.write("a/c.md", b"# C")
    assert list(store.names()) == ["a/c.md", "b.md"]
    assert store.read("a/c.md") == b"# C"
    with pytest.raises(StorageError, match="no such file"):
        store.read("gone.md")


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/../../b"])
def test_a_name_that_leaves_the_store_is_refused(name: str, store: ArrowStorage) -> None:
    with pytest.raises(UsageError, match="not a name within the store"):
        store.write(name, b"")


def test_a_workflow_takes_a_store_by_its_uri(store: ArrowStorage) -> None:
    store.write("in/a.md", b"# Pumps\n\nOpen the valve.\n")
    own = WorkflowConfig(inputs=(store.uri("in"),), output=store.uri("out"))
    result = ExportWorkflow(ExportConfig(workflow=own)).execute()
    assert result.is_finished
    assert store.read("out/markdown/a.md") == b"# Pumps\n\nOpen the valve.\n"


def test_a_workflow_on_anybody_s_store_makes_the_bytes_of_one_on_files(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in" / "a.jsonl", range(30))
    target = Shelf({})
    result = execute_on(Shelf({"a.jsonl": source.read_bytes()}), target, TrainingConfig())
    assert result.dataset is not None
    assert result.dataset.documents["kept"] == 30
    own = WorkflowConfig(output=str(tmp_path / "out"))
    ExportWorkflow(TrainingConfig(workflow=own)).execute(source.parent)
    files = ArrowStorage(str(tmp_path / "out"))
    told = ("README.md", "report.html")
    names = [name for name in files.names() if not name.startswith(".tore-export")]
    assert set(target.files) == set(names)
    for name in set(names) - set(told):
        assert target.files[name] == files.read(name)
    assert list(target.files)[-1] == "README.md"


def test_a_workflow_that_was_stopped_writes_nothing_to_the_store() -> None:
    own = WorkflowConfig(time_limit_seconds=1e-6)
    target = Shelf({})
    result = execute_on(Shelf({"a.md": b"# A"}), target, ExportConfig(workflow=own))
    assert (result.state, target.files) == ("time_limit", {})


def test_an_empty_store_is_nothing_to_read() -> None:
    with pytest.raises(PreflightError):
        execute_on(Shelf({}), Shelf({}), ExportConfig())
