"""From an object store to an object store.

python -m tore_export.examples.store_export s3://bucket/parsed/ s3://bucket/dataset/
"""

from __future__ import annotations

import sys

from tore_export import ExportWorkflow, TrainingConfig, WorkflowConfig
from tore_export.integration.storage_integration import ArrowStorage

__all__ = ["main"]


def main(documents: str, output: str) -> None:
    """Make a dataset in a store, and print the first lines of its card."""
    config = TrainingConfig(max_failed_share=0.05, workflow=WorkflowConfig(output=output))
    ExportWorkflow(config).execute(documents)
    store = ArrowStorage(output)
    print(store.read("README.md").decode().partition("\n\n")[0])
    print([name for name in store.names() if name.startswith("data/")])


if __name__ == "__main__":
    main(*sys.argv[1:])
