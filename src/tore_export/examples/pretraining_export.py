"""Continued pre-training: running text of whole documents, nearly all of it to learn from.

python -m tore_export.examples.pretraining_export documents/ dataset/
"""

from __future__ import annotations

import sys

from tore_export import ExportWorkflow, TrainingConfig, WorkflowConfig

__all__ = ["main"]


def main(documents: str, output: str) -> None:
    """Make the dataset, and print the account of it."""
    config = TrainingConfig(
        default_tokenizer="gpt-4o",
        splits={"train": 0.98, "validation": 0.01, "test": 0.01},
        workflow=WorkflowConfig(output=output),
    )
    result = ExportWorkflow(config).execute(documents)
    if result.dataset is not None:
        print(result.dataset.documents, result.dataset.records, result.dataset.tokens)


if __name__ == "__main__":
    main(*sys.argv[1:])
