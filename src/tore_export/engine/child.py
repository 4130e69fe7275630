"""A call in a process of its own: what ends that process ends nothing else.

    python -m tore_export.engine.child FOLDER

The folder holds the call; the process puts there that it has begun and, at the end, what came out.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tore_export.engine.threads import THREAD_VARIABLES, one_thread_each, reuse_memory
from tore_export.errors import RunError

__all__ = ["Died", "in_child"]


START_SECONDS = 300.0
POLL_SECONDS = 0.1


class Died(NamedTuple):
    """How a process ended that did not come to the end of its call.

    `signal` is None where it ended by itself, `was_slow` where it was ended for being at work too long.
    """

    signal: int | None
    was_slow: bool


def in_child(call: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
    """Return what a call returns in a process of its own, or how that process died.

    The call is a function of a module; it may work for so many seconds.

    **Raises** what the call raises; RunError where the process cannot begin its call.
    """
    with TemporaryDirectory(prefix="tore-export-") as name:
        folder = Path(name)
        (folder / "call").write_bytes(pickle.dumps((call, arguments)))
        with (folder / "errors").open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", __name__, name],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=os.environ | THREAD_VARIABLES | {"PYTHONPATH": os.pathsep.join(sys.path)},
            )
            try:
                was_slow = not _ends(process, folder / "begun", seconds)
            finally:
                process.kill()
                process.wait()
        if (folder / "result").exists():
            has_failed, result = pickle.loads((folder / "result").read_bytes())
            if has_failed:
                raise result
            return result
        if not (folder / "begun").exists():
            said = (folder / "errors").read_text("utf-8", "replace").strip()
            raise RunError(
                "a process for one unit cannot begin",
                found=said.rpartition("\n")[2][:300] or f"exit code {process.returncode}",
            )
        return Died(-process.returncode if process.returncode < 0 else None, was_slow)


def _ends(process: subprocess.Popen[bytes], begun: Path, seconds: float) -> bool:
    """Wait for the end of a process, so long at most from when its call has begun."""
    until = time.monotonic() + START_SECONDS
    has_begun = False
    while time.monotonic() < until:
        if not has_begun and begun.exists():
            has_begun = True
            until = time.monotonic() + seconds
        with suppress(subprocess.TimeoutExpired):
            process.wait(POLL_SECONDS)
            return True
    return False


def main(folder: Path) -> None:
    """Carry out the call that lies in the folder."""
    one_thread_each()
    reuse_memory()
    call, arguments = pickle.loads((folder / "call").read_bytes())
    (folder / "begun").touch()
    has_failed = False
    try:
        result = call(*arguments)
    except Exception as error:
        has_failed, result = True, error
    written = folder / "written"
    # the parent may have been killed meanwhile
    with suppress(FileNotFoundError):
        written.write_bytes(pickle.dumps((has_failed, result)))
        written.rename(folder / "result")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
