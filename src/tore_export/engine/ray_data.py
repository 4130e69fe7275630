"""The engine on Ray Data, on the cores of one machine or on a cluster.

The code reads as the sentence: documents are sharded into a Dataset, one read task a unit; each stage
is one `map_batches`; the sink writes where the rows are. Ray fuses all of it into one operator, so a
unit is one task, and text never enters the object store. What comes back is a receipt a unit.

Two settings keep it so, found by trial on Ray 2.60: one block a unit (`override_num_blocks`), or a
step that splits blocks comes between; and `batch_size=None`, or the read stays apart. Between fused
steps Ray gathers blocks up to `target_max_block_size`, which is lowered here so that a worker's
memory does not grow with the unit.

Progress comes from receipts: a fused operator tells nothing before its task ends, and a receipt says
just that.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa
import ray
import ray.data
from ray.data._internal.execution.execution_callback import ExecutionCallback
from ray.data.block import BlockMetadata
from ray.data.datasource import Datasink, Datasource, ReadTask
from ray.util.annotations import RayDeprecationWarning

from tore_export.engine.background import Background
from tore_export.engine.cluster import check_paths, connect, knock
from tore_export.engine.guard import guarded
from tore_export.engine.ray_tasks import as_done, in_order, is_lost, one_by_one, told
from tore_export.engine.threads import (
    THREAD_VARIABLES,
    collect_less_garbage,
    one_thread_each,
    reuse_memory,
    usable_cores,
)
from tore_export.engine.watch import seconds_for, unwatch, watch
from tore_export.errors import RunError
from tore_export.plan.plan import Plan, Sink
from tore_export.sinks.shards import Join, JoinReceipt
from tore_export.sources.limit import read
from tore_export.sources.unit import Limits, Unit
from tore_export.storage.receipts import Receipt, Receipts

__all__ = ["RayEngine"]

BLOCK_BYTES = 16_000_000
POLL_SECONDS, MOST_POLL_SECONDS = 0.25, 5.0
PAUSE_BY_POLL = 10
STOP_SECONDS = 10.0

OWN_CLUSTER = {"enable_metrics_collection": False, "worker_niceness": 0}
"""Settings of a cluster that is ours: nobody reads its metrics, which took a fifth of what Ray takes for
itself, and its workers get as much of a busy machine as this process does, not what others leave."""

RETRIES = {"max_retries": 2}
"""Ray Data itself gives a unit to one worker after the other for ever, however many die of it."""


_LEFT = threading.Event()
"""Set where nobody waits any more for what Ray Data carries out in this process."""


class EndsWhenLeft(ExecutionCallback):
    """Ends an execution that was left; Ray Data makes one of it for each."""

    def on_execution_step(self, executor: Any) -> None:
        """Raise where the execution was left."""
        if _LEFT.is_set():
            raise RunError("the run was left before its end")


class Units(Datasource):
    """One read task a unit."""

    def __init__(self, plan: Plan, units: Sequence[Unit]) -> None:
        super().__init__()
        self._plan = plan
        self._units = units

    def estimate_inmemory_data_size(self) -> int | None:
        """Return None: not known, and not needed where the number of blocks is given."""
        return None

    def get_read_tasks(
        self, parallelism: int, per_task_row_limit: int | None = None, data_context: Any = None
    ) -> list[ReadTask]:
        """Return the tasks, in the order they are to be worked on."""
        unknown = BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)
        limits, batch_size = self._plan.limits, self._plan.batch_size
        return [
            ReadTask(partial(_begin, _Read(unit, limits, batch_size), seconds_for(unit)), unknown)
            for unit in self._units
        ]


class _Read:
    """Reads one unit. Holds no more of the plan than reading needs: it is sent with every task."""

    def __init__(self, unit: Unit, limits: Limits, batch_size: int) -> None:
        self.unit, self.limits, self.batch_size = unit, limits, batch_size

    def __call__(self) -> Iterator[pa.Table]:
        one_thread_each()
        reuse_memory()
        collect_less_garbage()
        return read(self.unit, self.limits, self.batch_size)


def _begin(reading: _Read, seconds: float) -> Iterator[pa.Table]:
    """Begin a task. What comes after it are the stages, and the sink, at whose end it is unwatched."""
    watch(seconds)
    return reading()


class UnitSink(Datasink):
    """Hands the blocks of one unit to the plan's sink."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, blocks: Any, ctx: Any) -> int:
        """Write a unit; its receipt is the result that counts."""
        try:
            return self._sink.write_unit(iter(blocks)).unit
        finally:
            unwatch()

    def get_name(self) -> str:
        """Return the name Ray shows."""
        return type(self._sink).__name__


