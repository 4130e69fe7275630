"""Against a real S3 endpoint, moto's server on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import msgspec
import pytest

from tests.s3_server import s3_server
from tore_export.errors import LockedError
from tore_export.storage import files, lease
from tore_export.storage.lock import lock


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3_server():
        yield "s3://shop"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "RENEWAL_SECONDS", 0.2)
    monkeypatch.setattr(lease, "EXPIRY_SECONDS", 3.0)
    monkeypatch.setattr(lease, "_LOOK_SECONDS", 0.1)


def elsewhere(renewals: int = 0) -> bytes:
    return msgspec.json.encode(lease.Holder(7, "another-host", "another machine", "1", renewals))


def test_a_second_driver_is_refused_and_the_first_is_named(bucket: str) -> None:
    path = f"{bucket}/a/lock"
    with (
        lock(path),
        pytest.raises(LockedError, match=f"writes here, found process {os.getpid()} on"),
        lock(path),
    ):
        pass
    with lock(path):
        pass
    assert files.list_files(path) == []


def test_a_driver_of_another_machine_is_noticed_when_it_renews_its_lease(bucket: str) -> None:
    path = f"{bucket}/b/lock"
    ended = threading.Event()

    def renew() -> None:
        number = 0
        while not ended.wait(0.05):
            number += 1
            files.write_bytes(f"{path}/other.json", elsewhere(number))

    files.write_bytes(f"{path}/other.json", elsewhere())
    renewing = threading.Thread(target=renew)
    renewing.start()
    try:
        with pytest.raises(LockedError, match="process 7 on another-host"), lock(path):
            pass
    finally:
        ended.set()
        renewing.join()


def test_a_lease_of_another_machine_that_nobody_renews_runs_out(bucket: str) -> None:
    path = f"{bucket}/c/lock"
    files.write_bytes(f"{path}/other.json", elsewhere())
    started = time.monotonic()
    with lock(path) as check:
        assert time.monotonic() - started >= lease.EXPIRY_SECONDS
        assert not files.exists(f"{path}/other.json")
        check()


def test_a_driver_of_this_machine_that_was_killed_is_not_waited_for(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{bucket}/d/lock"
    code = (
        "import sys, time\n"
        "from tore_export.storage.lock import lock\n"
        f"with lock({path!r}):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    monkeypatch.setattr(lease, "EXPIRY_SECONDS", 600)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(LockedError, match=f"process {process.pid}"), lock(path):
            pass
        process.kill()
        process.wait()
        with lock(path):
            pass


def test_a_lease_that_this_process_could_not_give_up_does_not_hold_it_up(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{bucket}/f/lock"
    with lock(path):
        (mine,) = files.list_files(path)
        left = files.read_bytes(mine.path)
    files.write_bytes(mine.path, left)
    monkeypatch.setattr(lease, "EXPIRY_SECONDS", 600)
    with lock(path) as check:
        check()


def test_who_lost_its_lease_is_told_so(bucket: str) -> None:
    path = f"{bucket}/e/lock"
    with lock(path) as check:
        check()
        time.sleep(0.5)  # renewed meanwhile
        (mine,) = files.list_files(path)
        until = time.monotonic() + 20
        with pytest.raises(LockedError, match="taken over"):  # noqa: PT012
            while time.monotonic() < until:
                files.delete(mine.path)  # again where it was just being renewed
                check()
                time.sleep(0.05)
