"""Records that fit a context window: longer documents are cut where it hurts least.

python -m tore_export.examples.chunk_export documents/ dataset/
"""

from __future__ import annotations

import sys

from tore_export import ExportWorkflow, TrainingConfig, WorkflowConfig

__all__ = ["main"]


def main(documents: str, output: str) -> None:
    """Make the dataset, and print the account of it."""
    config = TrainingConfig(
        default_tokenizer="gpt-4o",
        max_tokens=2_048,
        chunk_headings=True,
        chunk_table_header=True,
        workflow=WorkflowConfig(output=output),
    )
    result = ExportWorkflow(config).execute(documents)
    if result.dataset is not None:
        print(result.dataset.documents, result.dataset.records, result.dataset.tokens)


if __name__ == "__main__":
    main(*sys.argv[1:])
