"""The end of a dataset's run: its card, how it was made, and its report, written beside the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tore_export.report.about import About, environment, write_about
from tore_export.report.write import write_report
from tore_export.results import RunSummary
from tore_export.sinks.card import write_card
from tore_export.sinks.dataset import DatasetSink
from tore_export.sinks.made import Made

__all__ = ["Finish"]


@dataclass(frozen=True)
class Finish:
    """Write what tells of a run, from what the run left on the disk.

    It is sent to where the rows were read: what it needs is in memory there already, and the process
    that drives the run stays small.
    """

    sink: DatasetSink
    description: Mapping[str, Any]
    made: Made
    splits: tuple[tuple[str, float], ...]
    has_report: bool = True

    def __call__(self, summary: RunSummary) -> RunSummary:
        """Write it; return the summary with where the report lies. **Raises** StorageError."""
        layout = self.sink.layout
        write_card(layout, self.sink.schema, summary, self.description, self.made)
        about = About(
            name=self.made.name,
            inputs=list(self.made.inputs),
            tasks=list(self.made.tasks),
            shape=self.made.shape,
            splits=dict(self.splits),
            config=dict(self.made.config),
            environment=environment(),
        )
        write_about(layout, about)
        if not self.has_report:
            return summary
        return replace(summary, report=write_report(layout, summary, self.description, about))
