"""The last step of a dataset's run: read it back, and look for what lies on two sides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tore_export.config import TrainingConfig
from tore_export.engine.roles import Check, Map
from tore_export.plan.plan import Plan
from tore_export.records.shapes.registry import shape_named
from tore_export.results import LeakReport
from tore_export.sinks.shards import JoinReceipt
from tore_export.storage.files import join, list_files

__all__ = ["leak_check"]


def leak_check(config: TrainingConfig) -> Check | None:
    """Return what reads a written dataset back; None where that is not asked for.

    >>> leak_check(TrainingConfig(check_leaks=False)) is None
    True
    """
    return partial(_check, config) if config.check_leaks else None


def _check(
    config: TrainingConfig, plan: Plan, shards: Sequence[JoinReceipt], map: Map
) -> LeakReport:
    from tore_export.dedup.leaks import LeakCheck, check_leaks
    from tore_export.plan.splitting import split_rules

    layout = plan.sink.layout
    # with overlap or repeats the chunks of a text are more than the text
    is_whole = not (config.chunk_overlap or config.chunk_headings or config.chunk_table_header)
    rules = split_rules(config)
    return check_leaks(
        [(shard.split, shard.path, shard.size) for shard in shards],
        [info.path for info in list_files(layout.facts)],
        LeakCheck(
            payload=shape_named(config.shape, conversational=config.conversational).schema,
            folder=join(layout.parts, "leaks"),
            has_ids=config.include_metadata,
            threshold=rules.near_duplicates,
            is_text=config.task == ("text",) and is_whole,
            by_group=rules.group_by is not None,
            is_inherited=bool(config.against),
        ),
        n_rows=sum(shard.rows for shard in shards),
        map=map,
    )
