"""`tore-export batch`: many documents, each to files of its own, in several formats at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tore_export.cli import options as shared
from tore_export.cli.options import OUTPUT
from tore_export.cli.said import keys_said, refuse_unused, refuse_unused_budget, required_output

if TYPE_CHECKING:
    from tore_export.api.preview import DocumentPreview
    from tore_export.engine.run import Run
    from tore_export.observe.progress import OnProgress

__all__ = ["batch"]


def batch(
    context: typer.Context,
    inputs: shared.Inputs,
    output_dir: Annotated[
        str | None, typer.Option("--output-dir", "--output", "-o", help="Folder to write to.")
    ] = None,
    formats: Annotated[
        str | None, typer.Option(help="Formats, with commas: markdown,plaintext,jsonl.")
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
    filter_quality: Annotated[
        bool,
        typer.Option(
            "--filter-quality", help="Leave out documents of low quality.", rich_help_panel=OUTPUT
        ),
    ] = False,
    min_score: shared.MinScore = None,
    tokenizer: shared.Tokenizer = None,
    max_tokens: shared.MaxTokens = None,
    optimize_tokens: shared.OptimizeTokens = None,
    chunk_overlap: shared.ChunkOverlap = None,
    chunk_headings: shared.ChunkHeadings = None,
    chunk_table_header: shared.ChunkTableHeader = None,
    chunk_min_fill: shared.ChunkMinFill = None,
    output_encoding: shared.Encoding = None,
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
    preview: shared.Preview = False,
    no_save: shared.NoSave = False,
    dry_run: shared.DryRun = False,
    json: shared.Json = False,
    quiet: shared.Quiet = False,
    debug: shared.Debug = False,
) -> None:
    """Render documents to files: OUTPUT/FORMAT/same/tree/as/input, and a manifest.

    Example: [bold]tore-export batch documents/ --formats markdown,jsonl --output-dir exports/[/]

    Each document is read once for all formats. The same command goes on where an earlier one stopped.
    """
    from tore_export.api.batch import batch_run
    from tore_export.api.configuration import load_config
    from tore_export.api.standard_input import with_standard_input
    from tore_export.cli.beforehand import Beforehand
    from tore_export.cli.running import carry_out
    from tore_export.config import ExportConfig

    refuse_unused(template, formats)
    options = keys_said(context, ExportConfig)
    settings = load_config(ExportConfig, file=config, options=options)
    wanted = settings.default_format if formats is None else formats
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    refuse_unused_budget(settings, names)
    folder = required_output(output_dir, no_save=no_save)

    with with_standard_input(inputs) as given:

        def previewed(n_documents: int) -> list[DocumentPreview]:
            from tore_export.api.preview import preview_files

            return preview_files(given, names, settings, n_documents, filter_quality=filter_quality)

        def make(show: OnProgress) -> Run:
            return batch_run(
                given,
                folder,
                names,
                settings,
                filter_quality=filter_quality,
                on_progress=show,
                restart=restart,
            )

        before = Beforehand(
            previewed if preview else None, no_save=no_save, dry_run=dry_run, restart=restart
        )
        if not before.is_all(make, settings, json=json):
            carry_out(make, json=json, quiet=quiet)
