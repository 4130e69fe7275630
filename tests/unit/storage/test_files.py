from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tore_export.errors import StorageError
from tore_export.storage import files


def test_a_written_file_is_there_whole(tmp_path: Path) -> None:
    path = str(tmp_path / "a" / "b.txt")
    files.write_bytes(path, b"hello")
    assert files.read_bytes(path) == b"hello"
    assert files.read_bytes(path, 1, 3) == b"ell"
    assert os.listdir(tmp_path / "a") == ["b.txt"]


def test_a_write_that_fails_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    path = str(tmp_path / "a.txt")
    files.write_bytes(path, b"old")

    def write_half() -> None:
        with files.open_write(path) as stream:
            stream.write(b"ne")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write_half()
    assert files.read_bytes(path) == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_file_uris_are_local_paths(tmp_path: Path) -> None:
    uri = f"file://{tmp_path}/x.txt"
    files.write_bytes(uri, b"x")
    assert files.read_bytes(uri) == b"x"
    assert not files.is_remote(uri)


def test_stat_tells_size_and_a_stamp_that_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12")
    before = files.stat(str(path))
    os.utime(path, ns=(1, 1))
    after = files.stat(str(path))
    assert before is not None
    assert after is not None
    assert (before.size, after.size) == (2, 2)
    assert before.stamp != after.stamp


def test_stat_of_a_folder_and_of_nothing_is_none(tmp_path: Path) -> None:
    assert files.stat(str(tmp_path)) is None
    assert files.stat(str(tmp_path / "no")) is None


def test_files_are_listed_by_name_and_folders_are_not(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).touch()
    (tmp_path / "c").mkdir()
    assert [info.path for info in files.list_files(str(tmp_path))] == [
        f"{tmp_path}/a",
        f"{tmp_path}/b",
    ]
    assert files.list_files(str(tmp_path / "no")) == []


def test_delete_takes_files_and_folders_and_is_fine_with_nothing(tmp_path: Path) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "f").touch()
    for name in ("d", "f", "g"):
        files.delete(str(tmp_path / name))
    assert os.listdir(tmp_path) == []
    files.sync(str(tmp_path))


def test_a_folder_can_be_listed_while_files_in_it_are_written_and_renamed(tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            for number in range(20):
                (tmp_path / f".tmp-{number}").write_bytes(b"1")
                (tmp_path / f".tmp-{number}").rename(tmp_path / f"{number}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = {info.path for _ in range(1_500) for info in files.list_files(str(tmp_path))}
    finally:
        done.set()
        writer.join()
    assert str(tmp_path / "7") in seen


def test_a_full_device_says_so(tmp_path: Path) -> None:
    link = tmp_path / "full"
    link.symlink_to("/dev/full")
    with (
        pytest.raises(StorageError, match="disk is full"),
        files._told(str(link)),
        open(link, "wb", buffering=0) as stream,
    ):
        stream.write(b"x")


def test_other_errors_pass_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.read_bytes(str(tmp_path / "no"))
    with pytest.raises(OSError, match="File name too long"):
        files.write_bytes(str(tmp_path / ("x" * 300)), b"")


def test_a_scheme_without_a_file_system_is_named() -> None:
    with pytest.raises(StorageError, match="nowhere://"):
        files.read_bytes("nowhere://a/b")
