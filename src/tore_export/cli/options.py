"""Options that several commands share; `keys_said` reads those that set keys of a configuration."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

__all__ = [
    "Address",
    "BatchSize",
    "ChunkHeadings",
    "ChunkMinFill",
    "ChunkOverlap",
    "ChunkTableHeader",
    "Config",
    "Debug",
    "DryRun",
    "Encoding",
    "Engine",
    "Exclude",
    "Flavor",
    "FormatOptions",
    "Furniture",
    "HeadingOffset",
    "Images",
    "Include",
    "Inputs",
    "Json",
    "Limit",
    "LineWidth",
    "ListIndent",
    "MaxFailedShare",
    "MaxTokens",
    "MergedCells",
    "MinScore",
    "NoSave",
    "OptimizeTokens",
    "PageMarks",
    "Parallel",
    "Preview",
    "Quiet",
    "Restart",
    "Structure",
    "Tables",
    "Template",
    "Tokenizer",
    "Workers",
]

INPUT, RENDERING, OUTPUT, RUN = "Input", "Rendering", "Output", "Run"
RECORDS, SPLITS = "Records", "Splits"

Inputs = Annotated[
    list[str],
    typer.Argument(metavar="INPUT...", help="Files, folders, globs, URIs; -: standard input."),
]
Config = Annotated[
    str | None, typer.Option("--config", help="YAML file; options named here win over it.")
]
Engine = Annotated[
    Literal["auto", "inline", "ray"] | None,
    typer.Option(
        help="inline: this process; ray: Ray Data; auto: by the size of the input.",
        rich_help_panel=RUN,
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        help="Ray cluster, host:port or auto; none: a new one, here.", rich_help_panel=RUN
    ),
]
Workers = Annotated[
    int | None, typer.Option(help="Workers; by default one a core.", rich_help_panel=RUN)
]
Parallel = Annotated[
    bool | None, typer.Option("--parallel", help="Same as --engine ray.", rich_help_panel=RUN)
]
BatchSize = Annotated[
    int | None, typer.Option(help="Most documents in one table.", rich_help_panel=RUN)
]
Restart = Annotated[
    bool,
    typer.Option(
        "--restart/--resume",
        help="Begin anew; by default an output that was begun goes on.",
        rich_help_panel=RUN,
    ),
]
MaxFailedShare = Annotated[
    float | None,
    typer.Option(
        help="Stop when more of the documents fail (after the first 1,000).", rich_help_panel=RUN
    ),
]
Include = Annotated[
    list[str] | None,
    typer.Option(help="Glob of files to read; may be repeated.", rich_help_panel=INPUT),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(help="Glob of files to leave out; may be repeated.", rich_help_panel=INPUT),
]
Limit = Annotated[
    int | None, typer.Option(help="Read the first N documents only.", rich_help_panel=INPUT)
]
Tokenizer = Annotated[
    str | None,
    typer.Option(
        "--tokenizer",
        "--model",
        help="Model, encoding, file or org/name that counts: see `tore-export models`.",
        rich_help_panel=OUTPUT,
    ),
]
MaxTokens = Annotated[
    int | None,
    typer.Option(
        help="Most tokens of a record or JSON line; with --optimize-tokens, of a document.",
        rich_help_panel=OUTPUT,
    ),
]
OptimizeTokens = Annotated[
    bool | None,
    typer.Option(
        "--optimize-tokens",
        help="Shorten documents to --max-tokens, what matters least first.",
        rich_help_panel=OUTPUT,
    ),
]
ChunkOverlap = Annotated[
    int | None,
    typer.Option(help="Tokens that a chunk shares with the next one.", rich_help_panel=OUTPUT),
]
ChunkHeadings = Annotated[
    bool | None,
    typer.Option(
        "--chunk-headings", help="Chunks begin with their headings.", rich_help_panel=OUTPUT
    ),
]
ChunkTableHeader = Annotated[
    bool | None,
    typer.Option(
        "--chunk-table-header",
        help="Parts of a table begin with its head.",
        rich_help_panel=OUTPUT,
    ),
]
ChunkMinFill = Annotated[
    float | None,
    typer.Option(
        help="The more, the fuller chunks are, and the fewer end by structure.",
        rich_help_panel=OUTPUT,
    ),
]
MinScore = Annotated[
    float | None,
    typer.Option(
        "--min-score", help="Drop documents that score less, 0 to 1.", rich_help_panel=OUTPUT
    ),
]
Flavor = Annotated[
    Literal["github", "commonmark", "academic", "unstructured"] | None,
    typer.Option("--markdown-flavor", help="Dialect of Markdown.", rich_help_panel=RENDERING),
]
Template = Annotated[
    str | None,
    typer.Option(
        help="A shipped template, or its file; same as --format template.",
        rich_help_panel=RENDERING,
    ),
]
Structure = Annotated[
    bool | None,
    typer.Option(
        "--structure/--no-structure",
        help="Marks of headings, lists and tables, or running text.",
        rich_help_panel=RENDERING,
    ),
]
Furniture = Annotated[
    bool | None,
    typer.Option(
        "--include-furniture",
        help="Running headers, footers and page numbers too.",
        rich_help_panel=RENDERING,
    ),
]
Images = Annotated[
    Literal["alt", "link", "embed", "skip"] | None,
    typer.Option(help="What is written of an image.", rich_help_panel=RENDERING),
]
Tables = Annotated[
    Literal["auto", "pipe", "html"] | None,
    typer.Option(help="Tables in Markdown; auto: HTML where it must.", rich_help_panel=RENDERING),
]
MergedCells = Annotated[
    Literal["blank", "repeat"] | None,
    typer.Option(help="Merged cells: their text once, or in each.", rich_help_panel=RENDERING),
]
HeadingOffset = Annotated[
    int | None, typer.Option(help="Levels headings are moved down by.", rich_help_panel=RENDERING)
]
PageMarks = Annotated[
    Literal["none", "comment", "rule"] | None,
    typer.Option(help="What stands where a page begins.", rich_help_panel=RENDERING),
]
LineWidth = Annotated[
    int | None,
    typer.Option(help="Longest line of plain text, in columns.", rich_help_panel=RENDERING),
]
ListIndent = Annotated[
    int | None,
    typer.Option(help="Columns of a list's mark in plain text.", rich_help_panel=RENDERING),
]
FormatOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="NAME=VALUE",
        help="Another option of a format, as lines=element; may be repeated.",
        rich_help_panel=RENDERING,
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option("--output-encoding", help="Of Markdown and text files.", rich_help_panel=OUTPUT),
]
Preview = Annotated[
    bool,
    typer.Option(
        "--preview",
        help="Show what becomes of the first documents: 3, or as many as --limit says (up to 20).",
        rich_help_panel=RUN,
    ),
]
NoSave = Annotated[
    bool,
    typer.Option(
        "--no-save", help="With --preview: end there, write nothing.", rich_help_panel=RUN
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Check everything, print the plan, write nothing.", rich_help_panel=RUN
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the summary as one JSON object on stdout.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show errors only.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")]
