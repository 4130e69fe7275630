"""A call in a thread: its caller can look, wait for a while, and is told its error at the end."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from tore_export.engine.background import Background


def test_it_runs_until_the_call_ends() -> None:
    gate = threading.Event()
    work = Background(gate.wait)
    work.wait(0.01)
    assert work.is_running()
    gate.set()
    work.end()
    assert not work.is_running()


def test_waiting_ends_with_the_call() -> None:
    begun = time.perf_counter()
    Background(lambda: time.sleep(0.05)).wait(30)
    assert time.perf_counter() - begun < 10


def test_an_error_comes_at_the_end_as_it_was_raised() -> None:
    def fail() -> None:
        raise ZeroDivisionError("out of the blue")

    work = Background(fail)
    work.wait(10)
    assert not work.is_running()
    with pytest.raises(ZeroDivisionError, match="out of the blue"):
        work.end()


def test_a_call_goes_on_although_ctrl_c_ends_waiting_for_it() -> None:
    may_end = threading.Event()
    work = Background(may_end.wait)
    main = threading.main_thread().ident
    assert main is not None
    threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        work.wait(60)
    assert work.is_running()
    may_end.set()
    work.end()
    assert not work.is_running()
