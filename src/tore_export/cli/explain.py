"""`tore-export explain`: what became of a document, and where a record came from."""

from __future__ import annotations

from typing import Annotated

import typer

from tore_export.cli import options as shared

__all__ = ["explain"]


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A document's id, DOC_ID#N for its N-th record, a source."
        ),
    ],
    output: Annotated[
        str, typer.Argument(metavar="OUTPUT", help="What --output named: a folder or a file.")
    ],
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            help="What was read: shows the elements a record was made of; may be repeated.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
    debug: shared.Debug = False,
) -> None:
    """Show the way of a document or record: source, scores, why kept or dropped, its split, its records.

    Example: [bold]tore-export explain pump-manual#3 dataset/[/]
    """
    from tore_export.api.explain import explain as explained
    from tore_export.cli.console import write_data

    found = explained(name, output, inputs=source or ())
    if json:
        import msgspec

        write_data(msgspec.json.encode(found.to_dict()) + b"\n")
        return
    from tore_export.cli.way_view import print_explanation

    print_explanation(found)
