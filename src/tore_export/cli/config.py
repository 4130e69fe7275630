"""`tore-export config`: what holds and who said it, a file to begin with, a schema for editors."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tore_export.cli import options as shared
from tore_export.cli.said import keys_said
from tore_export.errors import UsageError

if TYPE_CHECKING:
    from tore_export.config import ExportConfig

__all__ = ["config"]

COMMANDS = ("training", "validate", "batch", "analyze", "export")
DATASETS = ("training", "validate")

config = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Show, begin and check configuration: files, environment, command line.",
)

Output = Annotated[
    str | None, typer.Option("--output", "-o", help="File to write; none, or -: stdout.")
]


@config.command(
    "show", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True}
)
def show(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[COMMAND] [OPTIONS...]",
            help="A command line to explain: training (where none is named), batch, analyze, "
            "export or validate, with its options.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
    debug: shared.Debug = False,
) -> None:
    """Show the configuration that a command line means, and where each value was said.

    Example: [bold]tore-export config show training --config own.yaml --seed 7[/]

    What is printed is a configuration file itself.
    """
    from tore_export.api.configuration import merge_config
    from tore_export.api.configuration_pages import as_data, as_yaml
    from tore_export.cli.console import write_data

    name, *rest = [*(words or ())] or ["training"]
    if name.startswith("-"):
        name, rest = "training", [name, *rest]
    if name not in COMMANDS:
        raise UsageError(
            "not a command with a configuration", found=name, allowed=", ".join(COMMANDS)
        )
    assert ctx.parent is not None
    assert ctx.parent.parent is not None
    group: Any = ctx.parent.parent.command
    file, options = _said(group.commands[name], name, rest)
    merged = merge_config(model_of(name), file=file, options=options)
    if json:
        import msgspec

        found = {"command": name, "values": as_data(merged)}
        write_data(msgspec.json.encode(found) + b"\n")
    else:
        write_data(as_yaml(merged).encode())


@config.command("init")
def init(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="[SCENARIO]",
            help="training, pretraining, chunks, instructions, chat, cluster, batch or document.",
        ),
    ] = "training",
    output: Output = None,
    debug: shared.Debug = False,
) -> None:
    """Write a commented configuration file of all keys, to begin with.

    Example: [bold]tore-export config init instructions --output own.yaml[/]
    """
    from tore_export.api.configuration_pages import first_file

    _write(first_file(scenario).encode(), output)


@config.command("schema")
def schema(
    command: Annotated[
        Literal["training", "batch", "analyze", "export", "validate"],
        typer.Argument(metavar="[COMMAND]", help="Whose files: training, batch, analyze, export."),
    ] = "training",
    output: Output = None,
    debug: shared.Debug = False,
) -> None:
    """Write the JSON Schema of configuration files, by which editors complete and check them.

    Example: [bold]tore-export config schema --output schema.json[/]

    A file names it in its first line: # yaml-language-server: $schema=schema.json
    """
    import msgspec

    from tore_export.api.configuration_pages import json_schema

    found = json_schema(model_of(command), f"Configuration of tore-export {command}")
    _write(msgspec.json.format(msgspec.json.encode(found)) + b"\n", output)


def model_of(command: str) -> type[ExportConfig]:
    """Return the kind of configuration that a command has."""
    from tore_export.config import ExportConfig, TrainingConfig

    return TrainingConfig if command in DATASETS else ExportConfig


def _said(command: Any, name: str, words: list[str]) -> tuple[str | None, dict[str, Any]]:
    """Parse a command line of another command, in which nothing need be named; return file and keys."""
    lenient = copy.copy(command)
    lenient.params = [_not_required(param) for param in command.params]
    with lenient.make_context(f"tore-export {name}", words) as context:
        files = [param.name for param in lenient.params if "--config" in param.opts]
        return context.params[files[0]], keys_said(context, model_of(name))


def _not_required(param: Any) -> Any:
    found = copy.copy(param)
    found.required = False
    return found


def _write(content: bytes, output: str | None) -> None:
    from tore_export.cli.console import write_data
    from tore_export.storage.files import exists, write_bytes

    if output in (None, "-"):
        write_data(content)
        return
    if exists(output):
        raise UsageError("there is a file already", where=output, hint="remove it, or name another")
    write_bytes(output, content)
