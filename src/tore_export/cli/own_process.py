"""What a short command may do to start sooner, where nothing else will run in its process."""

from __future__ import annotations

import gc
import sys

__all__ = ["leave_pandas_out", "take_process"]

_is_ours = False


def take_process() -> None:
    """Say that this process runs one command and ends: the entry point does.

    What is imported stays: looking through it for garbage costs a tenth of a short command.
    """
    global _is_ours  # noqa: PLW0603  # there is one process, and it is said of once
    _is_ours = True
    gc.set_threshold(200_000, 50, 1_000)


def leave_pandas_out() -> None:
    """Let Arrow find no pandas, which its first array imports: a third of a short command, for nothing.

    Arrow asks once and remembers; everybody else finds pandas as before. In a process that others run
    in, too, nothing is done.
    """
    if not _is_ours or "pandas" in sys.modules:
        return

    class NoPandas:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            if name == "pandas":
                raise ImportError(name)

    import pyarrow as pa

    sys.meta_path.insert(0, NoPandas)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(NoPandas)
