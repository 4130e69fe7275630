"""On Ray: a workflow on a cluster, and our stages in a Dataset of your own.

python -m tore_export.examples.cluster_export documents.jsonl output/
"""

from __future__ import annotations

import sys

from tore_export import ExportWorkflow, TrainingConfig, WorkflowConfig, from_ray

__all__ = ["main"]


def main(documents: str, output: str, address: str | None = None) -> None:
    """Make a dataset by a workflow, then records in a Dataset; `address` is that of a cluster."""
    own = WorkflowConfig(output=output)
    config = TrainingConfig(engine="ray", address=address, max_workers=2, workflow=own)
    result = ExportWorkflow(config).execute(documents)
    print(result.state, result.dataset.records if result.dataset else {})

    import ray

    rows = ray.data.read_json(documents, lines=True)
    records = from_ray(rows, TrainingConfig()).to_ray()
    print(records.count(), "records, to be shuffled, joined and written as you like")


if __name__ == "__main__":
    main(*sys.argv[1:])
