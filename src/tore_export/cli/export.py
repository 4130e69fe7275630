"""`tore-export FILE`: one document, rendered to a file or to stdout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tore_export.cli import options as shared
from tore_export.cli.own_process import leave_pandas_out
from tore_export.cli.said import keys_said, refuse_unused, refuse_unused_budget

if TYPE_CHECKING:
    from tore_export.config import ExportConfig

__all__ = ["export"]


def export(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The parsed document; -: standard input.")
    ],
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", help="markdown, plaintext, jsonl …: see `tore-export formats`."
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="File to write; none, or -: stdout.")
    ] = None,
    template: shared.Template = None,
    config: shared.Config = None,
    markdown_flavor: shared.Flavor = None,
    include_furniture: shared.Furniture = None,
    images: shared.Images = None,
    tables: shared.Tables = None,
    merged_cells: shared.MergedCells = None,
    heading_offset: shared.HeadingOffset = None,
    page_marks: shared.PageMarks = None,
    line_width: shared.LineWidth = None,
    list_indent: shared.ListIndent = None,
    structure: shared.Structure = None,
    option: shared.FormatOptions = None,
    output_encoding: shared.Encoding = None,
    tokenizer: shared.Tokenizer = None,
    max_tokens: shared.MaxTokens = None,
    optimize_tokens: shared.OptimizeTokens = None,
    chunk_overlap: shared.ChunkOverlap = None,
    chunk_headings: shared.ChunkHeadings = None,
    chunk_table_header: shared.ChunkTableHeader = None,
    chunk_min_fill: shared.ChunkMinFill = None,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview", help="Show the document beside what comes of it, and its tokens."
        ),
    ] = False,
    no_save: Annotated[
        bool, typer.Option("--no-save", help="With --preview: end there, write nothing.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print content and figures as one JSON object.")
    ] = False,
    quiet: shared.Quiet = False,
    debug: shared.Debug = False,
) -> None:
    """Render one document. `export` may be left out: [bold]tore-export a.tore --format markdown[/].

    Examples: [bold]tore-export a.tore --format plaintext --output a.txt[/]
    [bold]curl https://example.org/ | tore-export - > page.md[/]

    A file that is named like a command is written ./batch.
    """
    leave_pandas_out()
    from tore_export.api.configuration import load_config
    from tore_export.api.single import preview_file
    from tore_export.api.standard_input import with_standard_input
    from tore_export.cli.beforehand import refuse_showing_nothing, show_preview
    from tore_export.config import ExportConfig

    refuse_showing_nothing(preview=preview, no_save=no_save)
    refuse_unused(template, output_format)
    options = keys_said(context, ExportConfig)
    settings = load_config(ExportConfig, file=config, options=options)
    refuse_unused_budget(settings, [settings.default_format])
    with with_standard_input([file]) as (given,):
        if preview:
            shown = [preview_file(given, settings.default_format, settings)]
            show_preview(shown, saves=not no_save, json=json)
        if not no_save:
            _export(given, settings, output, json=json, quiet=quiet)


def _export(
    file: str, settings: ExportConfig, output: str | None, *, json: bool, quiet: bool
) -> None:
    """Render the file, write it or print it, and tell what was done."""
    from tore_export.api.single import encoded, export_file
    from tore_export.cli.console import print_optimization, write_data

    to_stdout = output in (None, "-")
    result = export_file(
        file,
        settings.default_format,
        settings,
        None if to_stdout else output,
        count=json or not (to_stdout or quiet),
        score=json,
    )
    if result.optimization is not None and not quiet:
        print_optimization(result.optimization)
    if json:
        import msgspec

        shown = result.to_dict() if to_stdout else {**result.to_dict(), "content": None}
        write_data(msgspec.json.encode(shown) + b"\n")
    elif to_stdout:
        write_data(encoded(result, settings))
    elif not quiet:
        stands_in = result.tokenizer.stands_in if result.tokenizer is not None else None
        about, why = ("about ", f" ({stands_in})") if stands_in else ("", "")
        print(
            f"{output}: {result.n_elements:,} elements, {about}{result.n_tokens:,} tokens{why}",
            file=sys.stderr,
        )
