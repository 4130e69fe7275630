"""Against a real S3 endpoint, moto's server on loopback, over lines that break."""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.s3_server import Line, s3_environment, s3_server
from tore_export.errors import PreflightError, StorageError
from tore_export.storage import files, stores

DATA = bytes(range(256)) * 40_000  # 10 MB: an upload of more than one piece


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with s3_server() as found:
        yield found


@pytest.fixture
def line(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(stores, "PAUSES", (0.05, 0.1))
    with closing(Line(port)) as found, s3_environment(found.port):
        yield found


def test_what_is_not_complete_is_not_sent(port: int) -> None:
    def write() -> None:
        with files.open_write("s3://shop/half.bin") as stream:
            stream.write(DATA)
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        write()
    assert not files.exists("s3://shop/half.bin")


def test_who_lists_all_the_time_sees_whole_objects_only(port: int) -> None:
    seen: list[int] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            seen.extend(info.size for info in files.list_files("s3://shop/seen"))

    looking = threading.Thread(target=look)
    looking.start()
    for number in range(4):
        files.write_bytes(f"s3://shop/seen/{number}", DATA)
    time.sleep(0.1)
    ended.set()
    looking.join()
    assert set(seen) == {len(DATA)}


@pytest.mark.slow
@pytest.mark.parametrize("after", [100, 3_000_000])
def test_an_upload_that_is_cut_is_made_again(line: Line, after: int) -> None:
    line.after, line.n_cuts = after, 5
    files.write_bytes("s3://shop/cut.bin", DATA)
    assert line.n_cuts < 5
    assert files.read_bytes("s3://shop/cut.bin") == DATA


def test_a_read_that_is_cut_is_made_again_from_where_it_was(line: Line) -> None:
    files.write_bytes("s3://shop/read.bin", DATA)
    line.after, line.n_cuts = 500_000, 5
    with files.open_read("s3://shop/read.bin") as stream:
        found = b"".join(iter(lambda: stream.read(700_000), b""))
        assert found == DATA
        assert stream.seek(-3, 2) == len(DATA) - 3 == stream.tell()
        assert stream.read() == DATA[-3:]
        assert stream.read() == b""
    assert line.n_cuts < 5


@pytest.mark.slow
def test_a_store_that_went_away_ends_a_read_with_its_name(line: Line) -> None:
    files.write_bytes("s3://shop/gone.bin", DATA)
    with files.open_read("s3://shop/gone.bin") as stream:
        line.close()
        with pytest.raises(StorageError, match=r"s3://shop/gone.bin: the store does not answer"):
            stream.read()
    with pytest.raises(StorageError, match=r"does not answer, found .*NETWORK_CONNECTION"):
        files.write_bytes("s3://shop/gone.bin", DATA)


def test_a_store_that_refuses_connections_is_told_of_at_once(line: Line) -> None:
    line.close()
    started = time.monotonic()
    with pytest.raises(PreflightError, match=r"s3://shop/in: the store does not answer") as told:
        stores.reach("s3://shop/in")
    assert "\n" not in str(told.value)
    assert time.monotonic() - started < 10


@pytest.mark.slow
def test_a_store_that_is_silent_is_not_waited_for_long(line: Line) -> None:
    line.is_silent = True
    started = time.monotonic()
    with pytest.raises(PreflightError, match="the store does not answer"):
        stores.reach("s3://shop/in")
    assert time.monotonic() - started < 40


def test_a_bucket_that_is_not_there_is_named_before_anything_starts(port: int) -> None:
    with pytest.raises(PreflightError, match=r"there is no such bucket, found nowhere"):
        stores.reach("s3://nowhere/in/x.json")
    stores.reach("s3://shop/not/there")


def test_credentials_that_are_wrong_are_told_of(port: int) -> None:
    def checks(n_unchecked: str) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/moto-api/reset-auth",
            n_unchecked.encode(),
            {"Content-Type": "text/plain"},
        )
        urllib.request.urlopen(request).close()

    checks("0")
    try:
        with pytest.raises(PreflightError, match=r"refused.*check the credentials") as told:
            stores.reach("s3://shop/in")
        with pytest.raises(StorageError, match=r"refused.*check the credentials"):
            files.write_bytes("s3://shop/a", b"a")
    finally:
        checks("inf")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("scheme", "authority", "found"),
    [("s3", "bad bucket", "Cannot parse URI"), ("s3", "", "Missing bucket name")],
)
def test_what_no_store_is_called_by_is_not_taken_for_a_missing_package(scheme, authority, found):
    with pytest.raises(StorageError, match=f"not an address of a store, found {found}"):
        stores.filesystem(scheme, authority)


def test_a_scheme_that_nobody_knows_is_told() -> None:
    with pytest.raises(StorageError, match="nothing://: no file system for this kind of path"):
        stores.filesystem("nothing", "a")
