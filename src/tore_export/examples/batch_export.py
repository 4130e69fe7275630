"""A folder of documents, each to files of its own in several formats.

python -m tore_export.examples.batch_export documents/ exports/
"""

from __future__ import annotations

import sys

from tore_export import ExportAPI, ExportConfig, ExportWorkflow, WorkflowConfig

__all__ = ["main"]


def main(documents: str, output: str) -> None:
    """Write Markdown, text and JSON lines of each document, and print the account."""
    formats = ("markdown", "plaintext", "jsonl")
    config = ExportConfig(workflow=WorkflowConfig(output=output, formats=formats))
    result = ExportWorkflow(config).execute(documents)
    if result.files is not None:
        print(result.files.documents, result.files.reasons)

    # few documents may stay in memory
    batch = ExportAPI().export_batch(documents, ["markdown"])
    for rendered in batch.results["markdown"]:
        print(f"{rendered.n_tokens:6,} tokens  {rendered.metadata['source']}")
    for failure in batch.failed:
        print("failed:", failure)


if __name__ == "__main__":
    main(*sys.argv[1:])
