"""The application: its commands, and a file name as the first word meaning `export`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tore_export.errors import UsageError, nearest

__all__ = ["COMMANDS", "ExportCLI", "application"]

MAKE, CHECK, KNOW = "Make", "Look into what is there", "What can be said and read"
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "export": MAKE,
        "batch": MAKE,
        "training": MAKE,
        "analyze": CHECK,
        "validate": CHECK,
        "explain": CHECK,
        "report": CHECK,
        "formats": KNOW,
        "models": KNOW,
        "config": KNOW,
    }
)
"""The commands, each in the file of its name, and the group that `--help` shows it in."""

OWN_OPTIONS = {"-h", "--help", "--version", "--install-completion", "--show-completion"}
INTERRUPTED = 130  # what typer makes of a KeyboardInterrupt


class _FilesAreExported(TyperGroup):
    """A group whose first word may be a file: `tore-export a.tore` is `tore-export export a.tore`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in OWN_OPTIONS and args[0] not in COMMANDS:
            _refuse_misspelt(args[0])
            args = ["export", *args]
        return super().parse_args(ctx, args)


def _refuse_misspelt(word: str) -> None:
    """Raise UsageError for a word that is like a command's name, and no file's."""
    if word.isalpha() and not os.path.exists(word):
        close = nearest(word, COMMANDS)
        if close is not None:
            raise UsageError("no such command, and no such file", where=word, hint=close)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tore-export {version('tore-export')}")
        raise typer.Exit


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


def application(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the application with some of its commands: all, where nothing else is said."""
    made = typer.Typer(
        cls=_FilesAreExported,
        no_args_is_help=True,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
    )
    made.callback()(_options)
    for name in commands:
        command = getattr(import_module(f"tore_export.cli.{name}"), name)
        if isinstance(command, typer.Typer):
            made.add_typer(command, name=name, rich_help_panel=COMMANDS[name])
        else:
            made.command(name, rich_help_panel=COMMANDS[name])(command)
    return made


def _commands_meant(arguments: list[str]) -> Iterable[str]:
    """Return the commands that a command line is about; to build all takes a tenth of a document."""
    first = arguments[0] if arguments else "--help"
    if first in OWN_OPTIONS or first == "config":  # which shows what other commands are told
        return COMMANDS
    return [first if first in COMMANDS else "export"]


class ExportCLI:
    """The command line as an object: `run` takes arguments and returns an exit code.

    >>> ExportCLI().run(["--version"])  # doctest: +ELLIPSIS
    tore-export ...
    0
    """

    def run(self, arguments: list[str]) -> int:
        """Run a command line; errors of this package pass, wrong usage is shown and returns 2."""
        code: object = None
        try:
            application(_commands_meant(arguments))(arguments, prog_name="tore-export")
        except SystemExit as done:
            code = done.code
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
