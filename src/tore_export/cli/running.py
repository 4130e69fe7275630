"""Carry out a run for a command: progress, summary, exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import typer

from tore_export.errors import ToreExportError
from tore_export.observe.progress import OnProgress

if TYPE_CHECKING:
    from tore_export.engine.run import Run

__all__ = ["carry_out", "print_json"]

SOME_FAILED = 3
NOTHING_READ = 1  # not one document of the input: the run did not do what it was to do


def carry_out(make: Callable[[OnProgress], Run], *, json: bool, quiet: bool) -> None:
    """Make a run, execute it under a progress display, show its account, exit with its code.

    With `json` the account goes to stdout as one object, also where the run fails; an error found
    before the start has no account.
    """
    from tore_export.cli.console import interruptible, print_summary, progress_display

    with interruptible(), progress_display(quiet=quiet) as show:
        run = make(show)
        try:
            # Ray prints what it has to say of lost workers; stdout is for data
            with redirect_stdout(sys.stderr):
                summary = run.execute()
        except ToreExportError as error:
            if json:
                print_json(run.summary(str(error)).to_dict())
            raise
    if json:
        print_json(summary.to_dict())
    if not quiet:
        print_summary(summary)
    failed = summary.documents["failed"]
    if failed and not summary.nothing_to_do:
        raise typer.Exit(NOTHING_READ if failed == summary.documents["in"] else SOME_FAILED)


def print_json(found: dict[str, Any]) -> None:
    """Print plain data as one JSON object on stdout."""
    import msgspec

    from tore_export.cli.console import write_data

    write_data(msgspec.json.encode(found) + b"\n")
