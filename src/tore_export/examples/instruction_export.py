"""Instruction tuning: a heading asks, and its section answers.

python -m tore_export.examples.instruction_export documents/ dataset/
"""

from __future__ import annotations

import sys

from tore_export import ExportWorkflow, TrainingConfig, WorkflowConfig

__all__ = ["main"]


def main(documents: str, output: str) -> None:
    """Make the dataset, and print the account of it."""
    config = TrainingConfig(
        task=("section", "question"),
        shape="messages",
        system_prompt="You know the manuals by heart.",
        max_tokens=2_048,
        workflow=WorkflowConfig(output=output),
    )
    result = ExportWorkflow(config).execute(documents)
    if result.dataset is not None:
        print(result.dataset.documents, result.dataset.records, result.dataset.tokens)


if __name__ == "__main__":
    main(*sys.argv[1:])
