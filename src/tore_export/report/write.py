"""Write the report of a run beside its output, at its end or again from what the run left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tore_export.errors import StorageError
from tore_export.report.about import About, read_about
from tore_export.report.figures import Figures, figures_of
from tore_export.report.page import page
from tore_export.report.samples import samples_of
from tore_export.results import RunSummary
from tore_export.storage.files import exists, join, read_bytes, write_bytes
from tore_export.storage.layout import Layout

__all__ = ["REPORT", "make_report_again", "report_path", "write_report"]

REPORT = "report.html"
"""Name of the report among the files of an output."""


def report_path(layout: Layout) -> str:
    """Return where the report of an output lies.

    >>> report_path(Layout("out")), report_path(Layout("a.jsonl"))
    ('out/report.html', 'a.tore-export/report.html')
    """
    return join(layout.root, REPORT)


def write_report(
    layout: Layout,
    summary: RunSummary,
    description: Mapping[str, Any],
    about: About,
    figures: Figures,
) -> str:
    """Write the report of a run that is done; return its path."""
    path = report_path(layout)
    text = page(summary, figures, samples_of(layout, summary), description, about)
    write_bytes(path, text.encode())
    return path


def make_report_again(output: str, file: str | None = None) -> str:
    """Write the report of a finished run from its facts, to `file` or at its usual place; return where.

    **Raises** StorageError where `output` holds no finished run.
    """
    layout = Layout(output)
    summary = _read(layout, "done.json", RunSummary)
    plan = _read(layout, "plan.json", dict[str, Any])
    figures, samples = figures_of(layout), samples_of(layout, summary)
    text = page(summary, figures, samples, plan["plan"], read_about(layout))
    path = file or report_path(layout)
    write_bytes(path, text.encode())
    return path


def _read(layout: Layout, name: str, kind: Any) -> Any:
    path = layout.state_file(name)
    if not exists(path):
        begun = exists(layout.state_file("plan.json"))
        raise StorageError(
            "this run is not finished" if begun else "no run of tore-export has written here",
            where=layout.output,
            hint="run the same command again; it goes on where it stopped"
            if begun
            else "name the output of a training or batch run",
        )
    try:
        return msgspec.json.decode(read_bytes(path), type=kind)
    except msgspec.DecodeError as error:
        raise StorageError(
            "the state of this output is damaged", where=path, found=str(error), hint="--restart"
        ) from error
