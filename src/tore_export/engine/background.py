"""A call that goes on in a thread while its caller looks at what it has done so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

__all__ = ["Background"]


class Background:
    """Carry out a call in a thread that does not keep the process alive."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self._error: BaseException | None = None
        # a thread whose join Ctrl-C interrupts is held for ended by Python 3.11
        self._has_ended = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._call()
        except BaseException as error:  # it is raised where the end is asked for
            self._error = error
        finally:
            self._has_ended.set()

    def is_running(self) -> bool:
        """Tell whether the call goes on."""
        return not self._has_ended.is_set()

    def wait(self, seconds: float) -> None:
        """Wait for the end of the call, so long at most."""
        self._has_ended.wait(seconds)

    def end(self) -> None:
        """Wait for the end of the call. **Raises** what it raised."""
        self._has_ended.wait()
        if self._error is not None:
            raise self._error
