"""How a document is rendered."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tore_export.config.closed import Closed
from tore_export.config.values import Options

__all__ = [
    "FLAVORS",
    "BatchExportOptions",
    "ExportOptions",
    "Flavor",
    "Images",
    "MergedCells",
    "PageMarks",
    "Tables",
]

Flavor = Literal["github", "commonmark", "academic", "unstructured"]
FLAVORS = {
    "github": "CommonMark with GFM's tables, task lists and strike-through, formulas in dollars",
    "commonmark": "CommonMark and nothing else: tables are HTML",
    "academic": "github with citations, numbered captions and formulas on lines of their own",
    "unstructured": "byte for byte what unstructured's elements_to_md writes",
}
"""Each flavour of Markdown in a few words."""

Images = Literal["alt", "link", "embed", "skip"]
MergedCells = Literal["blank", "repeat"]
PageMarks = Literal["none", "comment", "rule"]
Tables = Literal["auto", "pipe", "html"]


class ExportOptions(Closed):
    """How one document is rendered."""

    markdown_flavor: Flavor = Field(
        "github", description="dialect of Markdown; `tore-export formats` describes each"
    )
    preserve_structure: bool = Field(
        True, description="false: running text without marks of headings, lists and tables"
    )
    include_furniture: bool = Field(
        False, description="write running headers, footers and page numbers too"
    )
    images: Images = Field(
        "alt",
        description="of an image: its alternative text, else its caption; its address too; the image "
        "itself, where the document holds it; nothing",
    )
    merged_cells: MergedCells = Field(
        "blank", description="a merged cell's text stands once, or in each cell it covers"
    )
    tables: Tables = Field(
        "auto",
        description="of Markdown: pipes where they can hold a table, else HTML; always one of them",
    )
    heading_offset: int = Field(0, ge=0, le=5, description="levels that headings are moved down by")
    page_marks: PageMarks = Field(
        "none",
        description="where a page begins: nothing, a mark that is not seen, or a rule",
    )
    line_width: int | None = Field(
        None, ge=20, description="of plain text, in terminal cells; null: lines as they are"
    )
    list_indent: int | None = Field(
        None, ge=0, le=16, description="of plain text, columns of a list's mark; null: as needed"
    )
    template: str | None = Field(
        None,
        description="a template that is shipped, or the file of one; makes it the format; "
        "not for datasets",
    )
    format_options: Options = Field(
        {}, description="other options of the formats, by name: name=value"
    )


class BatchExportOptions(ExportOptions):
    """How many documents are rendered, each to files of its own."""

    filter_quality: bool = Field(False, description="leave out documents below min_quality_score")
