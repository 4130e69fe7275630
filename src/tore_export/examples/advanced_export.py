"""A workflow that is looked through first, watched while it runs, and stopped when its time is up.

python -m tore_export.examples.advanced_export documents/ output/
"""

from __future__ import annotations

import sys

from tore_export import Event, ExportWorkflow, TrainingConfig, WorkflowConfig, WorkflowProgress

__all__ = ["main"]


def main(documents: str, output: str) -> None:
    """Make files and a dataset of the same documents, telling all that happens."""
    config = TrainingConfig(
        task=("section", "question"),
        shape="messages",
        max_tokens=1_024,
        split_strategy="group",
        group_by="folder",
        workflow=WorkflowConfig(
            inputs=(documents,),
            output=output,
            formats=("markdown",),
            dataset=True,
            time_limit_seconds=3_600,
        ),
    )
    workflow = ExportWorkflow(config)

    found = workflow.validate_workflow()
    if not found.is_valid:
        sys.exit(str(found))

    def note(progress: WorkflowProgress) -> None:
        print(f"all documents were read after {progress.seconds:.1f} s")

    def tell(event: Event) -> None:
        if event.kind == "step_finished":
            print(f"{event.seconds:6.1f} s  {event.step}")

    workflow.after("dataset.documents", note)
    workflow.on_event(tell)

    # a workflow that was stopped goes on when the same one is executed again
    result = workflow.execute()
    print(result.state, result.dataset.records if result.dataset else {})


if __name__ == "__main__":
    main(*sys.argv[1:])
