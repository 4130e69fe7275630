"""`tore-export batch`: many documents, each to files of its own, in several formats at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tore_export.cli import options as shared
from tore_export.cli.options import OUTPUT

if TYPE_CHECKING:
    from tore_export.api.preview import DocumentPreview
    from tore_export.engine.run import Run
    from tore_export.observe.progress import OnProgress

__all__ = ["batch"]


def batch(
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

    shared.refuse_unused(template, formats)
    settings = load_config(
        ExportConfig,
        file=config,
        options=shared.chosen(
            default_format="template" if template else None,
            template=template,
            markdown_flavor=markdown_flavor,
            include_furniture=include_furniture,
            images=images,
            tables=tables,
            merged_cells=merged_cells,
            heading_offset=heading_offset,
            page_marks=page_marks,
            line_width=line_width,
            list_indent=list_indent,
            preserve_structure=structure,
            format_options=option,
            min_quality_score=min_score,
            default_tokenizer=tokenizer,
            max_tokens=max_tokens,
            token_optimization=optimize_tokens,
            chunk_overlap=chunk_overlap,
            chunk_headings=chunk_headings,
            chunk_table_header=chunk_table_header,
            chunk_min_fill=chunk_min_fill,
            output_encoding=output_encoding,
            include=include,
            exclude=exclude,
            limit=limit,
            engine=engine,
            parallel=parallel,
            address=address,
            max_workers=workers,
            batch_size=batch_size,
            max_failed_share=max_failed_share,
        ),
    )
    wanted = settings.default_format if formats is None else formats
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    shared.refuse_unused_budget(settings, names)
    folder = shared.required_output(output_dir, no_save=no_save)

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
