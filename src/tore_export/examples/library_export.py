"""Manuals, web pages and tables as a library of Markdown and text files.

python -m tore_export.examples.library_export documents/ library/
"""

from __future__ import annotations

import sys

from tore_export import ExportConfig, ExportWorkflow, WorkflowConfig

__all__ = ["main"]


def main(documents: str, output: str) -> None:
    """Write each document of some kinds in two formats, with captions numbered and pages marked."""
    config = ExportConfig(
        include=("*.html", "*.md", "*.txt", "*.csv", "*.tore"),
        markdown_flavor="academic",
        page_marks="comment",
        merged_cells="repeat",
        line_width=88,
        workflow=WorkflowConfig(output=output, formats=("markdown", "plaintext")),
    )
    result = ExportWorkflow(config).execute(documents)
    if result.files is not None:
        print(result.files.records)


if __name__ == "__main__":
    main(*sys.argv[1:])
