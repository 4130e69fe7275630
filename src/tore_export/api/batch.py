"""Render many documents, each to files of its own."""

from __future__ import annotations

from collections.abc import Sequence

from tore_export.api.training import as_seen_by_workers, engine_starter
from tore_export.config import ExportConfig
from tore_export.engine.run import Run
from tore_export.observe.progress import OnProgress
from tore_export.plan.build import batch_plan
from tore_export.plan.check import check_disk, check_output
from tore_export.storage.layout import Layout
from tore_export.tokens.manager import TokenizerManager

__all__ = ["batch_run"]


def batch_run(
    paths: Sequence[str],
    output: str,
    formats: Sequence[str],
    config: ExportConfig | None = None,
    *,
    filter_quality: bool = False,
    on_progress: OnProgress | None = None,
    restart: bool = False,
) -> Run:
    """Return the run that writes `output/FORMAT/…` for the documents at `paths`.

    **Raises** PreflightError, ConfigError, FormatError or TokenizerError for what can be known now.
    """
    config = config or ExportConfig()
    paths, output = as_seen_by_workers(paths, output, config)
    check_output(paths, Layout(output))
    TokenizerManager().get(config.default_tokenizer)
    plan = batch_plan(paths, output, formats, config, filter_quality=filter_quality)
    if config.check_disk:
        check_disk(plan.n_bytes, plan.sink.layout)
    name, start = engine_starter(plan.n_bytes, paths, output, config)
    return Run(
        plan,
        start,
        engine_name=name,
        on_progress=on_progress,
        max_failed_share=config.max_failed_share,
        restart=restart,
    )
