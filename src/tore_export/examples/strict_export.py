"""A dataset to be trusted: strict quality, near copies on one side, exact shares.

python -m tore_export.examples.strict_export documents/ dataset/
"""

from __future__ import annotations

import sys

from tore_export import ExportWorkflow, TrainingConfig, WorkflowConfig

__all__ = ["main"]


def main(documents: str, output: str) -> None:
    """Make the dataset, and print the account of it."""
    config = TrainingConfig(
        min_quality_score=0.9,
        near_duplicates=0.7,
        exact_ratios=True,
        check_leaks=True,
        workflow=WorkflowConfig(output=output),
    )
    result = ExportWorkflow(config).execute(documents)
    if result.dataset is not None:
        print(result.dataset.documents, result.dataset.records, result.dataset.tokens)


if __name__ == "__main__":
    main(*sys.argv[1:])
