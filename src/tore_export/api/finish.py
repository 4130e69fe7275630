"""The end of a dataset's run: its card, how it was made, and its report, written beside the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tore_export.report.about import About, environment, write_about
from tore_export.report.figures import Figures, figures_of
from tore_export.report.write import write_report
from tore_export.results import RunSummary
from tore_export.sinks.card import write_card
from tore_export.sinks.dataset import DatasetSink
from tore_export.sinks.made import Made
from tore_export.sinks.origins import Origins, origins_of
from tore_export.storage.layout import Layout

__all__ = ["Finish", "Gathered"]


@dataclass(frozen=True)
class Gathered:
    """What facts tell of a run; figures where there is to be a report."""

    origins: Origins
    figures: Figures | None


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

    def gather(self, layout: Layout) -> Gathered:
        """Sum up the facts of all units, which needs no shard. **Raises** StorageError."""
        return Gathered(origins_of(layout), figures_of(layout) if self.has_report else None)

    def __call__(self, summary: RunSummary, gathered: Gathered) -> RunSummary:
        """Write it; return the summary with where the report lies. **Raises** StorageError."""
        layout, made = self.sink.layout, self.made
        write_card(layout, self.sink.schema, summary, self.description, made, gathered.origins)
        about = About(
            name=made.name,
            inputs=list(made.inputs),
            tasks=list(made.tasks),
            shape=made.shape,
            splits=dict(self.splits),
            config=dict(made.config),
            environment=environment(),
        )
        write_about(layout, about)
        if gathered.figures is None:
            return summary
        path = write_report(layout, summary, self.description, about, gathered.figures)
        return replace(summary, report=path)
