"""`tore-export formats`: what can be read and written, with every option."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from tore_export.cli import options as shared

__all__ = ["formats"]

NAMES = {"flavor": "--markdown-flavor", "preserve_structure": "--structure"}
"""Options whose name on the command line is not the formatter's."""


def formats(
    json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
    debug: shared.Debug = False,
) -> None:
    """List what is read and written: readers, formats with their options, flavours, templates.

    Example: [bold]tore-export formats --json[/]

    What installed packages bring along is among it.
    """
    from tore_export.api.formats import formats as known
    from tore_export.cli.console import write_data

    found = known()
    if json:
        import msgspec

        write_data(msgspec.json.encode(found) + b"\n")
        return
    write_data("".join(f"{line}\n" for line in _lines(found)).encode())


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield "Read"
    for reader in found["readers"]:
        yield _line(reader["name"], reader["description"], " ".join(reader["suffixes"]))
    yield ""
    yield "Written"
    for one in found["formats"]:
        yield _line(one["name"], one.get("error") or one["description"], one["suffix"])
        for option in one["options"]:
            default = option["default"]
            shown = "" if default is None else f" (default {str(default).lower()})"
            yield f"      {_spelt(option['name']):24} {' | '.join(option['allowed'])}{shown}"
    yield ""
    yield "Markdown flavours"
    for one in found["markdown_flavors"]:
        yield _line(one["name"], one["description"])
    yield ""
    yield "Templates"
    for one in found["templates"]:
        yield _line(one["name"], one["description"])


def _spelt(name: str) -> str:
    """Return how an option is given on the command line."""
    from tore_export.config import ExportOptions

    known = NAMES.get(name)
    if known is None and name not in ExportOptions.model_fields:
        return f"--option {name}="
    return known or f"--{name.replace('_', '-')}"


def _line(name: str, description: str, more: str = "") -> str:
    return f"  {name:18}{description}{f'  [{more}]' if more else ''}"
