"""`tore-export analyze`: what documents cost in tokens, and what would save some."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from typing import Annotated

import typer

from tore_export.cli import options as shared
from tore_export.cli.options import OUTPUT, RENDERING
from tore_export.cli.own_process import leave_pandas_out
from tore_export.cli.said import keys_said

__all__ = ["analyze"]

SOME_FAILED = 3
NOTHING_READ = 1
LITTLE_BYTES = 10_000_000  # below any crossover, see engine/choose.py


def analyze(
    context: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...", help="Files, folders, globs, URIs, datasets; -: standard input."
        ),
    ],
    tokenizer: Annotated[
        list[str] | None,
        typer.Option(
            "--tokenizer",
            "--model",
            help="Model or encoding that tokens are counted for; may be repeated.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    report: Annotated[
        str | None,
        typer.Option(
            help="File of the report: .json, .md, .html, or a picture .svg, .png, .pdf.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    prices: Annotated[
        str | None,
        typer.Option(help="Price table to use, a YAML file.", rich_help_panel=OUTPUT),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder to keep the facts of each document in; none: they are not kept.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    facts: Annotated[
        bool,
        typer.Option(
            "--facts/--no-facts",
            help="Of a dataset that was written before: take the counts it keeps, or count anew.",
            rich_help_panel=OUTPUT,
        ),
    ] = True,
    config: shared.Config = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format", help="What is counted: markdown, plaintext …", rich_help_panel=RENDERING
        ),
    ] = None,
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
    include: shared.Include = None,
    exclude: shared.Exclude = None,
    limit: shared.Limit = None,
    engine: shared.Engine = None,
    parallel: shared.Parallel = None,
    address: shared.Address = None,
    workers: shared.Workers = None,
    batch_size: shared.BatchSize = None,
    max_failed_share: shared.MaxFailedShare = None,
    restart: shared.Restart = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the analysis as one JSON object on stdout.")
    ] = False,
    quiet: shared.Quiet = False,
    debug: shared.Debug = False,
) -> None:
    """Count tokens: totals, distribution, kinds of elements, cost, and what would save some.

    Example: [bold]tore-export analyze documents/ --tokenizer gpt-4 --report tokens.html[/]

    Exit codes: 0 all good, 1 not one document could be read, 2 wrong usage, 3 some could not.
    """
    if len(inputs) == 1 and not (parallel or address or engine == "ray"):
        _leave_pandas_out_for_little(inputs[0])
    from tore_export.analysis.prices import load_prices
    from tore_export.analysis.reports import check_report, write_report
    from tore_export.api.analysis import analyze as analyzed
    from tore_export.api.configuration import load_config
    from tore_export.cli.console import interruptible, progress_display, write_data
    from tore_export.config import ExportConfig

    options = keys_said(context, ExportConfig, other={"default_tokenizer"})
    settings = load_config(ExportConfig, file=config, options=options)
    if report is not None:
        check_report(report)
    table = load_prices(prices)
    with (
        interruptible(),
        progress_display(quiet=quiet) as show,
        # Ray prints what it has to say of lost workers; stdout is for data
        redirect_stdout(sys.stderr),
    ):
        found = analyzed(
            inputs,
            tokenizer or (),
            settings,
            prices=table,
            output=output,
            use_facts=facts,
            restart=restart,
            on_progress=show,
        )
    if report is not None:
        write_report(found, report)
    if json:
        import msgspec

        write_data(msgspec.json.encode(found.to_dict()) + b"\n")
    elif not quiet or report is None:  # what was asked for is no progress
        from tore_export.cli.analysis_view import print_analysis

        print_analysis(found)
    if found.documents["failed"]:
        raise typer.Exit(SOME_FAILED if found.documents["counted"] else NOTHING_READ)


def _leave_pandas_out_for_little(path: str) -> None:
    """Start faster where Ray, which needs pandas, is not started in any case."""
    if os.path.isfile(path) and os.path.getsize(path) < LITTLE_BYTES:
        leave_pandas_out()
