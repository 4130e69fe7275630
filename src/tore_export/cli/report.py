"""`tore-export report`: the report of a finished run, made again from what the run left."""

from __future__ import annotations

from typing import Annotated

import typer

from tore_export.cli import options as shared
from tore_export.cli.own_process import leave_pandas_out

__all__ = ["report"]


def report(
    output: Annotated[
        str, typer.Argument(metavar="OUTPUT", help="What --output named: a folder or a file.")
    ],
    file: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to write it; else OUTPUT/report.html."
        ),
    ] = None,
    debug: shared.Debug = False,
) -> None:
    """Write report.html of a finished run: pictures, samples, plan, in one file without a network.

    Example: [bold]tore-export report dataset/[/]

    The path of the report is printed. Runs of batch have one, too, where this command is asked for it.
    """
    leave_pandas_out()
    from tore_export.cli.console import write_data
    from tore_export.report.write import make_report_again

    write_data(f"{make_report_again(output, file)}\n".encode())
