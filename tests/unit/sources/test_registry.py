from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.sources.reading import input_file, read, rules, texts
from tore_export.errors import UsageError
from tore_export.sources import registry
from tore_export.sources.detect import READERS, how_to_split, reader_named, reader_names
from tore_export.sources.registry import ENTRY_POINTS, installed_readers

READER = """
from tore_export.sources.document import add_values
from tore_export.sources.reader import Reader

def recognises(head):
    if head.data.startswith(b"%recognise"):
        raise KeyError("recognise")
    return head.data.startswith(b"%notes")

def read(task):
    task.opened.read_all(task.limits)
    data = task.opened.head.data
    if b"boom" in data:
        raise ZeroDivisionError("boom")
    add_values({"text": data.decode()}, task, None)
    task.out.closed(len(data))
    yield from ()

READER = Reader("notes", recognises, read, description="notes")
TAKEN = Reader("jsonl", lambda head: True, read)
NONE = "notes"
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a package that brings readers: entry point to value."""
    registry._loaded.cache_clear()

    def do(**points: str) -> None:
        folder = tmp_path / "site"
        info = folder / "notes-1.0.dist-info"
        info.mkdir(parents=True)
        (folder / "notes_reader.py").write_text(READER)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: notes\nVersion: 1.0\n")
        lines = [f"{name} = {value}" for name, value in points.items()]
        (info / "entry_points.txt").write_text("\n".join([f"[{ENTRY_POINTS}]", *lines]))
        monkeypatch.syspath_prepend(folder)

    yield do
    registry._loaded.cache_clear()
    sys.modules.pop("notes_reader", None)


def test_without_such_packages_there_are_none(install: Install) -> None:
    assert installed_readers() == ()


def test_a_reader_of_another_package_is_asked_before_plain_text(
    tmp_path: Path, install: Install
) -> None:
    install(notes="notes_reader:READER")
    assert reader_names()[-2:] == ["notes", "text"]
    for name in ("a.notes", "a.txt", "a"):
        (row,) = read(tmp_path, name, b"%notes\nx")
        assert texts(row) == ["%notes\nx"]
    assert rules(read(tmp_path, "b.txt", b"words")) == [None]
    assert reader_named("notes").description == "notes"


def test_it_is_loaded_only_when_a_file_needs_it(tmp_path: Path, install: Install) -> None:
    install(notes="notes_reader:READER")
    read(tmp_path, "a.jsonl", b'{"text": "a"}\n{"text": "b"}')
    assert "notes_reader" not in sys.modules
    read(tmp_path, "a.txt", b"words")
    assert "notes_reader" in sys.modules
    assert installed_readers() == installed_readers()


def test_a_name_that_is_taken_stays_with_the_reader_that_has_it(install: Install) -> None:
    install(taken="notes_reader:TAKEN")
    assert reader_named("jsonl") in READERS
    assert reader_names().count("jsonl") == 1


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("notes_reader:MISSING", "AttributeError"),
        ("no_such_module:READER", "ModuleNotFoundError"),
        ("notes_reader:NONE", "something else in its place, found notes_reader:NONE: str"),
    ],
)
def test_a_reader_that_cannot_be_loaded_is_an_error_that_names_it(
    tmp_path: Path, install: Install, value: str, told: str
) -> None:
    install(notes=value)
    read(tmp_path, "a.jsonl", b'{"text": "a"}\n{"text": "b"}')
    with pytest.raises(UsageError, match="notes: the package that brings this reader") as error:
        read(tmp_path, "a.txt", b"words")
    assert told in str(error.value)
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


@pytest.mark.parametrize("data", [b"%notes boom", b"%recognise"])
def test_whatever_it_raises_costs_the_document_and_not_the_run(
    tmp_path: Path, install: Install, data: bytes
) -> None:
    install(notes="notes_reader:READER")
    (row,) = read(tmp_path, "a.txt", data)
    assert rules([row]) == ["error"]
    assert "the reader notes raised on this document, found " in row["reject"]["detail"]
    assert how_to_split(input_file(tmp_path / "a.txt")) is None
