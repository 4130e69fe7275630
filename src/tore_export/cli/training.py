"""`tore-export training`: parsed documents in, a dataset out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tore_export.cli import options as shared
from tore_export.cli.options import INPUT, OUTPUT, RECORDS, RENDERING, SPLITS
from tore_export.cli.said import keys_said, required_output

if TYPE_CHECKING:
    from tore_export.api.preview import DocumentPreview
    from tore_export.engine.run import Run
    from tore_export.observe.progress import OnProgress

__all__ = ["training"]


def training(
    context: typer.Context,
    inputs: shared.Inputs,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder of the dataset; or NAME.jsonl, NAME.jsonl.zst, NAME.parquet: one file a split.",
        ),
    ] = None,
    config: shared.Config = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format", help="markdown, plaintext or another text.", rich_help_panel=RENDERING
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
    task: Annotated[
        str | None,
        typer.Option(
            help="What records ask for: text, continue, section, question, table, dialogue, "
            "template; several with commas.",
            rich_help_panel=RECORDS,
        ),
    ] = None,
    shape: Annotated[
        Literal["text", "prompt_completion", "messages", "chatml", "alpaca", "sharegpt"] | None,
        typer.Option(help="How a record is written.", rich_help_panel=RECORDS),
    ] = None,
    conversational: Annotated[
        bool | None,
        typer.Option(
            "--conversational/--strings",
            help="prompt_completion as lists of messages.",
            rich_help_panel=RECORDS,
        ),
    ] = None,
    system_prompt: Annotated[
        str | None,
        typer.Option(help="System message of each record.", rich_help_panel=RECORDS),
    ] = None,
    phrases: Annotated[
        str | None,
        typer.Option(help="YAML file of the words of prompts.", rich_help_panel=RECORDS),
    ] = None,
    prompt_template: Annotated[
        str | None,
        typer.Option(help="Jinja file of task template's prompt.", rich_help_panel=RECORDS),
    ] = None,
    answer_template: Annotated[
        str | None,
        typer.Option(help="Jinja file of task template's answer.", rich_help_panel=RECORDS),
    ] = None,
    min_prompt_tokens: Annotated[
        int | None, typer.Option(help="Leave out shorter prompts.", rich_help_panel=RECORDS)
    ] = None,
    max_prompt_tokens: Annotated[
        int | None, typer.Option(help="Leave out longer prompts.", rich_help_panel=RECORDS)
    ] = None,
    min_answer_tokens: Annotated[
        int | None, typer.Option(help="Leave out shorter answers.", rich_help_panel=RECORDS)
    ] = None,
    max_answer_tokens: Annotated[
        int | None, typer.Option(help="Leave out longer answers.", rich_help_panel=RECORDS)
    ] = None,
    shard_format: Annotated[
        Literal["parquet", "jsonl", "jsonl.zst"] | None,
        typer.Option(help="Format of the shards.", rich_help_panel=OUTPUT),
    ] = None,
    shard_size: Annotated[
        str | None, typer.Option(help="Size shards come near to, as 256MB.", rich_help_panel=OUTPUT)
    ] = None,
    splits: Annotated[
        str | None,
        typer.Option(help="As train=0.9,validation=0.05,test=0.05.", rich_help_panel=SPLITS),
    ] = None,
    split_strategy: Annotated[
        Literal["random", "group", "stratified", "balanced", "temporal", "content_based"] | None,
        typer.Option(help="What decides where a document lands.", rich_help_panel=SPLITS),
    ] = None,
    group_by: Annotated[
        str | None,
        typer.Option(
            help="source, folder, doc_id, title, language or a field.", rich_help_panel=SPLITS
        ),
    ] = None,
    stratify_by: Annotated[
        str | None,
        typer.Option(help="As --group-by; each value is split alike.", rich_help_panel=SPLITS),
    ] = None,
    exact_ratios: Annotated[
        bool | None,
        typer.Option(
            "--exact-ratios/--hashed-ratios",
            help="Shares hold exactly, by a second pass.",
            rich_help_panel=SPLITS,
        ),
    ] = None,
    near_duplicates: Annotated[
        float | None,
        typer.Option(
            help="Similarity from which on documents stay together, as 0.7.",
            rich_help_panel=SPLITS,
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            help="Datasets made before, whose documents keep their side.", rich_help_panel=SPLITS
        ),
    ] = None,
    check_leaks: Annotated[
        bool | None,
        typer.Option(
            "--check-leaks/--no-check-leaks",
            help="Read the dataset back and look for leaks.",
            rich_help_panel=SPLITS,
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of the splits' hash.", rich_help_panel=SPLITS)
    ] = None,
    dataset_name: Annotated[
        str | None, typer.Option(help="Title of the card.", rich_help_panel=OUTPUT)
    ] = None,
    dataset_license: Annotated[
        str | None,
        typer.Option(
            "--license", help="Licence the card states, as cc-by-4.0.", rich_help_panel=OUTPUT
        ),
    ] = None,
    dedup: Annotated[
        Literal["none"] | None,
        typer.Option(help="Which duplicates are dropped.", rich_help_panel=OUTPUT),
    ] = None,
    tokenizer: shared.Tokenizer = None,
    max_tokens: shared.MaxTokens = None,
    optimize_tokens: shared.OptimizeTokens = None,
    chunk_overlap: shared.ChunkOverlap = None,
    chunk_headings: shared.ChunkHeadings = None,
    chunk_table_header: shared.ChunkTableHeader = None,
    chunk_min_fill: shared.ChunkMinFill = None,
    min_score: shared.MinScore = None,
    no_filter: Annotated[
        bool,
        typer.Option("--no-filter", help="Drop no document by quality.", rich_help_panel=OUTPUT),
    ] = False,
    report: Annotated[
        bool | None,
        typer.Option("--report/--no-report", help="Write report.html.", rich_help_panel=OUTPUT),
    ] = None,
    metadata: Annotated[
        bool | None,
        typer.Option(
            "--metadata/--no-metadata",
            help="Rows say where they come from.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    include: shared.Include = None,
    exclude: shared.Exclude = None,
    limit: shared.Limit = None,
    max_document_size: Annotated[
        str | None,
        typer.Option(help="Reject larger documents, as 100MB.", rich_help_panel=INPUT),
    ] = None,
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
    """Make a fine-tuning dataset: counted, scored, filtered, split and sharded.

    Examples: [bold]tore-export training documents/ --output dataset/[/]
    [bold]tore-export training documents/ --task section --shape messages --preview --no-save[/]

    The same command goes on where an earlier one stopped. Exit codes: 0 all good, 1 the run failed,
    2 wrong usage, 3 done, but some documents failed.
    """
    from tore_export.api.configuration import load_config
    from tore_export.api.standard_input import with_standard_input
    from tore_export.api.training import dataset_run
    from tore_export.cli.beforehand import Beforehand
    from tore_export.cli.running import carry_out
    from tore_export.config import TrainingConfig

    options = keys_said(context, TrainingConfig)
    settings = load_config(TrainingConfig, file=config, options=options)
    folder = required_output(output, no_save=no_save)

    with with_standard_input(inputs) as given:

        def previewed(n_documents: int) -> list[DocumentPreview]:
            from tore_export.api.preview import preview_dataset

            return preview_dataset(given, settings, n_documents)

        def make(show: OnProgress) -> Run:
            return dataset_run(given, folder, settings, on_progress=show, restart=restart)

        before = Beforehand(
            previewed if preview else None, no_save=no_save, dry_run=dry_run, restart=restart
        )
        if not before.is_all(make, settings, json=json):
            carry_out(make, json=json, quiet=quiet)
