"""The entry point: runs the application and turns errors into one line and an exit code.

0 all good · 1 the run failed or was interrupted · 2 wrong usage · 3 done, but some documents failed
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tore_export.cli.own_process import take_process

__all__ = ["main"]

INTERRUPTED = 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `tore-export` with the given arguments, or those of the process, and exit."""
    take_process()
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code."""
    from tore_export.errors import StorageError, ToreExportError

    try:
        from tore_export.cli.export_cli import ExportCLI

        return ExportCLI().run(arguments)
    except ToreExportError as error:
        if "--debug" in arguments:
            import traceback

            traceback.print_exc()
        from tore_export.cli.console import print_error

        print_error(error)
        return error.exit_code
    except OSError as error:
        if "--debug" in arguments:
            raise
        print(f"error: the system refused: {error} (--debug shows where)", file=sys.stderr)
        return StorageError.exit_code
    except KeyboardInterrupt:
        goes_on = "; the same command goes on where this one stopped"
        print(f"\ninterrupted{goes_on if _keeps_state(arguments) else ''}", file=sys.stderr)
        return INTERRUPTED


def _keeps_state(arguments: list[str]) -> bool:
    """Whether what an interrupted command has done is kept in its output."""
    if arguments[:1] == ["analyze"]:
        return any(word.startswith(("-o", "--output")) for word in arguments)
    return arguments[:1] in (["batch"], ["training"])
