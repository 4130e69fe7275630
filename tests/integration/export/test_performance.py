"""The structure that speed rests on. Figures are the benchmarks'; times here are only not absurd."""

from __future__ import annotations

import gc
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.conftest import document, write_jsonl
from tore_export import FinetuningTextExporter, TextEngine
from tore_export.api.batch import batch_run
from tore_export.api.training import dataset_run
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.engine import ray_data
from tore_export.engine.inline import InlineEngine
from tore_export.plan import plan as plan_module
from tore_export.plan import units as units_module
from tore_export.plan.build import dataset_plan
from tore_export.plan.plan import Plan
from tore_export.sources.unit import Limits, Unit


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(units_module, "LEAST_BYTES", 60_000)
    write_jsonl(tmp_path / "in" / "a.jsonl", range(150))
    (tmp_path / "in" / "b.json").write_text(json.dumps(document(150)["elements"]))
    return tmp_path / "in"


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_ray_runs_one_operator_and_no_text_goes_through_its_object_store(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stats: list[str] = []
    name_of = ray_data.operator_of

    def look(dataset: Any) -> str:
        stats.append(dataset._write_ds.stats())
        return name_of(dataset)

    monkeypatch.setattr(ray_data, "operator_of", look)
    config = TrainingConfig(engine="ray")
    summary = dataset_run([str(source)], str(tmp_path / "out"), config).execute()
    assert summary.documents["kept"] == 151
    (told,) = stats
    assert len(re.findall(r"^Operator \d+ ", told, re.MULTILINE)) == 1
    assert f": {summary.units} tasks executed" in told
    sizes = re.search(r"Output size bytes per block: .* (\d+) total", told)
    assert sizes is not None, told
    # a number a unit comes back, whatever the unit's size
    assert int(sizes[1]) < 1_000 * summary.units
    assert sum(file.stat().st_size for file in source.iterdir()) > 20_000 * summary.units


def test_a_document_is_parsed_once_however_many_formats_it_has(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_read = 0
    read = plan_module.read

    def counting(unit: Unit, limits: Limits, batch_size: int) -> Iterator[pa.Table]:
        nonlocal n_read
        for table in read(unit, limits, batch_size):
            n_read += table.num_rows
            yield table

    monkeypatch.setattr(plan_module, "read", counting)
    formats = ["markdown", "plaintext", "jsonl"]
    run = batch_run([str(source)], str(tmp_path / "out"), formats, ExportConfig(engine="inline"))
    summary = run.execute()
    assert summary.records == dict.fromkeys(formats, 151)
    assert n_read == 151 + summary.units  # and a mark at each unit's end


def test_a_resumed_run_reads_nothing_that_was_done(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TrainingConfig(engine="inline")
    output = str(tmp_path / "out")
    plan = dataset_run([str(source)], output, config).plan
    with InlineEngine() as engine:
        for _ in engine.units(plan, plan.units[:-1]):
            pass
    dataset_run([str(source)], output, config)  # planning alone reads no document
    read_units: list[int] = []
    read = plan_module.read

    def looking(unit: Unit, limits: Limits, batch_size: int) -> Iterator[pa.Table]:
        read_units.append(unit.number)
        return read(unit, limits, batch_size)

    monkeypatch.setattr(plan_module, "read", looking)
    run = dataset_run([str(source)], output, config)
    Path(run.plan.sink.layout.state_file("plan.json")).write_text(
        json.dumps({"fingerprint": run.plan.fingerprint})
    )
    assert run.execute().resumed_units == len(plan.units) - 1
    assert read_units == [plan.units[-1].number]


def highest_allocation(plan: Plan) -> int:
    """Return the most that Arrow held beyond what it held before, seen from between two batches."""
    gc.collect()
    pool = pa.default_memory_pool()
    base, highest = pool.bytes_allocated(), 0

    def watched(unit: Unit) -> Iterator[pa.Table]:
        nonlocal highest
        for table in plan.read(unit):
            highest = max(highest, pool.bytes_allocated() - base)
            yield table

    for unit in plan.units:
        stream = watched(unit)
        for stage in plan.stages:
            stream = map(stage, stream)
        plan.sink.write_unit(stream)
    return highest


def test_memory_is_bounded_by_the_batch_not_by_the_input(tmp_path: Path) -> None:
    peaks = []
    for factor in (1, 10):
        path = write_jsonl(tmp_path / f"{factor}.jsonl", range(1_000 * factor))
        config = TrainingConfig(batch_size=50)
        plan = dataset_plan([str(path)], str(tmp_path / f"out{factor}"), config)
        peaks.append(highest_allocation(plan))
    assert peaks[0] > 0
    assert peaks[1] < 3 * peaks[0]


def seconds(call: Any) -> float:
    """Return the least of three runs: the machine may be busy with other things."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


def test_one_document_is_scored_and_rendered_well_within_a_second() -> None:
    elements: Any = [element for number in range(50) for element in document(number)["elements"]]
    engine = TextEngine()
    assert seconds(lambda: engine.process(elements)) < 1
    assert seconds(lambda: engine.render(elements, "markdown")) < 1
    exporter = FinetuningTextExporter()
    text = exporter.export_markdown(elements)
    assert seconds(lambda: exporter.count_tokens(text)) < 1


def test_a_thousand_documents_take_seconds(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", range(1_000))
    config = TrainingConfig(engine="inline")
    started = time.perf_counter()
    summary = dataset_run([str(path)], str(tmp_path / "out"), config).execute()
    assert summary.documents["kept"] == 1_000
    assert time.perf_counter() - started < 15
