"""A call in a process of its own."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tore_export.engine.child import Died, in_child, main
from tore_export.errors import RunError, StorageError


def kill_itself(number: int) -> None:
    os.kill(os.getpid(), number)


def find_no_room() -> None:
    raise StorageError("No space left on device", where="part", hint="free some space")


def test_what_the_call_returns_comes_back() -> None:
    assert in_child(divmod, 7, 2, seconds=60) == (3, 1)
    assert in_child(os.getpid, seconds=60) != os.getpid()


def test_what_the_call_raises_is_raised_as_it_was() -> None:
    with pytest.raises(StorageError) as raised:
        in_child(find_no_room, seconds=60)
    assert str(raised.value) == "part: No space left on device (free some space)"


def test_how_the_process_died_is_told() -> None:
    assert in_child(kill_itself, signal.SIGSEGV, seconds=60) == Died(signal.SIGSEGV, False)
    assert in_child(os._exit, 3, seconds=60) == Died(None, False)


def test_a_call_that_takes_too_long_is_ended() -> None:
    begin = time.monotonic()
    assert in_child(time.sleep, 600, seconds=2) == Died(signal.SIGKILL, was_slow=True)
    assert time.monotonic() - begin < 60


def test_a_process_that_cannot_begin_is_no_document_s_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(RunError) as raised:
        in_child(divmod, 7, 2, seconds=60)
    assert str(raised.value) == "a process for one unit cannot begin, found exit code 1"


def test_a_result_nobody_waits_for_is_let_go(tmp_path: Path) -> None:
    import pickle

    (tmp_path / "call").write_bytes(pickle.dumps((os.rmdir, (str(tmp_path / "gone"),))))
    main(tmp_path)
    has_failed, error = pickle.loads((tmp_path / "result").read_bytes())
    assert has_failed
    assert isinstance(error, FileNotFoundError)
