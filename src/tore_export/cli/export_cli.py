"""The application: its commands, and a file name as the first word meaning `export`."""

from __future__ import annotations

import os
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tore_export.cli.analyze import analyze
from tore_export.cli.batch import batch
from tore_export.cli.config import config
from tore_export.cli.explain import explain
from tore_export.cli.export import export
from tore_export.cli.formats import formats
from tore_export.cli.models import models
from tore_export.cli.report import report
from tore_export.cli.training import training
from tore_export.cli.validate import validate
from tore_export.errors import UsageError, nearest

__all__ = ["ExportCLI", "app"]

MAKE, CHECK, KNOW = "Make", "Look into what is there", "What can be said and read"
INTERRUPTED = 130  # what typer makes of a KeyboardInterrupt


class _FilesAreExported(TyperGroup):
    """A group whose first word may be a file: `tore-export a.tore` is `tore-export export a.tore`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {"-h", "--help", "--version", "--install-completion", "--show-completion"}
        if args and args[0] not in own and args[0] not in self.commands:
            self._refuse_misspelt(args[0])
            args = ["export", *args]
        return super().parse_args(ctx, args)

    def _refuse_misspelt(self, word: str) -> None:
        """Raise UsageError for a word that is like a command's name, and no file's."""
        if word.isalpha() and not os.path.exists(word):
            close = nearest(word, self.commands)
            if close is not None:
                raise UsageError("no such command, and no such file", where=word, hint=close)


app = typer.Typer(
    cls=_FilesAreExported,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tore-export {version('tore-export')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Turn parsed documents into Markdown, plain text and fine-tuning datasets.

    [bold]tore-export FILE[/] renders one document; the commands below do many.

    Reads TORE, unstructured, docling, HTML, Markdown, plain text, CSV, JSON lines and Parquet.
    Writes Markdown (github, commonmark, academic, unstructured), plain text, JSON lines and what
    templates say. [bold]tore-export formats[/] lists them with every option.
    """


app.command("export", rich_help_panel=MAKE)(export)
app.command("batch", rich_help_panel=MAKE)(batch)
app.command("training", rich_help_panel=MAKE)(training)
app.command("analyze", rich_help_panel=CHECK)(analyze)
app.command("validate", rich_help_panel=CHECK)(validate)
app.command("explain", rich_help_panel=CHECK)(explain)
app.command("report", rich_help_panel=CHECK)(report)
app.command("formats", rich_help_panel=KNOW)(formats)
app.command("models", rich_help_panel=KNOW)(models)
app.add_typer(config, name="config", rich_help_panel=KNOW)


class ExportCLI:
    """The command line as an object: `run` takes arguments and returns an exit code.

    >>> ExportCLI().run(["--version"])  # doctest: +ELLIPSIS
    tore-export ...
    0
    """

    def __init__(self) -> None:
        self.app = app

    def run(self, arguments: list[str]) -> int:
        """Run a command line; errors of this package pass, wrong usage is shown and returns 2."""
        code: object = None
        try:
            self.app(arguments, prog_name="tore-export")
        except SystemExit as done:
            code = done.code
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
