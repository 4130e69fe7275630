"""What a run is going to do, told before it does: the plan as data."""

from __future__ import annotations

from typing import Any

from tore_export.config import ExportConfig
from tore_export.engine.resume import State
from tore_export.engine.run import Run
from tore_export.engine.threads import usable_cores

__all__ = ["plan_account"]


def plan_account(run: Run, config: ExportConfig, *, restart: bool = False) -> dict[str, Any]:
    """Return what `run`, which has not started, is going to do; nothing is written for that.

    `stages` are in order, with their options; `passes` are two where a split depends on all documents.
    `workers` is None for all that a cluster has; `units_done` are those an earlier run did, also of the
    first pass of two.

    **Raises** ResumeError where the output was begun with another plan, as the run itself would.
    """
    plan = run.plan
    state = State(plan)
    done: set[int] = set()
    if not restart and state.is_begun():
        done = {unit for unit, _ in (*state.receipts(), *state.prepared())}
    first = plan if plan.preparation is None else plan.preparation.plan
    described = plan.description["stages"]
    written = {k: v for k, v in plan.description["sink"].items() if k != "version"}
    here = config.address in (None, "local")
    workers = 1 if run.engine_name == "inline" else config.max_workers
    return {
        "input": {"files": len(plan.inputs), "bytes": plan.n_bytes},
        "units": len(plan.units),
        "units_done": len(done),
        "passes": 1 if plan.preparation is None else 2,
        "stages": [
            {"name": name, **{k: v for k, v in described[name].items() if k != "version"}}
            for name in (type(stage).__name__ for stage in first.stages)
        ],
        "tokenizer": plan.description.get("tokenizer"),
        "writes": {"output": plan.sink.layout.output, **written},
        "counted_by": list(plan.counted),
        "engine": run.engine_name,
        "workers": workers or (usable_cores() if here else None),
        "limit": config.limit,
        "fingerprint": plan.fingerprint,
    }