class RayEngine:
    """Carry out units as tasks of one fused Ray Data operator.

    `address` is that of a cluster; None starts one on this machine that ends with the `with` block.
    `workers` bounds the tasks at a time. `paths` and `output` are what the nodes of a cluster are
    asked for. `object_store_bytes` is for the local cluster.
    """

    name = "ray"

    def __init__(
        self,
        address: str | None = None,
        workers: int | None = None,
        *,
        paths: Sequence[str] = (),
        output: str = ".",
        object_store_bytes: int = 200_000_000,
    ) -> None:
        self.address = address
        self.workers = workers
        self.paths, self.output = paths, output
        self.object_store_bytes = object_store_bytes
        self.operator: str | None = None
        self._started = False
        self._work: Background | None = None

    def __enter__(self) -> RayEngine:
        os.environ.setdefault("RAY_task_oom_retries", "3")
        quiet = {"include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"}
        # what fails is raised, and told once; Ray would log its trace twice before
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)
        if ray.is_initialized():
            if self.address not in (None, "local"):
                knock(str(self.address))
                check_paths(self.paths, self.output)
            return self
        if self.address in (None, "local"):
            # a local cluster's workers inherit this environment; cheaper than a runtime_env
            for name, value in THREAD_VARIABLES.items():
                os.environ.setdefault(name, value)
            ray.init(
                address="local",
                num_cpus=self.workers or usable_cores(),
                object_store_memory=self.object_store_bytes,
                _system_config=_settings(os.environ),
                **quiet,
            )
        else:
            connect(str(self.address))
            try:
                check_paths(self.paths, self.output)
            except BaseException:
                ray.shutdown()
                raise
        self._started = True
        return self

    def __exit__(self, *_: object) -> None:
        """End what still works for a run that was left early, and what was started."""
        if self._work is not None and self._work.is_running():
            # a thread that meets a cluster which is shut down ends the process, or begins a new one
            _LEFT.set()
            self._work.wait(STOP_SECONDS)
        if self._started:
            ray.shutdown()

    def begun(self, plan: Plan) -> tuple[int, ...]:
        """Return none: workers that die are seen while they do."""
        return ()

    def units(self, plan: Plan, pending: Sequence[Unit]) -> Iterator[list[Receipt]]:
        """Yield receipts as units are done. Large units are begun first, so that none is left over.

        **Raises** what a worker raised, as it was; LostError for units whose workers die.
        """
        if not pending:
            return
        order = sorted(pending, key=lambda unit: (-unit.n_bytes, unit.number))
        receipts = Receipts(plan.sink.layout.receipts)
        wanted = {unit.number for unit in pending}

        def news() -> list[Receipt]:
            # a worker that outlived a killed driver may write a unit's receipt before ours does:
            # the same bytes, and the name is seen only once, so it counts
            found = [
                receipt
                for receipt in receipts.poll()
                if receipt.unit in wanted and receipt.fingerprint == plan.fingerprint
            ]
            wanted.difference_update(receipt.unit for receipt in found)
            return found

        dataset = self._dataset(plan, order)
        _LEFT.clear()
        sink = UnitSink(plan.sink)
        work = Background(lambda: dataset.write_datasink(sink, ray_remote_args=RETRIES))
        self._work = work
        pause = POLL_SECONDS
        while work.is_running():
            work.wait(pause)
            begun = time.perf_counter()
            yield news()
            # a folder of many thousand receipts takes long to be looked through
            pause = POLL_SECONDS + PAUSE_BY_POLL * (time.perf_counter() - begun)
            pause = min(pause, MOST_POLL_SECONDS)
        try:
            work.end()
        except BaseException as error:
            yield news()
            if not is_lost(error):
                raise told(error) from error
            left = [unit for unit in order if unit.number in wanted]
            # those that were begun are among the first
            for receipt in one_by_one(plan, left[: 2 * self._n_workers()]):
                yield [receipt]
        # of a run in two passes, both
        operators = [self.operator, operator_of(dataset)]
        self.operator = "\n".join(one for one in operators if one)
        yield news()

    def _dataset(self, plan: Plan, units: Sequence[Unit]) -> Any:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        if EndsWhenLeft not in context.custom_execution_callback_classes:
            context.custom_execution_callback_classes.append(EndsWhenLeft)
        context.target_max_block_size = BLOCK_BYTES
        context.memory_usage_poll_interval_s = None  # a thread for each task, and nobody asks
        # budgets between operators: there is one, and they left every other worker idle
        context.op_resource_reservation_enabled = False
        concurrency = self.workers if self.address else None
        with warnings.catch_warnings():
            # the named parameters, which are to come instead, do not have this one yet
            warnings.simplefilter("ignore", RayDeprecationWarning)
            dataset = ray.data.read_datasource(
                Units(plan, units),
                override_num_blocks=len(units),
                concurrency=concurrency,
                ray_remote_args=RETRIES,
            )
            for stage in plan.stages:
                dataset = dataset.map_batches(
                    guarded(stage),
                    batch_format="pyarrow",
                    batch_size=None,
                    concurrency=concurrency,
                    **RETRIES,
                )
        return dataset

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Yield what the function makes of each item, in order; workers take the items."""
        return in_order(function, items, self._n_workers())

    def _n_workers(self) -> int:
        return int(self.workers or ray.cluster_resources().get("CPU", 1))

    def joins(self, plan: Plan, pending: Sequence[Join]) -> Iterator[JoinReceipt]:
        """Yield receipts as shards are joined, in parallel."""
        return as_done(plan.sink.join, pending)


def _settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of a cluster of our own; what the environment says of one holds.

    >>> _settings({"RAY_worker_niceness": "15"})
    {'enable_metrics_collection': False}
    """
    return {name: to for name, to in OWN_CLUSTER.items() if f"RAY_{name}" not in environment}


def operator_of(dataset: Any) -> str:
    """Return the operators that a written dataset was carried out with, one a line."""
    summary = dataset._write_ds.stats()
    lines = [line for line in summary.splitlines() if line.startswith("Operator ")]
    return "\n".join(line.split(" ", 2)[2].partition(":")[0] for line in lines)
