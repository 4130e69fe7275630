"""Make a dataset: preflight, plan, engine, run. The command line and the classes call this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from tore_export.api.finish import Finish
from tore_export.api.leaks import leak_check
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.engine.choose import choose_engine
from tore_export.engine.inline import InlineEngine
from tore_export.engine.roles import Engine
from tore_export.engine.run import Run
from tore_export.observe.progress import OnProgress
from tore_export.plan.build import dataset_plan
from tore_export.plan.check import check_disk, check_output
from tore_export.sinks.dataset import DatasetSink
from tore_export.sinks.made import Made
from tore_export.storage.files import absolute
from tore_export.storage.layout import Layout
from tore_export.tokens.manager import TokenizerManager

__all__ = ["as_seen_by_workers", "dataset_run", "engine_starter"]


def dataset_run(
    paths: Sequence[str],
    output: str,
    config: TrainingConfig | None = None,
    *,
    on_progress: OnProgress | None = None,
    restart: bool = False,
) -> Run:
    """Return the run that makes a dataset of the documents at `paths`; nothing has started yet.

    **Raises** PreflightError, ConfigError or TokenizerError for what can be known now.
    """
    config = config or TrainingConfig()
    made = Made.of(config, paths)
    paths, output = as_seen_by_workers(paths, output, config)
    check_output(paths, Layout(output))
    TokenizerManager().get(config.default_tokenizer)
    plan = dataset_plan(paths, output, config)
    assert isinstance(plan.sink, DatasetSink)
    if config.check_disk:
        check_disk(plan.n_bytes, plan.sink.layout, passes=1 if plan.preparation is None else 2)
    name, start = engine_starter(plan.n_bytes, paths, output, config)
    return Run(
        plan,
        start,
        engine_name=name,
        check=leak_check(config),
        finish=Finish(plan.sink, plan.description, made, config.split_shares, config.report),
        on_progress=on_progress,
        max_failed_share=config.max_failed_share,
        restart=restart,
    )


def as_seen_by_workers(
    paths: Sequence[str], output: str, config: ExportConfig
) -> tuple[Sequence[str], str]:
    """Return the paths as they are, but absolute for a cluster, whose workers run in other folders."""
    if config.address in (None, "local"):
        return paths, output
    return [absolute(path) for path in paths], absolute(output)


def engine_starter(
    n_bytes: int, paths: Sequence[str], output: str, config: ExportConfig
) -> tuple[str, Callable[[], AbstractContextManager[Engine]]]:
    """Return the name of the engine for a job, and what starts it."""
    name = choose_engine(
        config.engine,
        n_bytes,
        workers=config.max_workers,
        address=config.address,
        parallel=config.parallel_processing,
    )
    if name == "inline":
        return name, InlineEngine

    def start() -> AbstractContextManager[Engine]:
        from tore_export.engine.ray_data import RayEngine

        return RayEngine(config.address, config.max_workers, paths=paths, output=output)

    return name, start
