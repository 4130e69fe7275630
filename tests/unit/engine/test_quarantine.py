"""Units that end the processes that work on them. A process of its own takes a second each time."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import document, write_jsonl
from tests.unit.engine.poisonous import AfterADeath, DeadlyInNumbers, DeadlyReading, deadly
from tore_export.config import TrainingConfig
from tore_export.engine import quarantine, watch
from tore_export.engine.child import Died, in_child
from tore_export.engine.inline import InlineEngine
from tore_export.engine.run import Run
from tore_export.errors import LostError, RunError
from tore_export.plan import units as units_module
from tore_export.plan.build import dataset_plan
from tore_export.plan.plan import Plan
from tore_export.results import RunSummary
from tore_export.sources.unit import Unit
from tore_export.storage.receipts import Receipt

N = 5


def lines(folder: Path) -> Path:
    return write_jsonl(folder / "a.jsonl", range(N))


def packed(folder: Path) -> Path:
    path = folder / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(folder).read_bytes(), mtime=0))
    (folder / "a.jsonl").unlink()
    return path


def one_each(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(N):
        (folder / f"{number:02d}.jsonl").write_text(json.dumps(document(number)) + "\n")
    return folder


@pytest.fixture
def plan_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plan]:
    """A function that returns the plan of an export of some folder."""

    def made(
        make: Callable[[Path], Path] = lines,
        out: str = "out",
        least_bytes: int = 1_000_000,
        **options: Any,
    ) -> Plan:
        monkeypatch.setattr(units_module, "LEAST_BYTES", least_bytes)
        source = make(tmp_path / make.__name__)
        config = TrainingConfig(shard_format="jsonl", enable_filtering=False, **options)
        return dataset_plan([str(source)], str(tmp_path / out), config)

    return made


def run(plan: Plan, engine: type[InlineEngine] = AfterADeath) -> RunSummary:
    return Run(plan, engine, engine_name="inline").execute()


def written(plan: Plan, folder: str = "data") -> list[dict[str, Any]]:
    paths = sorted(Path(plan.sink.layout.output, folder).iterdir())
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def ids(plan: Plan) -> list[str]:
    return sorted(row["doc_id"] for row in written(plan))


def all_but(*numbers: int) -> list[str]:
    return [f"doc-{number:05d}" for number in range(N) if number not in numbers]


@pytest.mark.parametrize("make", [packed, one_each])
def test_the_document_that_ends_the_process_is_found_whatever_its_file_is(
    plan_of: Callable[..., Plan], make: Callable[[Path], Path]
) -> None:
    plan = deadly(plan_of(make), "doc-00004")
    assert run(plan).documents == {"in": N, "kept": N - 1, "dropped": 0, "failed": 1}
    assert ids(plan) == all_but(4)
    (reject,) = written(plan, "rejects")
    assert (reject["stage"], reject["rule"]) == ("source", "killed_worker")
    assert reject["detail"].endswith(": it ends the process that works on it")


def test_what_is_left_is_written_as_if_the_document_had_never_been_there(
    plan_of: Callable[..., Plan], tmp_path: Path
) -> None:
    plan = deadly(plan_of(), "doc-00000")
    run(plan)

    def others(folder: Path) -> Path:
        return write_jsonl(folder / "a.jsonl", range(1, N))

    alone = plan_of(others, out="alone")
    run(alone, InlineEngine)
    assert written(plan) == written(alone)


def test_several_documents_of_several_units_are_found(plan_of: Callable[..., Plan]) -> None:
    plan = plan_of(least_bytes=7_000)
    assert len(plan.units) == 2
    plan = deadly(plan, "doc-00000", "doc-00004")
    assert run(plan).reasons == {"source.killed_worker": 2}
    assert ids(plan) == all_but(0, 4)


def test_a_document_that_never_ends_is_too_slow(
    plan_of: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SECONDS", 5.0)
    monkeypatch.setattr(watch, "SECONDS_PER_FILE", 0.0)

    def two(folder: Path) -> Path:
        return write_jsonl(folder / "a.jsonl", range(2))

    plan = deadly(plan_of(two), "doc-00001", is_endless=True)
    assert run(plan).reasons == {"source.too_slow": 1}
    assert ids(plan) == ["doc-00000"]
    (reject,) = written(plan, "rejects")
    assert reject["detail"].endswith(": a process of its own was still at work on it and was ended")


def reading(plan: Plan, *places: tuple[str, int | None]) -> Plan:
    values = {field.name: getattr(plan, field.name) for field in fields(Plan)}
    return DeadlyReading(**values, places=places)


def test_a_line_that_ends_the_process_that_reads_it_is_passed_over(
    plan_of: Callable[..., Plan], tmp_path: Path
) -> None:
    plan = plan_of(least_bytes=7_000)
    text = (tmp_path / "lines" / "a.jsonl").read_bytes()
    middle = text.index(b'{"doc_id": "doc-00003"')
    plan = reading(plan, ("a.jsonl", middle))
    assert run(plan).reasons == {"source.killed_worker": 1}
    assert ids(plan) == all_but(3)
    (reject,) = written(plan, "rejects")
    assert reject["detail"].partition(":")[0] == f"a.jsonl at {middle:,}"


def test_a_file_that_ends_the_process_that_reads_it_is_one_reject(
    plan_of: Callable[..., Plan],
) -> None:
    plan = reading(plan_of(one_each), ("03.jsonl", None))
    assert run(plan).documents == {"in": N, "kept": N - 1, "dropped": 0, "failed": 1}
    assert ids(plan) == all_but(3)
    assert written(plan, "rejects")[0]["source"] == "03.jsonl"


def test_the_second_of_two_passes_goes_on_without_its_document_too(
    plan_of: Callable[..., Plan],
) -> None:
    plan = deadly(plan_of(split_strategy="balanced"), "doc-00003")
    assert plan.preparation is not None
    assert run(plan).documents == {"in": N, "kept": N - 1, "dropped": 0, "failed": 1}
    assert ids(plan) == all_but(3)


def test_a_unit_that_dies_as_a_whole_only_stops_the_run(plan_of: Callable[..., Plan]) -> None:
    plan = plan_of()
    plan = replace(plan, stages=(DeadlyInNumbers(N - 1), *plan.stages))
    with pytest.raises(RunError) as raised:
        run(plan)
    assert str(raised.value) == (
        "unit 0, from a.jsonl on: it ends the process that works on it, and none of its documents"
        " does, found it ended by itself (too little memory? fewer workers need less)"
    )


def test_a_unit_whose_every_document_dies_stops_the_run(
    plan_of: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST", 2)
    plan = deadly(plan_of(), *all_but())
    with pytest.raises(RunError, match="2 documents of it were left out, and it still dies"):
        run(plan)


def test_a_process_that_was_killed_leaves_a_note_and_the_next_one_finds_the_document(
    plan_of: Callable[..., Plan],
) -> None:
    plan = deadly(plan_of(least_bytes=7_000), "doc-00004")
    assert in_child(run, plan, InlineEngine, seconds=60) == Died(None, was_slow=False)
    summary = run(plan, InlineEngine)
    assert summary.resumed_units > 0
    assert summary.reasons == {"source.killed_worker": 1}
    assert ids(plan) == all_but(4)
    assert not list(Path(plan.sink.layout.state).glob("begun"))


def test_a_process_that_ends_as_it_should_leaves_no_note(plan_of: Callable[..., Plan]) -> None:
    plan = plan_of()
    with InlineEngine() as engine:
        units = engine.units(plan, plan.units)
        next(units)
        assert engine.begun(plan) == (0,)
        units.close()
        assert engine.begun(plan) == ()


class LosesAll(InlineEngine):
    """Has lost its workers, and knows of no unit that did it."""

    def units(self, plan: Plan, pending: Any) -> Any:
        raise LostError("workers died")


class LosesSome(InlineEngine):
    """Has done one unit when it lost its workers, whatever they worked on."""

    def units(self, plan: Plan, pending: list[Unit]) -> Any:
        yield [
            receipt for found in InlineEngine.units(self, plan, pending[:1]) for receipt in found
        ]
        raise LostError("workers died")


def receipts(engine: InlineEngine, plan: Plan) -> list[Receipt]:
    return [r for found in quarantine.receipts_of(engine, plan, plan.units) for r in found]


def test_an_engine_that_loses_its_workers_is_asked_again_as_long_as_it_comes_on(
    plan_of: Callable[..., Plan],
) -> None:
    plan = plan_of(least_bytes=7_000)
    found = receipts(LosesSome(), plan)
    assert [receipt.unit for receipt in found] == [unit.number for unit in plan.units]
    with pytest.raises(LostError):
        receipts(LosesAll(), plan)
